import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { accessWords } from "../words/access.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { SecondFactor } from "./__generated__/SignInFormMutation.graphql";
import type { SecondStepFormMutation } from "./__generated__/SecondStepFormMutation.graphql";
import { askForPasskey, hasPasskeys } from "./passkeys.ts";

/** A sign-in that needs a second step. */
export interface Step {
  readonly challenge: string;
  /** The kinds of second step that the account can do; null if the page does not know them. */
  readonly factors: readonly SecondFactor[] | null;
}

interface Props {
  readonly step: Step;
  readonly onDone: (userId: string) => void;
  readonly onAgain: () => void;
}

const DIGITS = /^\d{6}$/;

const mutation = graphql`
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
`;

/** Sends the second step, or says what came of asking for a passkey. */
function useSecondStep(challenge: string, onDone: Props["onDone"]) {
  const t = useWords(linksWords);
  const [message, setMessage] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const complete = useMutation<SecondStepFormMutation>(mutation);
  const send = async (step: { code: string } | { recoveryCode: string } | { passkey: unknown }) => {
    setMessage(null);
    const payload = await complete.send({ challenge, ...step, dryRun: false });
    if (payload?.user) onDone(payload.user.id);
  };
  const sendPasskey = async () => {
    setMessage(null);
    setAsking(true);
    const found = await askForPasskey(challenge);
    setAsking(false);
    if (found.kind === "answer") await send({ passkey: found.answer });
    else if (found.kind === "none") setMessage(t.noPasskey);
    else if (found.kind === "cancelled") setMessage(t.passkeyCancelled);
  };
  return { send, sendPasskey, message, pending: asking || complete.pending, problems: complete.problems };
}

/** The second step of a sign-in: the code of an authenticator app, a passkey, or a recovery code. */
export function SecondStepForm({ step: { challenge, factors }, onDone, onAgain }: Props) {
  const t = useWords(accessWords);
  const more = useWords(linksWords);
  const [typed, setTyped] = useState("");
  const { send, sendPasskey, message, pending, problems } = useSecondStep(challenge, onDone);
  const code = typed.replaceAll(/\s/g, "");
  const isCode = DIGITS.test(code);
  const has = (factor: SecondFactor) => factors === null || factors.includes(factor);
  const hasApp = has("AUTHENTICATOR_APP");
  return (
    <Form
      problems={problems}
      onSubmit={() => void send(isCode ? { code } : { recoveryCode: typed.trim() })}
      buttons={
        <>
          <Button onClick={onAgain}>{t.begin}</Button>
          {hasPasskeys && has("PASSKEY") && <Button pending={pending} onClick={() => void sendPasskey()}>{more.passkey}</Button>}
          <Button type="submit" look="main" pending={pending}>
            {t.confirm}
          </Button>
        </>
      }
    >
      <TextField
        // An error stands at this field, whichever of the two it is.
        name={isCode ? "code" : "recoveryCode"}
        label={hasApp ? t.code : more.recoveryCode}
        hint={hasApp ? t.codeHint : more.recoveryCodeHint}
        autoComplete="one-time-code"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
      />
      <div role="alert">{message !== null && <p className="problems">{message}</p>}</div>
    </Form>
  );
}
