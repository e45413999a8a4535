import { useMemo, useState } from "react";
import { personChanged, signedIn } from "../graph/person.ts";
import type { Mutation, OneMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { accessWords } from "../words/access.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import { SignInForm } from "./SignInForm.tsx";

/** What a sensitive change has asked for. */
export interface Question {
  readonly need: "password" | "signIn";
  /** Go on, with the password or after a new sign-in (null). */
  readonly answer: (password: string | null) => void;
  readonly cancel: () => void;
}

interface ConfirmationProps {
  readonly question: Question;
  readonly mutation: Pick<Mutation<OneMutation>, "pending" | "problems">;
}

/** Asks for the password, or for a new sign-in, before a sensitive change. */
export default function Confirmation({ question: { need, answer, cancel }, mutation }: ConfirmationProps) {
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
