import { useState } from "react";
import { graphql } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { partsWords } from "../words/parts.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { EmailDialogMutation } from "./__generated__/EmailDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

/** Asks for a new e-mail address. It counts when the link in the mail to it was used. */
export function EmailDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const parts = useWords(partsWords);
  const [email, setEmail] = useState("");
  const changed = useConfirmed<EmailDialogMutation>(graphql`
    mutation EmailDialogMutation($input: ChangeEmailInput!) {
      changeEmail(input: $input) {
        email
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const payload = await changed.send({ email, dryRun: false });
    if (payload?.email == null) return;
    showDone(t.emailSent(payload.email));
    onClose();
  };
  return (
    <Dialog title={t.changeEmail} onClose={onClose}>
      <Form
        problems={changed.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="main" pending={changed.pending}>
              {t.sendLink}
            </Button>
          </>
        }
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
      </Form>
      {changed.dialog}
    </Dialog>
  );
}
