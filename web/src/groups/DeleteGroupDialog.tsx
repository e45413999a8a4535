import { useRef } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChangeDialog } from "../people/ChangeDialog.tsx";
import { effectOf } from "../people/EffectList.tsx";
import { leave } from "../router/router.ts";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import type { DeleteGroupDialogMutation } from "./__generated__/DeleteGroupDialogMutation.graphql";
import type { GroupOf } from "./GroupDialogs.tsx";
import { byGroup, group as groupRoute } from "./routes.ts";

const DELETE = graphql`
  mutation DeleteGroupDialogMutation($input: DeleteGroupInput!) {
    deleteGroup(input: $input) {
      freedSeats
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
  readonly team: string;
  readonly group: GroupOf;
  readonly onClose: () => void;
}

/** Deletes a group, after the viewer has seen how many seats that takes back. */
export function DeleteGroupDialog({ team, group, onClose }: Props) {
  const t = useWords(groupsWords);
  const remove = useMutation<DeleteGroupDialogMutation>(DELETE);
  const dry = useDryRun<DeleteGroupDialogMutation>(DELETE);
  const seen = useRef(0);
  const send = async (dryRun: boolean) => {
    const confirm = dryRun ? null : seen.current;
    const payload = await (dryRun ? dry : remove).send({ teamId: team, groupId: group.id, confirm, dryRun });
    if (!payload) return null;
    seen.current = payload.freedSeats;
    // The dry run is there to learn the number, so it need not say that it is missing.
    const errors = payload.errors.filter(({ code }) => !dryRun || code !== "CONFIRM_NEEDED");
    return { ...effectOf({ ...payload, errors }), freed: payload.freedSeats };
  };
  return (
    <ChangeDialog
      title={t.removeTitle(group.name)}
      action={t.remove}
      danger
      people={group.size}
      send={send}
      choice=""
      nameOf={() => null}
      done={t.removed(group.name)}
      onDone={() => {
        leave(groupRoute, { team, group: group.id }, byGroup.href({ team }));
      }}
      onClose={onClose}
    >
      <p>{t.removeHint}</p>
    </ChangeDialog>
  );
}
