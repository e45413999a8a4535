import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import type { addMembersMutation } from "../groups/__generated__/addMembersMutation.graphql";
import { ADD_MEMBERS } from "../groups/addMembers.ts";
import { useGroups } from "../groups/useGroups.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { BulkGroupDialog_team$key } from "./__generated__/BulkGroupDialog_team.graphql";
import { nameIn, peopleOf } from "./bulk.ts";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";

const TEAM = graphql`
  fragment BulkGroupDialog_team on Team {
    ...useGroups_team
  }
`;

interface Props extends BulkProps {
  readonly team: BulkGroupDialog_team$key;
}

/** Adds the selected people to a group. They get the seats that it gives. */
export function BulkGroupDialog({ team, selection, filter, onClose }: Props) {
  const t = useWords(peopleWords);
  const groups = useGroups(useFragment(TEAM, team));
  const [groupId, setGroupId] = useState("");
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const add = useMutation<addMembersMutation>(ADD_MEMBERS);
  const dry = useDryRun<addMembersMutation>(ADD_MEMBERS);
  const send = async (dryRun: boolean) => {
    const input = { groupId, ...peopleOf(selection, filter), mode, dryRun };
    const payload = await (dryRun ? dry : add).send(input);
    return payload && effectOf(payload, payload.members.length, mode);
  };
  return (
    <ChangeDialog
      title={t.bulkTitle(t.bulk.group, selection.count)}
      action={t.bulk.group}
      people={selection.count}
      send={send}
      choice={groupId === "" ? null : `${groupId} ${mode}`}
      nameOf={nameIn(selection)}
      done={t.bulkDone}
      onClose={onClose}
    >
      {groups.length === 0 ? (
        <p>{t.noGroups}</p>
      ) : (
        <ChoiceField
          name="groupId"
          label={t.group}
          value={groupId}
          options={[{ id: "", text: t.choose }, ...groups]}
          onChange={setGroupId}
        />
      )}
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}
