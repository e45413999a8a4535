import { useMemo, useState } from "react";
import { graphql } from "react-relay";
import { signedIn } from "../graph/person.ts";
import { useStore } from "../graph/store.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { accessWords } from "../words/access.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import type { ConfirmEmailScreenMutation } from "./__generated__/ConfirmEmailScreenMutation.graphql";
import { forgetLinkToken, linkToken } from "./linkToken.ts";
import { Incomplete } from "./PasswordLink.tsx";
import { PublicPage } from "./PublicPage.tsx";
import { SignInForm } from "./SignInForm.tsx";

/**
 * The link to confirm a new e-mail address. A person who is signed in only presses the button. From others the page asks
 * for the password, or for a sign-in if the account has a second factor.
 */
export default function ConfirmEmailScreen() {
  const t = useWords(linksWords);
  const token = useStore(linkToken);
  const [done, setDone] = useState<string | null>(null);
  if (done !== null) {
    return (
      <PublicPage title={t.confirmEmail.title}>
        <p role="status">{t.emailConfirmed(done)}</p>
        <p>
          <a href="/">{t.toStart}</a>
        </p>
      </PublicPage>
    );
  }
  if (token === "") return <Incomplete title={t.confirmEmail.title} />;
  return (
    <PublicPage title={t.confirmEmail.title}>
      <Confirmation
        key={token}
        token={token}
        onDone={(email) => {
          forgetLinkToken();
          setDone(email);
        }}
      />
    </PublicPage>
  );
}

const mutation = graphql`
  mutation ConfirmEmailScreenMutation($input: ConfirmEmailInput!) {
    confirmEmail(input: $input) {
      email
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface ConfirmationProps {
  readonly token: string;
  readonly onDone: (email: string) => void;
}

/** Confirms the address, and knows what the last answer asked for. */
function useConfirmation({ token, onDone }: ConfirmationProps) {
  const [asks, setAsks] = useState<"nothing" | "password" | "signIn">("nothing");
  const confirm = useMutation<ConfirmEmailScreenMutation>(mutation);
  // The same list as long as nothing changes: a form looks at new ones.
  const problems = useMemo(() => confirm.problems.filter(({ code }) => code !== "PASSWORD_NEEDED"), [confirm.problems]);
  const send = async (password: string) => {
    const payload = await confirm.send({ token, password: password || null, dryRun: false });
    if (payload?.email != null) onDone(payload.email);
    const codes = payload?.errors.map(({ code }) => code) ?? [];
    if (codes.includes("PASSWORD_NEEDED")) setAsks("password");
    if (codes.includes("SIGN_IN_AGAIN")) setAsks("signIn");
  };
  const begin = () => {
    setAsks("nothing");
    confirm.clear();
  };
  return { asks, send, begin, pending: confirm.pending, problems };
}

function Confirmation(props: ConfirmationProps) {
  const t = useWords(linksWords);
  const words = useWords(accessWords);
  const [password, setPassword] = useState("");
  const { asks, send, begin, pending, problems } = useConfirmation(props);
  if (asks === "signIn") return <SignInFirst onDone={begin} />;
  return (
    <>
      <p>{t.confirmEmail.text}</p>
      <Form
        problems={problems}
        onSubmit={() => void send(password)}
        buttons={
          <Button type="submit" look="main" pending={pending}>
            {t.confirmEmail.action}
          </Button>
        }
      >
        <div role="alert">{asks === "password" && <p className="notice">{t.confirmEmail.password}</p>}</div>
        {asks === "password" && (
          <TextField
            name="password"
            type="password"
            label={words.password}
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => {
              setPassword(target.value);
            }}
          />
        )}
      </Form>
    </>
  );
}

function SignInFirst({ onDone }: { readonly onDone: () => void }) {
  const t = useWords(linksWords);
  return (
    <>
      <p>{t.confirmEmail.signIn}</p>
      <SignInForm
        returnTo="/"
        stay
        onDone={(userId) => {
          signedIn(userId);
          onDone();
        }}
      />
    </>
  );
}
