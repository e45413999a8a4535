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

const mutation = graphql`
  mutation ForgotScreenMutation($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
      email
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks for a link to set a new password. What follows is the same for every address. */
export default function ForgotScreen() {
  const t = useWords(linksWords);
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (sentTo !== null) return <MailSent title={t.forgotTitle} email={sentTo} text={t.forgotSent} />;
  return (
    <PublicPage title={t.forgotTitle}>
      <p>{t.forgotText}</p>
      <ForgotForm onSent={setSentTo} />
      <p className="small">
        <a href={signIn.href({})}>{t.toSignIn}</a>
      </p>
    </PublicPage>
  );
}

function ForgotForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const t = useWords(linksWords);
  const words = useWords(accessWords);
  const chosen = useStore(language);
  const [email, setEmail] = useState("");
  const request = useMutation<ForgotScreenMutation>(mutation);
  const send = async () => {
    const payload = await request.send({ email, language: chosen === "de" ? "DE" : "EN", dryRun: false });
    if (payload?.email != null) onSent(payload.email);
  };
  return (
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
  );
}
