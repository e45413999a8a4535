import { useState } from "react";
import { useMutation, useDryRun } from "../graph/useMutation.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { type Chosen, PeoplePicker } from "../people/PeoplePicker.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { addMembersMutation } from "./__generated__/addMembersMutation.graphql";
import { ADD_MEMBERS } from "./addMembers.ts";
import type { GroupOf } from "./GroupDialogs.tsx";

interface Props {
  readonly team: string;
  readonly group: GroupOf;
  readonly onClose: () => void;
}

/** Adds people to a group. They get the seats that it gives. */
export default function AddMembersDialog({ team, group, onClose }: Props) {
  const t = useWords(groupsWords);
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const add = useMutation<addMembersMutation>(ADD_MEMBERS);
  const dry = useDryRun<addMembersMutation>(ADD_MEMBERS);
  const userIds = [...chosen.keys()];
  const send = async (dryRun: boolean) => {
    const payload = await (dryRun ? dry : add).send({ groupId: group.id, userIds, mode, dryRun });
    return payload && effectOf(payload, payload.members.length, mode);
  };
  return (
    <ChangeDialog
      title={t.addTitle(group.name)}
      action={t.add}
      people={chosen.size}
      send={send}
      choice={chosen.size === 0 ? null : [mode, ...userIds].join()}
      nameOf={({ userId, row }) => chosen.get(userId ?? userIds[row ?? -1] ?? "") ?? null}
      done={t.added(group.name)}
      onClose={onClose}
    >
      <PeoplePicker
        team={team}
        label={t.findPeople}
        filter={{ withoutGroupId: group.id }}
        chosen={chosen}
        onChange={setChosen}
      />
      <ModeField value={mode} onChange={setMode} />
    </ChangeDialog>
  );
}
