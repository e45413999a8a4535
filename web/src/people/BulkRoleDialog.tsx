import { useState } from "react";
import { graphql } from "react-relay";
import type { Problem } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { reasonOf } from "../parts/Button.tsx";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { Progress } from "../parts/Progress.tsx";
import type { Selection } from "../parts/selection.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { BulkRoleDialogMutation, Role } from "./__generated__/BulkRoleDialogMutation.graphql";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";
import { type ReadPerson, readPeople } from "./readPeople.ts";
import { rolesFor } from "./rolesFor.ts";

const CHANGE = graphql`
  mutation BulkRoleDialogMutation($input: ChangeRoleInput!) {
    changeRole(input: $input) {
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const SHOWN = 20;
const whyNot = ({ viewerCan }: ReadPerson) => reasonOf(viewerCan, "MEMBERS_CHANGE_ROLE");

/** Gives the selected people a role. The graph changes one person at a time, so this shows how far it is. */
export function BulkRoleDialog({ teamId, selection, filter, viewerRole, onClose }: BulkProps & { readonly viewerRole: Role }) {
  const t = useWords(peopleWords);
  const [role, setRole] = useState<Role | "">("");
  const { people, asked, done, read, make } = useRoleChange(teamId, filter, selection, role);
  const roles = rolesFor(viewerRole, viewerRole).map((id) => ({ id, text: t.roles[id] }));
  return (
    <ChangeDialog
      title={t.bulkTitle(t.changeRole, selection.count)}
      action={t.changeRole}
      people={selection.count}
      send={(dryRun) => (dryRun ? read() : make())}
      choice={role || null}
      nameOf={({ userId }) => people.find(({ user }) => user.id === userId)?.user.name ?? null}
      done={t.bulkDone}
      onClose={onClose}
    >
      <ChoiceField name="role" label={t.role} value={role} options={[{ id: "", text: t.choose }, ...roles]} onChange={setRole} />
      {done !== null && <Progress label={t.changing} done={done} all={asked} />}
      <Refused people={people.filter((one) => whyNot(one) !== null)} />
    </ChangeDialog>
  );
}

/** The people that the viewer may not change, and why. */
function Refused({ people }: { readonly people: readonly ReadPerson[] }) {
  const t = useWords(peopleWords);
  if (people.length === 0) return null;
  return (
    <>
      <p>{t.mayNot}</p>
      <ul>
        {people.slice(0, SHOWN).map((one) => (
          <li key={one.user.id}>
            <bdi>{one.user.name}</bdi>: {whyNot(one)}
          </li>
        ))}
      </ul>
      {people.length > SHOWN && <p className="quiet">{t.moreOutcomes(people.length - SHOWN)}</p>}
    </>
  );
}

interface Run {
  /** How many people have got their answer. */
  readonly done: number;
  readonly errors: readonly Problem[];
}

const START: Run = { done: 0, errors: [] };

/** The selected people, and how to give them a role. After a failure, `make` goes on where it stopped. */
function useRoleChange(teamId: string, filter: MembersFilter, { has, count }: Selection, role: Role | "") {
  const [people, setPeople] = useState<readonly ReadPerson[]>([]);
  const [run, setRun] = useState<Run | null>(null);
  const change = useMutation<BulkRoleDialogMutation>(CHANGE);
  const asks = (one: ReadPerson) => one.role !== role && whyNot(one) === null;
  const asked = people.filter(asks);
  const read = async () => {
    const found = await readPeople(teamId, filter, has, count);
    if (!found) return null;
    setPeople(found);
    setRun(null); // other people may be asked now
    return effectOf({ errors: [] }, found.filter(asks).length);
  };
  const make = async () => {
    if (role === "") return null;
    let now = run ?? START;
    setRun(now);
    for (const { user } of asked.slice(now.done)) {
      const payload = await change.send({ teamId, userId: user.id, role, dryRun: false });
      if (!payload) return null; // a message has told why
      const errors = payload.errors.map((problem) => ({ ...problem, userId: user.id }));
      now = { done: now.done + 1, errors: [...now.errors, ...errors] };
      setRun(now);
    }
    setRun(null);
    return effectOf({ errors: now.errors }, asked.length - now.errors.length);
  };
  return { people, asked: asked.length, done: run?.done ?? null, read, make };
}
