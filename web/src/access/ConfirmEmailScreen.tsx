import { useState } from "react";
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

function Confirmation({ token, onDone }: { readonly token: string; readonly onDone: (email: string) => void }) {
  const t = useWords(linksWords);
  const words = useWords(accessWords);
  const [password, setPassword] = useState("");
  const [asks, setAsks] = useState<"nothing" | "password" | "signIn">("nothing");
  const confirm = useMutation<ConfirmEmailScreenMutation>(graphql`
    mutation ConfirmEmailScreenMutation($input: ConfirmEmailInput!) {
      confirmEmail(input: $input) {
        email
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const payload = await confirm.send({ token, password: password || null, dryRun: false });
    if (payload?.email != null) onDone(payload.email);
    const codes = payload?.errors.map(({ code }) => code) ?? [];
    if (codes.includes("PASSWORD_NEEDED")) setAsks("password");
    if (codes.includes("SIGN_IN_AGAIN")) setAsks("signIn");
  };
  if (asks === "signIn") {
    return (
      <>
        <p>{t.confirmEmail.signIn}</p>
        <SignInForm
          returnTo="/"
          stay
          onDone={(userId) => {
            signedIn(userId);
            setAsks("nothing");
            confirm.clear();
          }}
        />
      </>
    );
  }
  return (
    <>
      <p>{t.confirmEmail.text}</p>
      <Form
        problems={confirm.problems.filter(({ code }) => code !== "PASSWORD_NEEDED")}
        onSubmit={() => void send()}
        buttons={
          <Button type="submit" look="main" pending={confirm.pending}>
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
