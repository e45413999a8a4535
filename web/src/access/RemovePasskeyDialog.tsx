import { graphql } from "react-relay";
import { ConfirmDialog } from "../parts/ConfirmDialog.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { RemovePasskeyDialogMutation } from "./__generated__/RemovePasskeyDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

interface Props {
  readonly passkeyId: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Asks before a passkey is removed. */
export default function RemovePasskeyDialog({ passkeyId, name, onClose }: Props) {
  const t = useWords(profileWords);
  const removal = useConfirmed<RemovePasskeyDialogMutation>(graphql`
    mutation RemovePasskeyDialogMutation($input: RemovePasskeyInput!) {
      removePasskey(input: $input) {
        removedPasskeyId
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await removal.send({ passkeyId, dryRun: false });
    if (payload?.removedPasskeyId == null) return;
    showDone(t.passkeyRemoved(name));
    close();
  };
  return (
    <ConfirmDialog
      title={t.removePasskey(name)}
      action={t.remove}
      pending={removal.pending}
      problems={removal.problems}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <p>{t.removePasskeyHint}</p>
      {removal.dialog}
    </ConfirmDialog>
  );
}
