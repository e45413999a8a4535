import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import type { Selection } from "../parts/selection.ts";
import { useClosing } from "../parts/useClosing.ts";
import { nameIn, peopleOf } from "../people/bulk.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { TakeOutDialogMutation } from "./__generated__/TakeOutDialogMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";

const REMOVE = graphql`
  mutation TakeOutDialogMutation($input: RemoveGroupMembersInput!) {
    removeGroupMembers(input: $input) {
      members {
        id
      }
      freed {
        id
      }
      promoted {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly group: GroupOf;
  readonly selection: Selection;
  readonly search: string;
  readonly onClose: () => void;
}

/** Takes the selected people out of a group, of those that the search finds. They lose the seats that only it gives. */
export function TakeOutDialog({ group, selection, search, onClose }: Props) {
  const t = useWords(groupsWords);
  const remove = useMutation<TakeOutDialogMutation>(REMOVE);
  const dry = useDryRun<TakeOutDialogMutation>(REMOVE);
  const send = async (dryRun: boolean) => {
    const people = peopleOf(selection, { groupId: group.id, search: search || null });
    const input = { groupId: group.id, ...people, mode: "BEST_EFFORT" as const, dryRun };
    const payload = await (dryRun ? dry : remove).send(input);
    return payload && effectOf(payload, payload.members.length);
  };
  const done = useClosing(() => {
    selection.clear();
    onClose();
  });
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
      onDone={done}
      onClose={onClose}
    />
  );
}
