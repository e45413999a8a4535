import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { SelectField, TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { NamesForm_user$key } from "./__generated__/NamesForm_user.graphql";
import type { Language, NamesFormMutation } from "./__generated__/NamesFormMutation.graphql";

/** The viewer's names, and the language of the mails to them. */
export function NamesForm({ user }: { readonly user: NamesForm_user$key }) {
  const t = useWords(profileWords);
  const known = useFragment(
    graphql`
      fragment NamesForm_user on User {
        firstName
        lastName
        language
      }
    `,
    user,
  );
  const [firstName, setFirstName] = useState(known.firstName);
  const [lastName, setLastName] = useState(known.lastName);
  const [language, setLanguage] = useState<Language>(known.language ?? "EN");
  const update = useMutation<NamesFormMutation>(graphql`
    mutation NamesFormMutation($input: UpdateProfileInput!) {
      updateProfile(input: $input) {
        user {
          name
          firstName
          lastName
          language
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const save = async () => {
    const payload = await update.send({ firstName, lastName, language, dryRun: false });
    if (!payload?.user) return;
    setFirstName(payload.user.firstName);
    setLastName(payload.user.lastName);
    showDone(t.saved);
  };
  return (
    <Form
      problems={update.problems}
      onSubmit={() => void save()}
      buttons={
        <Button type="submit" look="main" pending={update.pending}>
          {t.save}
        </Button>
      }
    >
      <TextField
        name="firstName"
        label={t.firstName}
        autoComplete="given-name"
        value={firstName}
        onChange={(event) => {
          setFirstName(event.target.value);
        }}
      />
      <TextField
        name="lastName"
        label={t.lastName}
        required={false}
        autoComplete="family-name"
        value={lastName}
        onChange={(event) => {
          setLastName(event.target.value);
        }}
      />
      <SelectField
        name="language"
        label={t.language}
        hint={t.languageHint}
        value={language}
        onChange={(event) => {
          setLanguage(event.target.value === "DE" ? "DE" : "EN");
        }}
      >
        <option value="EN">English</option>
        <option value="DE">Deutsch</option>
      </SelectField>
    </Form>
  );
}
