import { useState } from "react";
import { graphql } from "react-relay";
import { signedOut } from "../graph/person.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { partsWords } from "../words/parts.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { DeleteAccountDialogMutation } from "./__generated__/DeleteAccountDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

interface Props {
  /** The address of the account, which the person types to show that they mean it. */
  readonly email: string;
  readonly onClose: () => void;
}

/** Asks before the account is deleted. */
export function DeleteAccountDialog({ email, onClose }: Props) {
  const t = useWords(profileWords);
  const parts = useWords(partsWords);
  const [typed, setTyped] = useState("");
  const deletion = useConfirmed<DeleteAccountDialogMutation>(graphql`
    mutation DeleteAccountDialogMutation($input: DeleteAccountInput!) {
      deleteAccount(input: $input) {
        deletedUserId
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const payload = await deletion.send({ dryRun: false });
    if (payload?.deletedUserId == null) return;
    signedOut();
    // What was shown to this person leaves the browser's memory with the page.
    location.assign("/");
  };
  const isTyped = typed.trim().toLowerCase() === email.toLowerCase();
  return (
    <Dialog title={t.deleteAccount} alert onClose={onClose}>
      <Form
        problems={deletion.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button
              type="submit"
              look="danger main"
              pending={deletion.pending}
              reason={isTyped ? null : t.typeEmail(email)}
            >
              {t.deleteForGood}
            </Button>
          </>
        }
      >
        <p>{t.deleteFollows}</p>
        <TextField
          name="confirmation"
          label={t.typeEmail(email)}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
      </Form>
      {deletion.dialog}
    </Dialog>
  );
}
