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
import type { SignUpScreenMutation } from "./__generated__/SignUpScreenMutation.graphql";
import { MailSent } from "./MailSent.tsx";
import { PublicPage } from "./PublicPage.tsx";
import { signIn } from "./publicRoutes.ts";

const NOBODY = { firstName: "", lastName: "", email: "", password: "" };

const mutation = graphql`
  mutation SignUpScreenMutation($input: SignUpInput!) {
    signUp(input: $input) {
      email
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** A new account. What follows is the same for every address: the mail says whether it has an account already. */
export default function SignUpScreen() {
  const t = useWords(linksWords);
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (sentTo !== null) return <MailSent title={t.signUp} email={sentTo} text={t.signUpSent} />;
  return (
    <PublicPage title={t.signUp}>
      <SignUpForm onSent={setSentTo} />
      <p className="small">
        <a href={signIn.href({})}>{t.toSignIn}</a>
      </p>
    </PublicPage>
  );
}

function SignUpForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const t = useWords(linksWords);
  const words = useWords(accessWords);
  const chosen = useStore(language);
  const [person, setPerson] = useState(NOBODY);
  const signUp = useMutation<SignUpScreenMutation>(mutation);
  const send = async () => {
    const payload = await signUp.send({ ...person, language: chosen === "de" ? "DE" : "EN", dryRun: false });
    if (payload?.email != null) onSent(payload.email);
  };
  const field = (name: keyof typeof NOBODY) => ({
    name,
    value: person[name],
    onChange: ({ target }: { target: { value: string } }) => {
      setPerson({ ...person, [name]: target.value });
    },
  });
  return (
    <Form
      problems={signUp.problems}
      onSubmit={() => void send()}
      buttons={
        <Button type="submit" look="main" pending={signUp.pending}>
          {t.signUp}
        </Button>
      }
    >
      <TextField {...field("firstName")} label={t.firstName} autoComplete="given-name" />
      <TextField {...field("lastName")} label={t.lastName} hint={t.oneName} autoComplete="family-name" required={false} />
      <TextField {...field("email")} type="email" label={words.email} autoComplete="username" />
      <TextField {...field("password")} type="password" label={words.password} hint={t.passwordHint} autoComplete="new-password" />
    </Form>
  );
}
