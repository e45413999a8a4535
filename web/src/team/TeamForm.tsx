/* eslint-disable relay/unused-fields -- reasonOf reads what the viewer may do */
import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { SelectField, TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { teamWords } from "../words/team.ts";
import { LANGUAGES, useWords } from "../words/words.ts";
import type { TeamForm_team$key } from "./__generated__/TeamForm_team.graphql";
import type { Language, TeamFormMutation } from "./__generated__/TeamFormMutation.graphql";

/** The name of a team, and the language of its mails. */
export function TeamForm({ team }: { readonly team: TeamForm_team$key }) {
  const t = useWords(teamWords);
  const { id, name, language, mayUpdate } = useFragment(
    graphql`
      fragment TeamForm_team on Team {
        id
        name
        language
        mayUpdate: viewerCan(actions: [TEAMS_UPDATE]) {
          action
          allowed
          reason
        }
      }
    `,
    team,
  );
  const [typed, setTyped] = useState({ name, language });
  const update = useMutation<TeamFormMutation>(graphql`
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
  `);
  const save = async (values: { readonly name: string; readonly language: Language }) => {
    const payload = await update.send({ teamId: id, ...values, dryRun: false });
    return payload !== null && payload.errors.length === 0;
  };
  const press = async () => {
    const before = { name, language };
    if (!(await save(typed))) return;
    showDone(t.saved, () => {
      setTyped(before);
      void save(before);
    });
  };
  return (
    <Form
      problems={update.problems}
      onSubmit={() => void press()}
      buttons={
        <Button type="submit" look="main" pending={update.pending} reason={reasonOf(mayUpdate, "TEAMS_UPDATE")}>
          {t.save}
        </Button>
      }
    >
      <TextField
        name="name"
        label={t.name}
        value={typed.name}
        onChange={({ target }) => {
          setTyped({ ...typed, name: target.value });
        }}
      />
      <SelectField
        name="language"
        label={t.mailLanguage}
        hint={t.mailLanguageHint}
        value={typed.language}
        onChange={({ target }) => {
          setTyped({ ...typed, language: target.value === "DE" ? "DE" : "EN" });
        }}
      >
        {LANGUAGES.map((one) => (
          <option key={one.id} value={one.id.toUpperCase()} lang={one.id}>
            {one.text}
          </option>
        ))}
      </SelectField>
    </Form>
  );
}
