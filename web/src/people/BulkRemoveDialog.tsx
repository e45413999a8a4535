import { graphql } from "react-relay";
import { ownList } from "../graph/ownList.ts";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { leave } from "../router/router.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { BulkRemoveDialogMutation } from "./__generated__/BulkRemoveDialogMutation.graphql";
import { nameIn, peopleOf } from "./bulk.ts";
import type { BulkProps } from "./BulkDialogs.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { effectOf } from "./EffectList.tsx";
import { byUser } from "./routes.ts";

const REMOVE = graphql`
  mutation BulkRemoveDialogMutation($input: RemoveMembersInput!, $connections: [ID!]!) {
    removeMembers(input: $input) {
      deletedTeamIds @deleteEdge(connections: $connections)
      removedUserIds
      promoted {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Removes the selected people from the team. People who may not go stay, and are named. */
export function BulkRemoveDialog({ teamId, selection, filter, onClose }: BulkProps) {
  const t = useWords(peopleWords);
  const remove = useMutation<BulkRemoveDialogMutation>(REMOVE);
  const dry = useDryRun<BulkRemoveDialogMutation>(REMOVE);
  const send = async (dryRun: boolean) => {
    const people = peopleOf(selection, filter);
    const input = { teamId, ...people, mode: "BEST_EFFORT" as const, dryRun };
    const payload = await (dryRun ? dry : remove).send(input, { variables: { connections: ownList("Shell_teams") } });
    if (payload && payload.deletedTeamIds.length > 0) {
      // Who has left the team sees nothing of it any more.
      showDone(t.bulkDone);
      leave(byUser, { team: teamId }, "/");
      return null;
    }
    return payload && effectOf(payload, payload.removedUserIds.length);
  };
  const done = useClosing(() => {
    selection.clear();
    onClose();
  });
  return (
    <ChangeDialog
      title={t.bulkTitle(t.remove, selection.count)}
      action={t.remove}
      danger
      people={selection.count}
      send={send}
      choice=""
      nameOf={nameIn(selection)}
      done={t.bulkDone}
      onDone={done}
      onClose={onClose}
    >
      <p>{t.removeHint}</p>
    </ChangeDialog>
  );
}
