// Sensitive changes: each needs a sign-in of the last ten minutes, or else the password, or a new sign-in. This sends
// the change, asks for what the answer says is missing, and sends it again. What was typed for the change stays.
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { GraphQLTaggedNode } from "relay-runtime";
import type { Problem } from "../graph/problems.ts";
import { type Mutation, type OneMutation, useMutation } from "../graph/useMutation.ts";
import { withWords } from "../words/words.ts";
import type { Question } from "./Confirmation.tsx";

// Loaded when somebody has to confirm, so that the screens are there sooner.
const Confirmation = lazy(() => withWords(() => import("./Confirmation.tsx")));

/** A mutation whose input takes the password of the account. */
type SensitiveMutation = OneMutation & {
  readonly variables: { readonly input: { readonly password?: string | null } };
};

/** A mutation that asks for a confirmation if it needs one. */
export interface Confirmed<M extends OneMutation> extends Mutation<M> {
  /** The dialog that asks, if it does now. Render it beside a form, not within. */
  readonly dialog: ReactNode;
}

type Need = Question["need"];

const NONE: readonly Problem[] = [];

/** As `useMutation`. `send` also resolves to null if the person does not confirm. */
export function useConfirmed<M extends SensitiveMutation>(document: GraphQLTaggedNode): Confirmed<M> {
  const mutation = useMutation<M>(document);
  const [question, setQuestion] = useState<Question | null>(null);

  const ask = (need: Need) =>
    new Promise<{ readonly password: string | null } | null>((resolve) => {
      setQuestion({
        need,
        answer: (password) => { resolve({ password }); },
        cancel: () => { resolve(null); },
      });
    });

  const send: Mutation<M>["send"] = async (input, options) => {
    let [need, password]: [Need | null, string | null] = [null, null];
    for (;;) {
      const payload = await mutation.send(password === null ? input : { ...input, password }, options);
      // Without an answer the question stays, and the person can try again.
      if (payload) need = neededFor(payload.errors, need);
      const given = need && (await ask(need));
      if (given) {
        ({ password } = given);
        continue;
      }
      setQuestion(null);
      if (need) mutation.clear();
      return need ? null : payload;
    }
  };
  return {
    ...mutation,
    send,
    problems: question ? NONE : mutation.problems,
    dialog: question && (
      <Suspense>
        <Confirmation question={question} mutation={mutation} />
      </Suspense>
    ),
  };
}

/** What these errors ask for. In answer to a password, an error about it asks for another one. */
function neededFor(errors: readonly Problem[], before: Need | null): Need | null {
  const codes = new Set(errors.map(({ code }) => code));
  if (codes.has("SIGN_IN_AGAIN")) return "signIn";
  if (codes.has("PASSWORD_NEEDED")) return "password";
  if (before !== "password") return null;
  return codes.has("INVALID_CREDENTIALS") || codes.has("TOO_MANY_ATTEMPTS") ? "password" : null;
}
