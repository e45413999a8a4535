// What the pages of links have in common that ask for a password and then sign the person in.
import { useState } from "react";
import type { Problem } from "../graph/problems.ts";
import { useStore } from "../graph/store.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { SecondFactor } from "./__generated__/SignInFormMutation.graphql";
import { enter } from "./enter.ts";
import { LinkSecondStep } from "./LinkSecondStep.tsx";
import { forgetLinkToken, linkToken } from "./linkToken.ts";
import { PublicPage } from "./PublicPage.tsx";
import { forgot, signIn } from "./publicRoutes.ts";
import type { Step } from "./SecondStepForm.tsx";

/** What came of it: a session, or the challenge of a second step, or neither. */
interface SessionStart {
  readonly user: { readonly id: string } | null;
  readonly challenge: string | null;
  readonly secondFactors: readonly SecondFactor[];
}

interface Props {
  readonly title: string;
  /** What the button does, and what follows from it. */
  readonly text: string;
  readonly label: string;
  readonly hint?: string;
  readonly autoComplete: "current-password" | "new-password";
  readonly action: string;
  readonly problems: readonly Problem[];
  readonly pending: boolean;
  readonly send: (token: string, password: string) => Promise<SessionStart | null>;
}

/** The page of a link that asks for a password. Opening it changes nothing: programs that scan mails open every link. */
export function PasswordLink({ title, send, ...rest }: Props) {
  const t = useWords(linksWords);
  const token = useStore(linkToken);
  const [step, setStep] = useState<Step | null>(null);
  if (step !== null) {
    return (
      <PublicPage title={title}>
        <p>{t.doneThenSecondStep}</p>
        <LinkSecondStep step={step} />
      </PublicPage>
    );
  }
  if (token === "") return <Incomplete title={title} />;
  const press = async (password: string) => {
    const payload = await send(token, password);
    if (payload?.user) enter(payload.user.id);
    else if (payload?.challenge != null) {
      forgetLinkToken();
      setStep({ challenge: payload.challenge, factors: payload.secondFactors });
    }
  };
  return (
    <PublicPage title={title}>
      <PasswordForm key={token} {...rest} onSend={press} />
    </PublicPage>
  );
}

type FormProps = Omit<Props, "title" | "send"> & { readonly onSend: (password: string) => Promise<void> };

function PasswordForm({ text, label, hint, autoComplete, action, problems, pending, onSend }: FormProps) {
  const t = useWords(linksWords);
  const [password, setPassword] = useState("");
  return (
    <>
      <p>{text}</p>
      <Form
        problems={problems}
        onSubmit={() => void onSend(password)}
        buttons={
          <Button type="submit" look="main" pending={pending}>
            {action}
          </Button>
        }
      >
        <TextField
          name="password"
          type="password"
          label={label}
          {...(hint !== undefined && { hint })}
          autoComplete={autoComplete}
          value={password}
          onChange={({ target }) => {
            setPassword(target.value);
          }}
        />
      </Form>
      {problems.some(({ code }) => code === "LINK_INVALID") && (
        <p>
          <a href={forgot.href({})}>{t.forgot}</a>
        </p>
      )}
    </>
  );
}

/** What a page shows that was opened without its secret: by hand, or again from the history. */
export function Incomplete({ title }: { readonly title: string }) {
  const t = useWords(linksWords);
  return (
    <PublicPage title={title}>
      <p role="alert">{t.incomplete}</p>
      <p>
        <a href={signIn.href({})}>{t.toSignIn}</a>
      </p>
    </PublicPage>
  );
}
