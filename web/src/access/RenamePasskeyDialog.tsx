import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { TextField } from "../parts/Field.tsx";
import { useClosing } from "../parts/useClosing.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { RenamePasskeyDialogMutation } from "./__generated__/RenamePasskeyDialogMutation.graphql";

interface Props {
  readonly passkeyId: string;
  readonly present: string;
  readonly onClose: () => void;
}

const mutation = graphql`
  mutation RenamePasskeyDialogMutation($input: RenamePasskeyInput!) {
    renamePasskey(input: $input) {
      passkey {
        id
        name
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Gives a passkey another name. */
export default function RenamePasskeyDialog({ passkeyId, present, onClose }: Props) {
  const t = useWords(profileWords);
  const [name, setName] = useState(present);
  const renaming = useMutation<RenamePasskeyDialogMutation>(mutation);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await renaming.send({ passkeyId, name, dryRun: false });
    if (payload?.passkey) close();
  };
  return (
    <Dialog title={t.renamePasskey} onClose={onClose}>
      <DialogForm
        action={t.save}
        pending={renaming.pending}
        problems={renaming.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <TextField
          name="name"
          label={t.passkeyName}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      </DialogForm>
    </Dialog>
  );
}
