import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { SelectField, TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { profileWords } from "../words/profile.ts";
import { LANGUAGES, useWords } from "../words/words.ts";
import type { NamesForm_user$key } from "./__generated__/NamesForm_user.graphql";
import type { Language, NamesFormMutation } from "./__generated__/NamesFormMutation.graphql";

const fragment = graphql`
  fragment NamesForm_user on User {
    firstName
    lastName
    language
  }
`;

const mutation = graphql`
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
`;

/** What the person typed, and how to save it. */
function useNames(user: NamesForm_user$key) {
  const t = useWords(profileWords);
  const known = useFragment(fragment, user);
  const [firstName, setFirstName] = useState(known.firstName);
  const [lastName, setLastName] = useState(known.lastName);
  const [language, setLanguage] = useState<Language>(known.language ?? "EN");
  const { send, pending, problems } = useMutation<NamesFormMutation>(mutation);
  const save = async () => {
    const payload = await send({ firstName, lastName, language, dryRun: false });
    if (!payload?.user) return;
    setFirstName(payload.user.firstName);
    setLastName(payload.user.lastName);
    showDone(t.saved);
  };
  return { firstName, setFirstName, lastName, setLastName, language, setLanguage, save, pending, problems };
}

/** The viewer's names, and the language of the mails to them. */
export function NamesForm({ user }: { readonly user: NamesForm_user$key }) {
  const t = useWords(profileWords);
  const names = useNames(user);
  return (
    <Form
      problems={names.problems}
      onSubmit={() => void names.save()}
      buttons={
        <Button type="submit" look="main" pending={names.pending}>
          {t.save}
        </Button>
      }
    >
      <TextField
        name="firstName"
        label={t.firstName}
        autoComplete="given-name"
        value={names.firstName}
        onChange={(event) => {
          names.setFirstName(event.target.value);
        }}
      />
      <TextField
        name="lastName"
        label={t.lastName}
        required={false}
        autoComplete="family-name"
        value={names.lastName}
        onChange={(event) => {
          names.setLastName(event.target.value);
        }}
      />
      <LanguageField language={names.language} onChange={names.setLanguage} />
    </Form>
  );
}

interface LanguageProps {
  readonly language: Language;
  readonly onChange: (language: Language) => void;
}

function LanguageField({ language, onChange }: LanguageProps) {
  const t = useWords(profileWords);
  return (
    <SelectField
      name="language"
      label={t.language}
      hint={t.languageHint}
      value={language}
      onChange={(event) => {
        onChange(event.target.value === "DE" ? "DE" : "EN");
      }}
    >
      {LANGUAGES.map(({ id, text }) => (
        <option key={id} value={id.toUpperCase()} lang={id}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}
