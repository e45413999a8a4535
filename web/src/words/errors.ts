import type { Problem } from "../graph/problems.ts";
import { words as en } from "./errors.en.ts";
import { dictionary, type ErrorText, useWords } from "./words.ts";

/** The texts of all errors. */
export const errorsWords = dictionary(en, () => import("./errors.de.ts"));

/** Writes errors in the person's language. */
export interface ErrorTexts {
  readonly problem: (problem: Pick<Problem, "code" | "retryAfter" | "count">) => string;
  /** The text for the code of a request that failed as a whole. */
  readonly failure: (code: string) => string;
}

/** Return how errors are written in the person's language. No text of the server is shown. */
export function useErrorTexts(): ErrorTexts {
  const { problems, failures } = useWords(errorsWords);
  return {
    problem: (problem) => {
      const text: ErrorText = problems[problem.code];
      return typeof text === "string" ? text : text(problem);
    },
    failure: (code) => (code in failures ? failures[code as keyof typeof failures] : failures.INTERNAL),
  };
}
