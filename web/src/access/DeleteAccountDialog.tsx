import { useState } from "react";
import { graphql } from "react-relay";
import { signedOut } from "../graph/person.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { DeleteAccountDialogMutation } from "./__generated__/DeleteAccountDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

interface Props {
  /** The address of the account, which the person types to show that they mean it. */
  readonly email: string;
  readonly onClose: () => void;
}

const mutation = graphql`
  mutation DeleteAccountDialogMutation($input: DeleteAccountInput!) {
    deleteAccount(input: $input) {
      deletedUserId
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks before the account is deleted. */
export default function DeleteAccountDialog({ email, onClose }: Props) {
  const t = useWords(profileWords);
  const [typed, setTyped] = useState("");
  const deletion = useConfirmed<DeleteAccountDialogMutation>(mutation);
  const send = async () => {
    const payload = await deletion.send({ dryRun: false });
    if (payload?.deletedUserId == null) return;
    signedOut();
    // What was shown to this person leaves with the page: Back loads it again.
    location.assign("/");
  };
  const isTyped = typed.trim().toLowerCase() === email.toLowerCase();
  return (
    <Dialog title={t.deleteAccount} alert onClose={onClose}>
      <DialogForm
        action={t.deleteForGood}
        look="danger main"
        reason={isTyped ? null : t.typeEmail(email)}
        pending={deletion.pending}
        problems={deletion.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
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
      </DialogForm>
      {deletion.dialog}
    </Dialog>
  );
}
