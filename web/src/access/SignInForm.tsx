// Signing in by password, and by the second step if the account has one, or in another way.
import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { isSecretLost } from "../parts/useSecret.ts";
import { demoSignIns } from "../shell/site.ts";
import { accessWords } from "../words/access.ts";
import { linksWords } from "../words/links.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { SignInFormMutation } from "./__generated__/SignInFormMutation.graphql";
import { forgot, signUp } from "./publicRoutes.ts";
import type { Step } from "./SecondStepForm.tsx";
import { SecondStepForm } from "./SecondStepForm.tsx";
import "./SignInForm.css";
import { SignInWays } from "./SignInWays.tsx";

interface Props {
  /** What follows, with the id of the person. */
  readonly onDone: (userId: string) => void;
  /** The address to which a provider sends the person back. */
  readonly returnTo: string;
  /** The address of the person, if it is known. */
  readonly email?: string;
  /** Whether links open in a new tab, because the present page has something that must not be lost. */
  readonly stay?: boolean;
  readonly onLeave?: () => void;
}

/** The form to sign in, with all the ways to do it. */
export function SignInForm({ onDone, returnTo, email: known = "", stay = false, onLeave }: Props) {
  const t = useWords(linksWords);
  const [step, setStep] = useState<Step | null>(null);
  if (step !== null) {
    return (
      <SecondStepForm
        step={step}
        onDone={onDone}
        onAgain={() => {
          setStep(null);
        }}
      />
    );
  }
  const target = stay ? "_blank" : undefined;
  return (
    <div className="sign-in">
      <PasswordForm onDone={onDone} onStep={setStep} known={known} />
      <SignInWays onDone={onDone} returnTo={returnTo} target={target} onLeave={onLeave} />
      <p className="sign-in-links small">
        {/* Not links within the console: what waits for this sign-in does not wait for the other page. */}
        <a href={forgot.href({})} target={target}>
          {t.forgot}
        </a>
        <a href={signUp.href({})} target={target}>
          {t.signUp}
        </a>
      </p>
    </div>
  );
}

interface PasswordProps {
  readonly onDone: (userId: string) => void;
  readonly onStep: (step: Step) => void;
  readonly known: string;
}

const mutation = graphql`
  mutation SignInFormMutation($input: SignInInput!) {
    signIn(input: $input) {
      challenge
      secondFactors
      user {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Credentials {
  readonly email: string;
  readonly password: string;
}

function PasswordForm({ onDone, onStep, known }: PasswordProps) {
  const t = useWords(accessWords);
  const [typed, setTyped] = useState<Credentials>({ email: known, password: "" });
  const signIn = useMutation<SignInFormMutation>(mutation);
  const send = async (credentials: Credentials) => {
    const input = { ...credentials, delivery: "COOKIE" as const, dryRun: false };
    let payload = await signIn.send(input);
    // Usher signed the person in, but the cookie or the challenge was lost with the answer: sign in once more.
    if (isSecretLost(payload)) payload = await signIn.send(input);
    if (payload?.user) onDone(payload.user.id);
    else if (payload?.challenge != null) onStep({ challenge: payload.challenge, factors: payload.secondFactors });
  };
  const field = (name: keyof Credentials) => ({
    name,
    value: typed[name],
    onChange: ({ target }: { target: { value: string } }) => {
      setTyped({ ...typed, [name]: target.value });
    },
  });
  return (
    <Form
      problems={signIn.problems}
      onSubmit={() => void send(typed)}
      buttons={
        <Button type="submit" look="main" pending={signIn.pending}>
          {t.signIn}
        </Button>
      }
    >
      <TextField {...field("email")} type="email" label={t.email} autoComplete="username" />
      <TextField {...field("password")} type="password" label={t.password} autoComplete="current-password" />
      {demoSignIns.length > 0 && <DemoSignIns onChoose={(credentials) => void send(credentials)} />}
    </Form>
  );
}

function DemoSignIns({ onChoose }: { readonly onChoose: (credentials: Credentials) => void }) {
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
