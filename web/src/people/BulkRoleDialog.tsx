import { useState } from "react";
import { graphql } from "react-relay";
import type { Problem } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { SelectField } from "../parts/Field.tsx";
import { Progress } from "../parts/Progress.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { BulkRoleDialogMutation, Role } from "./__generated__/BulkRoleDialogMutation.graphql";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";
import { type ReadPerson, readPeople } from "./readPeople.ts";
import { rolesFor } from "./rolesFor.ts";

const mayChange = ({ viewerCan }: ReadPerson) => viewerCan.every(({ allowed }) => allowed);

/** Gives the selected people a role. The graph changes one person at a time, so this shows how far it is. */
export function BulkRoleDialog({ teamId, selection, filter, viewerRole, onClose }: BulkProps & { readonly viewerRole: Role }) {
  const t = useWords(peopleWords);
  const [role, setRole] = useState<Role | null>(null);
  const [people, setPeople] = useState<readonly ReadPerson[]>([]);
  const [step, setStep] = useState<number | null>(null);
  const change = useMutation<BulkRoleDialogMutation>(graphql`
    mutation BulkRoleDialogMutation($input: ChangeRoleInput!) {
      changeRole(input: $input) {
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const asked = people.filter((one) => one.role !== role && mayChange(one));
  const read = async () => {
    const found = await readPeople(teamId, filter, selection.has, selection.count);
    if (!found) return null;
    setPeople(found);
    return effectOf({ errors: [] }, found.filter((one) => one.role !== role && mayChange(one)).length);
  };
  const make = async () => {
    const errors: Problem[] = [];
    if (role === null) return null;
    setStep(0);
    for (const [index, { user }] of asked.entries()) {
      const payload = await change.send({ teamId, userId: user.id, role, dryRun: false });
      if (!payload) return null; // a message has told why; the same press goes on where it stopped
      errors.push(...payload.errors.map((problem) => ({ ...problem, userId: user.id })));
      setStep(index + 1);
    }
    return effectOf({ errors }, asked.length - errors.length);
  };
  const refused = people.filter((one) => !mayChange(one));
  return (
    <ChangeDialog
      title={t.bulkTitle(t.changeRole, selection.count)}
      action={t.changeRole}
      people={selection.count}
      send={(dryRun) => (dryRun ? read() : make())}
      choice={role}
      nameOf={({ userId }) => people.find(({ user }) => user.id === userId)?.user.name ?? null}
      done={t.bulkDone}
      onClose={onClose}
    >
      <SelectField
        name="role"
        label={t.role}
        value={role ?? ""}
        onChange={({ target }) => {
          setRole(rolesFor(viewerRole, viewerRole).find((one) => one === target.value) ?? null);
        }}
      >
        <option value="">{t.choose}</option>
        {rolesFor(viewerRole, viewerRole).map((one) => (
          <option key={one} value={one}>
            {t.roles[one]}
          </option>
        ))}
      </SelectField>
      {step !== null && step < asked.length && <Progress label={t.changing} done={step} all={asked.length} />}
      {refused.length > 0 && (
        <>
          <p>{t.mayNot}</p>
          <ul>
            {refused.slice(0, 20).map(({ user, viewerCan }) => (
              <li key={user.id}>
                <bdi>{user.name}</bdi>: {viewerCan[0]?.reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </ChangeDialog>
  );
}
