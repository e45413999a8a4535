import { useState } from "react";
import { useMutation, useDryRun } from "../graph/useMutation.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { type Chosen, PeoplePicker } from "../people/PeoplePicker.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { setMembersMutation } from "./__generated__/setMembersMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";
import { SET_MEMBERS } from "./setMembers.ts";

interface Props {
  readonly team: string;
  readonly group: GroupOf;
  readonly onClose: () => void;
}

/** Adds people to a group. They get the seats that it gives. */
export function AddMembersDialog({ team, group, onClose }: Props) {
  const t = useWords(groupsWords);
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const set = useMutation<setMembersMutation>(SET_MEMBERS);
  const dry = useDryRun<setMembersMutation>(SET_MEMBERS);
  const userIds = [...chosen.keys()];
  const send = async (dryRun: boolean) => {
    // All who are in the group stay, and these join them.
    const stay = group.size > 0 ? { filter: { groupId: group.id }, expectedCount: group.size } : {};
    const payload = await (dryRun ? dry : set).send({ groupId: group.id, userIds, ...stay, mode, dryRun });
    return payload && effectOf(payload, chosen.size);
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
