import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import type { Selection } from "../parts/selection.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { BulkRoleDialogMutation, Role } from "./__generated__/BulkRoleDialogMutation.graphql";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";
import { nameIn, peopleOf, without } from "./bulk.ts";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";
import { type RefusedPerson, refusedPeople } from "./refusedPeople.ts";
import { rolesFor } from "./rolesFor.ts";

const CHANGE = graphql`
  mutation BulkRoleDialogMutation($input: ChangeRolesInput!) {
    changeRoles(input: $input) {
      members {
        id
        role
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const SHOWN = 20;

/** Gives the selected people a role. Those whom the viewer may not change stay as they are, and are named. */
export function BulkRoleDialog({ teamId, selection, filter, viewerRole, onClose }: BulkProps & { readonly viewerRole: Role }) {
  const t = useWords(peopleWords);
  const [role, setRole] = useState<Role | "">("");
  const { refused, change } = useRoleChange(teamId, filter, selection);
  const roles = rolesFor(viewerRole, viewerRole).map((id) => ({ id, text: t.roles[id] }));
  return (
    <ChangeDialog
      title={t.bulkTitle(t.changeRole, selection.count)}
      action={t.changeRole}
      people={selection.count}
      send={async (dryRun) => (role === "" ? null : change(role, dryRun))}
      choice={role || null}
      nameOf={nameIn(without(selection, refused))}
      done={t.bulkDone}
      onClose={onClose}
    >
      <ChoiceField name="role" label={t.role} value={role} options={[{ id: "", text: t.choose }, ...roles]} onChange={setRole} />
      <Refused people={refused} />
    </ChangeDialog>
  );
}

/** The people that the viewer may not change, and why. */
function Refused({ people }: { readonly people: readonly RefusedPerson[] }) {
  const t = useWords(peopleWords);
  if (people.length === 0) return null;
  return (
    <>
      <p>{t.mayNot}</p>
      <ul>
        {people.slice(0, SHOWN).map(({ id, name, reason }) => (
          <li key={id}>
            <bdi>{name}</bdi>: {reason}
          </li>
        ))}
      </ul>
      {people.length > SHOWN && <p className="quiet">{t.moreOutcomes(people.length - SHOWN)}</p>}
    </>
  );
}

/** Whom of the selected people the viewer may not change, and how to give the others a role. */
function useRoleChange(teamId: string, filter: MembersFilter, selection: Selection) {
  const [refused, setRefused] = useState<readonly RefusedPerson[]>([]);
  const real = useMutation<BulkRoleDialogMutation>(CHANGE);
  const dry = useDryRun<BulkRoleDialogMutation>(CHANGE);
  const give = async (role: Role, out: readonly RefusedPerson[], dryRun: boolean, onForbidden?: () => void) => {
    const people = without(selection, out);
    if (people.count === 0) return effectOf({ errors: [] }, 0);
    const input = { teamId, role, ...peopleOf(people, filter), mode: "BEST_EFFORT" as const, dryRun };
    const payload = await (dryRun ? dry : real).send(input, { ...(onForbidden && { onForbidden }) });
    return payload && effectOf(payload, payload.members.length);
  };
  const change = async (role: Role, dryRun: boolean) => {
    if (!dryRun || refused.length > 0) return give(role, refused, dryRun);
    const refusal = { came: false };
    const effect = await give(role, [], true, () => (refusal.came = true));
    if (!refusal.came) return effect;
    // The policy answers once for all of them. Whom it refuses, and why, their rows say.
    const found = await refusedPeople(teamId, filter, selection);
    if (!found) return null;
    setRefused(found);
    return give(role, found, true);
  };
  return { refused, change };
}
