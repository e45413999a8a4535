import { useState } from "react";
import { graphql } from "react-relay";
import { ownList } from "../graph/ownList.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { partsWords } from "../words/parts.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { PasswordDialogMutation } from "./__generated__/PasswordDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

/** Asks for a new password. */
export function PasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const parts = useWords(partsWords);
  const [newPassword, setNewPassword] = useState("");
  const changed = useConfirmed<PasswordDialogMutation>(graphql`
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
  `);
  const send = async () => {
    const connections = ownList("SessionsScreen_sessions");
    const payload = await changed.send({ newPassword, dryRun: false }, { variables: { connections } });
    if (!payload?.user) return;
    showDone(t.passwordChanged(payload.deletedSessionIds.length));
    onClose();
  };
  return (
    <Dialog title={t.changePassword} onClose={onClose}>
      <Form
        problems={changed.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="main" pending={changed.pending}>
              {t.changePassword}
            </Button>
          </>
        }
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
      </Form>
      {changed.dialog}
    </Dialog>
  );
}
