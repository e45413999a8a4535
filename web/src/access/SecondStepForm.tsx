import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { accessWords } from "../words/access.ts";
import { useWords } from "../words/words.ts";
import type { SecondStepFormMutation } from "./__generated__/SecondStepFormMutation.graphql";

interface Props {
  readonly challenge: string;
  readonly onDone: (userId: string) => void;
  readonly onAgain: () => void;
}

const DIGITS = /^\d{6}$/;

/** The second step of a sign-in: the code of an authenticator app, or a recovery code. */
export function SecondStepForm({ challenge, onDone, onAgain }: Props) {
  const t = useWords(accessWords);
  const [typed, setTyped] = useState("");
  const complete = useMutation<SecondStepFormMutation>(graphql`
    mutation SecondStepFormMutation($input: CompleteSignInInput!) {
      completeSignIn(input: $input) {
        user {
          id
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const code = typed.replaceAll(/\s/g, "");
    const step = DIGITS.test(code) ? { code } : { recoveryCode: typed.trim() };
    const payload = await complete.send({ challenge, ...step, dryRun: false });
    if (payload?.user) onDone(payload.user.id);
  };
  return (
    <Form
      problems={complete.problems}
      onSubmit={() => void send()}
      buttons={
        <>
          <Button onClick={onAgain}>{t.begin}</Button>
          <Button type="submit" look="main" pending={complete.pending}>
            {t.confirm}
          </Button>
        </>
      }
    >
      <TextField
        name="code"
        label={t.code}
        hint={t.codeHint}
        autoComplete="one-time-code"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
      />
    </Form>
  );
}
