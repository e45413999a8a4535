import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { partsWords } from "../words/parts.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { RoleDialog_member$key } from "./__generated__/RoleDialog_member.graphql";
import type { Role, RoleDialogMutation } from "./__generated__/RoleDialogMutation.graphql";
import { rolesFor } from "./rolesFor.ts";

const MEMBER = graphql`
  fragment RoleDialog_member on Member {
    role
    team {
      id
    }
    user {
      id
      name
    }
  }
`;

const CHANGE = graphql`
  mutation RoleDialogMutation($input: ChangeRoleInput!) {
    changeRole(input: $input) {
      member {
        ...MemberFacts_member
        ...RoleDialog_member
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly member: RoleDialog_member$key;
  readonly viewerRole: Role;
  readonly onClose: () => void;
}

/** Changes the role of a member. */
export default function RoleDialog({ member, viewerRole, onClose }: Props) {
  const t = useWords(peopleWords);
  const { undone } = useWords(partsWords);
  const { role, team, user } = useFragment(MEMBER, member);
  const [chosen, setChosen] = useState<Role>(role);
  const change = useMutation<RoleDialogMutation>(CHANGE);
  const give = (next: Role) => change.send({ teamId: team.id, userId: user.id, role: next, dryRun: false });
  const close = useClosing(onClose);
  const undo = async () => {
    if (succeeded(await give(role))) showDone(undone);
  };
  const save = async () => {
    const payload = await give(chosen);
    if (!payload?.member) return;
    showDone(t.roleChanged(user.name, t.roles[chosen]), () => void undo());
    close();
  };
  return (
    <Dialog title={t.roleOf(user.name)} onClose={onClose}>
      <DialogForm
        action={t.save}
        pending={change.pending}
        problems={change.problems}
        onSubmit={() => void save()}
        onCancel={onClose}
      >
        <ChoiceField
          name="role"
          label={t.role}
          hint={t.roleHints[chosen]}
          value={chosen}
          options={rolesFor(viewerRole, role).map((id) => ({ id, text: t.roles[id] }))}
          onChange={setChosen}
        />
      </DialogForm>
    </Dialog>
  );
}
