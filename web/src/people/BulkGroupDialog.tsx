import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import type { setMembersMutation } from "../groups/__generated__/setMembersMutation.graphql";
import { SET_MEMBERS } from "../groups/setMembers.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import type { Selection } from "../parts/selection.ts";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { BulkGroupDialog_team$key } from "./__generated__/BulkGroupDialog_team.graphql";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";
import { nameById, nameIn } from "./bulk.ts";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";
import { readPeople } from "./readPeople.ts";

const TEAM = graphql`
  fragment BulkGroupDialog_team on Team {
    groups(first: 100) {
      nodes {
        id
        name
      }
    }
  }
`;

interface Props extends BulkProps {
  readonly team: BulkGroupDialog_team$key;
}

/** Adds the selected people to a group. They get the seats that it gives. */
export function BulkGroupDialog({ team, teamId, selection, filter, onClose }: Props) {
  const t = useWords(peopleWords);
  const { groups } = useFragment(TEAM, team);
  const options = (groups?.nodes ?? []).map(({ id, name }) => ({ id, text: name }));
  const [groupId, setGroupId] = useState("");
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const add = useAddition(teamId, selection, filter);
  return (
    <ChangeDialog
      title={t.bulkTitle(t.bulk.group, selection.count)}
      action={t.bulk.group}
      people={selection.count}
      send={(dryRun) => add({ groupId, mode, dryRun })}
      choice={groupId === "" ? null : `${groupId} ${mode}`}
      nameOf={selection.isAll ? nameById : nameIn(selection)}
      done={t.bulkDone}
      onClose={onClose}
    >
      {options.length === 0 ? (
        <p>{t.noGroups}</p>
      ) : (
        <ChoiceField
          name="groupId"
          label={t.group}
          value={groupId}
          options={[{ id: "", text: t.choose }, ...options]}
          onChange={setGroupId}
        />
      )}
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}

interface Addition {
  readonly groupId: string;
  readonly mode: ShortageMode;
  readonly dryRun: boolean;
}

/** Return how to add the selected people to a group. */
function useAddition(teamId: string, { selected, count }: Selection, filter: MembersFilter) {
  const set = useMutation<setMembersMutation>(SET_MEMBERS);
  const dry = useDryRun<setMembersMutation>(SET_MEMBERS);
  return async ({ groupId, mode, dryRun }: Addition) => {
    // The graph takes all members that the group is to have. So those that it has are named, and stay.
    const present = await readPeople(teamId, { groupId }, () => true, Infinity);
    if (!present) return null;
    const userIds = present.map(({ user }) => user.id);
    const people =
      selected.kind === "some"
        ? { userIds: [...new Set([...selected.ids, ...userIds])] }
        : { userIds, filter, except: selected.except, expectedCount: count };
    const payload = await (dryRun ? dry : set).send({ groupId, ...people, mode, dryRun });
    return payload && effectOf(payload, count - (selected.kind === "some" ? known(selected.ids, userIds) : 0));
  };
}

/** How many of these people are in the group already. */
function known(ids: readonly string[], present: readonly string[]): number {
  const there = new Set(present);
  return ids.filter((id) => there.has(id)).length;
}
