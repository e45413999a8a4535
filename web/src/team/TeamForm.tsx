import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { SelectField, TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { whole } from "../parts/whole.ts";
import { partsWords } from "../words/parts.ts";
import { teamWords } from "../words/team.ts";
import { LANGUAGES, useWords } from "../words/words.ts";
import type { TeamForm_team$data, TeamForm_team$key } from "./__generated__/TeamForm_team.graphql";
import type { Language, TeamFormMutation } from "./__generated__/TeamFormMutation.graphql";

const TEAM = graphql`
  fragment TeamForm_team on Team {
    id
    name
    language
    lastSeatsBelow
    mayUpdate: viewerCan(actions: [TEAMS_UPDATE]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

const UPDATE = graphql`
  mutation TeamFormMutation($input: UpdateTeamInput!) {
    updateTeam(input: $input) {
      team {
        ...TeamForm_team
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** The name of a team, the language of its mails, and how few free seats it is told of. */
export function TeamForm({ team: key }: { readonly team: TeamForm_team$key }) {
  const t = useWords(teamWords);
  const team = useFragment(TEAM, key);
  const { typed, change, save, pending, problems } = useTeamChange(team);
  const buttons = (
    <Button type="submit" look="main" pending={pending} reason={reasonOf(team.mayUpdate, "TEAMS_UPDATE")}>
      {t.save}
    </Button>
  );
  return (
    <Form problems={problems} onSubmit={() => void save()} buttons={buttons}>
      <TextField
        name="name"
        label={t.name}
        value={typed.name}
        onChange={({ target }) => change({ name: target.value })}
      />
      <LanguageField language={typed.language} onChange={(language) => change({ language })} />
      <TextField
        name="lastSeatsBelow"
        label={t.lastSeatsBelow}
        hint={t.lastSeatsBelowHint}
        required={false}
        inputMode="numeric"
        autoComplete="off"
        value={typed.lastSeatsBelow}
        onChange={({ target }) => change({ lastSeatsBelow: target.value })}
      />
    </Form>
  );
}

interface LanguageProps {
  readonly language: Language;
  readonly onChange: (language: Language) => void;
}

function LanguageField({ language, onChange }: LanguageProps) {
  const t = useWords(teamWords);
  return (
    <SelectField
      name="language"
      label={t.mailLanguage}
      hint={t.mailLanguageHint}
      value={language}
      onChange={({ target }) => onChange(target.value === "DE" ? "DE" : "EN")}
    >
      {LANGUAGES.map(({ id, text }) => (
        <option key={id} value={id.toUpperCase()} lang={id}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}

interface Values {
  readonly name: string;
  readonly language: Language;
  /** As it is typed; empty if nobody is to be told. */
  readonly lastSeatsBelow: string;
}

/** The number as the mutation takes it: 0 switches it off, and what is no number is refused at the field. */
function numberOf(typed: string): number {
  return /^0*$/.test(typed.trim()) ? 0 : (whole(typed) ?? -1);
}

/** Holds what is typed, and saves it. The message that it is saved offers to take it back. */
function useTeamChange({ id, name, language, lastSeatsBelow }: TeamForm_team$data) {
  const t = useWords(teamWords);
  const { undone } = useWords(partsWords);
  const stored = { name, language, lastSeatsBelow: String(lastSeatsBelow ?? "") };
  const [typed, setTyped] = useState<Values>(stored);
  const { send, pending, problems } = useMutation<TeamFormMutation>(UPDATE);
  const set = (values: Values) =>
    send({ teamId: id, ...values, lastSeatsBelow: numberOf(values.lastSeatsBelow), dryRun: false });
  const undo = async (before: Values) => {
    if (!succeeded(await set(before))) return;
    setTyped(before);
    showDone(undone);
  };
  const save = async () => {
    const payload = await set(typed);
    if (wasMade(payload)) showDone(t.saved, () => void undo(stored));
  };
  const change = (values: Partial<Values>) => {
    setTyped({ ...typed, ...values });
  };
  return { typed, change, save, pending, problems };
}
