import { useDryRun, useMutation } from "../graph/useMutation.ts";
import type { Selection } from "../parts/selection.ts";
import { nameIn } from "../people/bulk.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { setMembersMutation } from "./__generated__/setMembersMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";
import { SET_MEMBERS } from "./setMembers.ts";

interface Props {
  readonly group: GroupOf;
  readonly selection: Selection;
  readonly onClose: () => void;
}

/** Takes the selected people out of a group. They lose the seats that only it gives. */
export function TakeOutDialog({ group, selection, onClose }: Props) {
  const t = useWords(groupsWords);
  const set = useMutation<setMembersMutation>(SET_MEMBERS);
  const dry = useDryRun<setMembersMutation>(SET_MEMBERS);
  const send = async (dryRun: boolean) => {
    const payload = await (dryRun ? dry : set).send({
      groupId: group.id,
      ...whoStays(group, selection),
      mode: "ALL_OR_NOTHING",
      dryRun,
    });
    return payload && effectOf(payload, selection.count);
  };
  return (
    <ChangeDialog
      title={t.takeOutTitle(selection.count, group.name)}
      action={t.takeOut}
      danger
      people={selection.count}
      send={send}
      choice=""
      nameOf={nameIn(selection)}
      done={t.takenOut(group.name)}
      onDone={() => {
        selection.clear();
        onClose();
      }}
      onClose={onClose}
    />
  );
}

/** Everybody in the group but those who are selected. */
function whoStays({ id, size }: GroupOf, { selected }: Selection) {
  if (selected.kind === "all") return { userIds: selected.except };
  const left = size - selected.ids.length;
  // A filter that finds nobody is refused, because it may be a slip. A list that is empty is not.
  return left <= 0 ? { userIds: [] } : { filter: { groupId: id }, except: selected.ids, expectedCount: left };
}
