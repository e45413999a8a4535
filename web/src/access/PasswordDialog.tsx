import { useState } from "react";
import { graphql } from "react-relay";
import { ownList } from "../graph/ownList.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { PasswordDialogMutation } from "./__generated__/PasswordDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

const mutation = graphql`
  mutation PasswordDialogMutation($input: ChangePasswordInput!, $connections: [ID!]!) {
    changePassword(input: $input) {
      user {
        id
      }
      deletedSessionIds @deleteEdge(connections: $connections)
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks for a new password. */
export default function PasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const [newPassword, setNewPassword] = useState("");
  const changed = useConfirmed<PasswordDialogMutation>(mutation);
  const close = useClosing(onClose);
  const send = async () => {
    const connections = ownList("SessionsScreen_sessions");
    const payload = await changed.send({ newPassword, dryRun: false }, { variables: { connections } });
    if (!payload?.user) return;
    showDone(t.passwordChanged(payload.deletedSessionIds.length));
    close();
  };
  return (
    <Dialog title={t.changePassword} onClose={onClose}>
      <DialogForm
        action={t.changePassword}
        pending={changed.pending}
        problems={changed.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <p>{t.changePasswordHint}</p>
        <TextField
          name="newPassword"
          type="password"
          label={t.newPassword}
          hint={t.newPasswordHint}
          autoComplete="new-password"
          value={newPassword}
          onChange={(event) => {
            setNewPassword(event.target.value);
          }}
        />
      </DialogForm>
      {changed.dialog}
    </Dialog>
  );
}
