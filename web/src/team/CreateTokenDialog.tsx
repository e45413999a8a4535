import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { useClosing } from "../parts/useClosing.ts";
import { useSecret } from "../parts/useSecret.ts";
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

const CREATE = graphql`
  mutation CreateTokenDialogMutation($input: CreatePartnerTokenInput!) {
    createPartnerToken(input: $input) {
      secret
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** A new partner token: its name, what it may do, and when it ends. */
export function CreateTokenDialog({ teamId, onClose, onMade }: Props) {
  const t = useWords(teamWords);
  const answered = useSecret(onMade, useClosing(onClose));
  const { token, change, toggle, create, pending, problems } = useNewToken(teamId, answered);
  return (
    <Dialog title={t.createToken} onClose={onClose} wide>
      <DialogForm
        action={t.createToken}
        pending={pending}
        problems={problems}
        onSubmit={() => void create()}
        onCancel={onClose}
      >
        <TextField
          name="name"
          label={t.tokenName}
          hint={t.tokenNameHint}
          value={token.name}
          autoComplete="off"
          onChange={({ target }) => change({ name: target.value })}
        />
        <TextField
          name="expiresAt"
          type="date"
          label={t.ends}
          hint={t.endsHint}
          value={token.ends}
          onChange={({ target }) => change({ ends: target.value })}
        />
        <ScopeFields chosen={token.scopes} onToggle={toggle} />
      </DialogForm>
    </Dialog>
  );
}

interface NewToken {
  readonly name: string;
  /** The last day on which it works. */
  readonly ends: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Holds what the person says of the new token, and makes it. */
function useNewToken(teamId: string, onAnswer: ReturnType<typeof useSecret<string>>) {
  const [token, setToken] = useState<NewToken>(() => ({ name: "", ends: dayIn(DAYS), scopes: new Set() }));
  const { send, pending, problems } = useMutation<CreateTokenDialogMutation>(CREATE);
  const change = (values: Partial<NewToken>) => {
    setToken({ ...token, ...values });
  };
  const toggle = (scope: Scope) => {
    const scopes = new Set(token.scopes);
    if (!scopes.delete(scope)) scopes.add(scope);
    change({ scopes });
  };
  const create = async () => {
    const { name, ends, scopes } = token;
    const payload = await send({ teamId, name, scopes: [...scopes], expiresAt: endOf(ends), dryRun: false });
    onAnswer(payload, payload?.secret);
  };
  return { token, change, toggle, create, pending, problems };
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
              <input type="checkbox" className="tick" checked={chosen.has(scope)} onChange={() => onToggle(scope)} />
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
