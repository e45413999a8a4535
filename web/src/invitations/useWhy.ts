import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import type { ImportProblem } from "./verdicts.ts";

/** Return a function that says in the person's language what there is to know about a row. */
export function useWhy(): (problem: ImportProblem) => string {
  const t = useWords(invitationsWords);
  return ({ column, reason }) => `${column === null ? "" : t.column(column)}${t.reasons[reason]}`;
}
