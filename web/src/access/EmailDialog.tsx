import { useState } from "react";
import { graphql } from "react-relay";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { EmailDialogMutation } from "./__generated__/EmailDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

const mutation = graphql`
  mutation EmailDialogMutation($input: ChangeEmailInput!) {
    changeEmail(input: $input) {
      email
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks for a new e-mail address. It counts when the link in the mail to it was used. */
export default function EmailDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const [email, setEmail] = useState("");
  const changed = useConfirmed<EmailDialogMutation>(mutation);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await changed.send({ email, dryRun: false });
    if (payload?.email == null) return;
    showDone(t.emailSent(payload.email));
    close();
  };
  return (
    <Dialog title={t.changeEmail} onClose={onClose}>
      <DialogForm
        action={t.sendLink}
        pending={changed.pending}
        problems={changed.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <p>{t.changeEmailHint}</p>
        <TextField
          name="email"
          type="email"
          label={t.newEmail}
          autoComplete="email"
          value={email}
          onChange={(event) => {
            setEmail(event.target.value);
          }}
        />
      </DialogForm>
      {changed.dialog}
    </Dialog>
  );
}
