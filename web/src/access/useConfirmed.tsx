// Sensitive changes: each needs a sign-in of the last ten minutes, or else the password, or a new sign-in. This sends
// the change, asks for what the answer says is missing, and sends it again. What was typed for the change stays.
import { type ReactNode, useMemo, useState } from "react";
import type { GraphQLTaggedNode } from "relay-runtime";
import { personChanged, signedIn } from "../graph/person.ts";
import type { Problem } from "../graph/problems.ts";
import { type Mutation, type OneMutation, useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { accessWords } from "../words/access.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import { SignInForm } from "./SignInForm.tsx";

/** A mutation whose input takes the password of the account. */
type SensitiveMutation = OneMutation & {
  readonly variables: { readonly input: { readonly password?: string | null } };
};

/** A mutation that asks for a confirmation if it needs one. */
export interface Confirmed<M extends OneMutation> extends Mutation<M> {
  /** The dialog that asks, if it does now. Render it beside a form, not within. */
  readonly dialog: ReactNode;
}

type Need = "password" | "signIn";

const NONE: readonly Problem[] = [];

interface Question {
  readonly need: Need;
  /** Go on, with the password or after a new sign-in (null). */
  readonly answer: (password: string | null) => void;
  readonly cancel: () => void;
}

/** As `useMutation`. `send` also resolves to null if the person does not confirm. */
export function useConfirmed<M extends SensitiveMutation>(document: GraphQLTaggedNode): Confirmed<M> {
  const mutation = useMutation<M>(document);
  const [question, setQuestion] = useState<Question | null>(null);

  const ask = (need: Need) =>
    new Promise<{ readonly password: string | null } | null>((resolve) => {
      setQuestion({
        need,
        answer: (password) => {
          resolve({ password });
        },
        cancel: () => {
          resolve(null);
        },
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
    dialog: question && <Confirmation question={question} mutation={mutation} />,
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

interface ConfirmationProps {
  readonly question: Question;
  readonly mutation: Pick<Mutation<OneMutation>, "pending" | "problems">;
}

function Confirmation({ question: { need, answer, cancel }, mutation }: ConfirmationProps) {
  const t = useWords(profileWords);
  if (need === "password") return <PasswordQuestion {...{ answer, cancel, mutation }} />;
  return (
    <Dialog title={t.signInAgain} onClose={cancel}>
      <p>{t.signInAgainHint}</p>
      <SignInForm
        stay
        returnTo={location.pathname + location.search}
        onDone={(userId) => {
          signedIn(userId);
          // Somebody else never confirms it.
          if (!personChanged.get()) answer(null);
        }}
      />
    </Dialog>
  );
}

interface PasswordProps extends Pick<Question, "answer" | "cancel">, Pick<ConfirmationProps, "mutation"> {}

function PasswordQuestion({ answer, cancel, mutation: { pending, problems } }: PasswordProps) {
  const t = useWords(profileWords);
  const access = useWords(accessWords);
  const [password, setPassword] = useState("");
  const wrong = useMemo(() => problems.filter(({ code }) => code !== "PASSWORD_NEEDED"), [problems]);
  return (
    <Dialog title={t.confirmTitle} onClose={cancel}>
      <DialogForm
        action={access.confirm}
        pending={pending}
        problems={wrong}
        onSubmit={() => {
          if (!pending) answer(password);
        }}
        onCancel={cancel}
      >
        <p>{t.confirmHint}</p>
        <TextField
          name="password"
          type="password"
          label={access.password}
          autoComplete="current-password"
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
      </DialogForm>
    </Dialog>
  );
}
