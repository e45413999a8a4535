import { useState } from "react";
import { graphql } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { leave } from "../router/router.ts";
import { groupsWords } from "../words/groups.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { GroupNameDialogCreateMutation } from "./__generated__/GroupNameDialogCreateMutation.graphql";
import type { GroupNameDialogRenameMutation } from "./__generated__/GroupNameDialogRenameMutation.graphql";
import { byGroup, group as groupRoute } from "./routes.ts";

const CREATE = graphql`
  mutation GroupNameDialogCreateMutation($input: CreateGroupInput!) {
    createGroup(input: $input) {
      group {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const RENAME = graphql`
  mutation GroupNameDialogRenameMutation($input: RenameGroupInput!) {
    renameGroup(input: $input) {
      group {
        id
        name
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly team: string;
  /** The group to rename; null to create one. */
  readonly group: { readonly id: string; readonly name: string } | null;
  readonly onClose: () => void;
}

/** Creates a group, or gives one another name. */
export function GroupNameDialog({ team, group, onClose }: Props) {
  const t = useWords(groupsWords);
  const { save } = useWords(peopleWords);
  const [name, setName] = useState(group?.name ?? "");
  const create = useMutation<GroupNameDialogCreateMutation>(CREATE);
  const rename = useMutation<GroupNameDialogRenameMutation>(RENAME);
  const close = useClosing(onClose);
  const sendCreate = async () => {
    const payload = await create.send({ teamId: team, name, dryRun: false });
    if (!payload?.group) return;
    showDone(t.created(name));
    leave(byGroup, { team }, groupRoute.href({ team, group: payload.group.id }));
  };
  const sendRename = async (groupId: string) => {
    const payload = await rename.send({ groupId, name, dryRun: false });
    if (!wasMade(payload)) return;
    showDone(t.renamed(name));
    close();
  };
  const { problems, pending } = group ? rename : create;
  return (
    <Dialog title={group ? t.rename : t.create} onClose={onClose}>
      <DialogForm
        action={group ? save : t.create}
        pending={pending}
        problems={problems}
        onSubmit={() => void (group ? sendRename(group.id) : sendCreate())}
        onCancel={onClose}
      >
        <TextField
          name="name"
          label={t.name}
          autoComplete="off"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
