import { useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { partsWords } from "../words/parts.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { RenamePasskeyDialogMutation } from "./__generated__/RenamePasskeyDialogMutation.graphql";

interface Props {
  readonly passkeyId: string;
  readonly present: string;
  readonly onClose: () => void;
}

/** Gives a passkey another name. */
export function RenamePasskeyDialog({ passkeyId, present, onClose }: Props) {
  const t = useWords(profileWords);
  const parts = useWords(partsWords);
  const [name, setName] = useState(present);
  const renaming = useMutation<RenamePasskeyDialogMutation>(graphql`
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
  `);
  const send = async () => {
    const payload = await renaming.send({ passkeyId, name, dryRun: false });
    if (payload?.passkey) onClose();
  };
  return (
    <Dialog title={t.renamePasskey} onClose={onClose}>
      <Form
        problems={renaming.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="main" pending={renaming.pending}>
              {t.save}
            </Button>
          </>
        }
      >
        <TextField
          name="name"
          label={t.passkeyName}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      </Form>
    </Dialog>
  );
}
