import { useState } from "react";
import { graphql } from "react-relay";
import { useStore } from "../graph/store.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { accessWords } from "../words/access.ts";
import { linksWords } from "../words/links.ts";
import { language, useWords } from "../words/words.ts";
import type { ForgotScreenMutation } from "./__generated__/ForgotScreenMutation.graphql";
import { MailSent } from "./MailSent.tsx";
import { PublicPage } from "./PublicPage.tsx";
import { signIn } from "./publicRoutes.ts";

/** Asks for a link to set a new password. What follows is the same for every address. */
export default function ForgotScreen() {
  const t = useWords(linksWords);
  const words = useWords(accessWords);
  const chosen = useStore(language);
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState<string | null>(null);
  const request = useMutation<ForgotScreenMutation>(graphql`
    mutation ForgotScreenMutation($input: RequestPasswordResetInput!) {
      requestPasswordReset(input: $input) {
        email
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const payload = await request.send({ email, language: chosen === "de" ? "DE" : "EN", dryRun: false });
    if (payload?.email != null) setSentTo(payload.email);
  };
  if (sentTo !== null) return <MailSent title={t.forgotTitle} email={sentTo} text={t.forgotSent} />;
  return (
    <PublicPage title={t.forgotTitle}>
      <p>{t.forgotText}</p>
      <Form
        problems={request.problems}
        onSubmit={() => void send()}
        buttons={
          <Button type="submit" look="main" pending={request.pending}>
            {t.sendLink}
          </Button>
        }
      >
        <TextField
          name="email"
          type="email"
          label={words.email}
          autoComplete="username"
          value={email}
          onChange={({ target }) => {
            setEmail(target.value);
          }}
        />
      </Form>
      <p className="small">
        <a href={signIn.href({})}>{t.toSignIn}</a>
      </p>
    </PublicPage>
  );
}
