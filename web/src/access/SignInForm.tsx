// Signing in by password, and by the second step if the account has one.
import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { demoSignIns } from "../shell/site.ts";
import { accessWords } from "../words/access.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { SignInFormMutation } from "./__generated__/SignInFormMutation.graphql";
import "./SignInForm.css";
import { SecondStepForm } from "./SecondStepForm.tsx";

interface Props {
  /** What follows, with the id of the person. */
  readonly onDone: (userId: string) => void;
}

/** The form to sign in. */
export function SignInForm({ onDone }: Props) {
  const t = useWords(accessWords);
  const [challenge, setChallenge] = useState<string | null>(null);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation<SignInFormMutation>(graphql`
    mutation SignInFormMutation($input: SignInInput!) {
      signIn(input: $input) {
        challenge
        user {
          id
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async (one: { readonly email: string; readonly password: string }) => {
    const payload = await signIn.send({ ...one, delivery: "COOKIE", dryRun: false });
    if (payload?.user) onDone(payload.user.id);
    else if (payload?.challenge != null) setChallenge(payload.challenge);
  };
  if (challenge !== null) {
    return (
      <SecondStepForm
        challenge={challenge}
        onDone={onDone}
        onAgain={() => {
          setChallenge(null);
        }}
      />
    );
  }
  return (
    <Form
      problems={signIn.problems}
      onSubmit={() => void send({ email, password })}
      buttons={
        <Button type="submit" look="main" pending={signIn.pending}>
          {t.signIn}
        </Button>
      }
    >
      <TextField
        name="email"
        type="email"
        label={t.email}
        autoComplete="username"
        value={email}
        onChange={(event) => {
          setEmail(event.target.value);
        }}
      />
      <TextField
        name="password"
        type="password"
        label={t.password}
        autoComplete="current-password"
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      {demoSignIns.length > 0 && <DemoSignIns onChoose={(one) => void send(one)} />}
    </Form>
  );
}

function DemoSignIns({ onChoose }: { readonly onChoose: (one: { readonly email: string; readonly password: string }) => void }) {
  const t = useWords(accessWords);
  const { role } = useWords(shellWords);
  return (
    <div className="demo-sign-ins">
      <p className="quiet small">{t.demo}</p>
      {demoSignIns.map((one) => (
        <Button
          key={one.email}
          onClick={() => {
            onChoose({ email: one.email, password: one.password });
          }}
        >
          {role[one.role.toUpperCase() as keyof typeof role]}
        </Button>
      ))}
    </div>
  );
}
