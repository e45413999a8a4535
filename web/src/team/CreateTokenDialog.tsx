import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { partsWords } from "../words/parts.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { CreateTokenDialogMutation, Scope } from "./__generated__/CreateTokenDialogMutation.graphql";
import "./CreateTokenDialog.css";
import { SCOPE_GROUPS, scopesOf } from "./scopes.ts";

interface Props {
  readonly teamId: string;
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}

const DAYS = 90;

/** A new partner token: its name, what it may do, and when it ends. */
export function CreateTokenDialog({ teamId, onClose, onMade }: Props) {
  const t = useWords(teamWords);
  const parts = useWords(partsWords);
  const [name, setName] = useState("");
  const [ends, setEnds] = useState(() => dayIn(DAYS));
  const [chosen, setChosen] = useState<ReadonlySet<Scope>>(new Set());
  const create = useMutation<CreateTokenDialogMutation>(graphql`
    mutation CreateTokenDialogMutation($input: CreatePartnerTokenInput!) {
      createPartnerToken(input: $input) {
        secret
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const input = { teamId, name, scopes: [...chosen], expiresAt: endOf(ends), dryRun: false };
    const payload = await create.send(input);
    if (payload?.secret != null) onMade(payload.secret);
  };
  return (
    <Dialog title={t.createToken} onClose={onClose} wide>
      <Form
        problems={create.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="main" pending={create.pending}>
              {t.createToken}
            </Button>
          </>
        }
      >
        <TextField
          name="name"
          label={t.tokenName}
          hint={t.tokenNameHint}
          value={name}
          autoComplete="off"
          onChange={({ target }) => {
            setName(target.value);
          }}
        />
        <TextField
          name="expiresAt"
          type="date"
          label={t.ends}
          hint={t.endsHint}
          value={ends}
          onChange={({ target }) => {
            setEnds(target.value);
          }}
        />
        <ScopeFields
          chosen={chosen}
          onToggle={(scope) => {
            const next = new Set(chosen);
            if (!next.delete(scope)) next.add(scope);
            setChosen(next);
          }}
        />
      </Form>
    </Dialog>
  );
}

interface ScopeProps {
  readonly chosen: ReadonlySet<Scope>;
  readonly onToggle: (scope: Scope) => void;
}

function ScopeFields({ chosen, onToggle }: ScopeProps) {
  const t = useWords(teamWords);
  return (
    <>
      <p className="quiet">{t.scopesHint}</p>
      {SCOPE_GROUPS.map((group) => (
        <fieldset key={group} className="scopes">
          <legend>{t.scopeGroups[group]}</legend>
          {scopesOf(group).map((scope) => (
            <label key={scope} className="scope">
              <input
                type="checkbox"
                className="tick"
                checked={chosen.has(scope)}
                onChange={() => {
                  onToggle(scope);
                }}
              />
              {t.scopes[scope]}
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}

/** The day so many days from now, as a field for days has it. */
function dayIn(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The end of a day where the person is. Of something that is no day, a moment that the server refuses at the field. */
function endOf(day: string): string {
  const moment = new Date(`${day}T23:59:59`);
  return Number.isNaN(moment.getTime()) ? new Date(0).toISOString() : moment.toISOString();
}
