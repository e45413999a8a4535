import { graphql } from "react-relay";
import { ConfirmDialog } from "../parts/ConfirmDialog.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { UnlinkDialogMutation } from "./__generated__/UnlinkDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

interface Props {
  readonly identityId: string;
  readonly issuer: string;
  readonly onClose: () => void;
}

/** Asks before a sign-in at a provider is removed from the account. */
export default function UnlinkDialog({ identityId, issuer, onClose }: Props) {
  const t = useWords(profileWords);
  const removal = useConfirmed<UnlinkDialogMutation>(graphql`
    mutation UnlinkDialogMutation($input: UnlinkIdentityInput!) {
      unlinkIdentity(input: $input) {
        unlinkedIdentityId
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await removal.send({ identityId, dryRun: false });
    if (payload?.unlinkedIdentityId == null) return;
    showDone(t.identityRemoved(issuer));
    close();
  };
  return (
    <ConfirmDialog
      title={t.removeIdentity(issuer)}
      action={t.remove}
      pending={removal.pending}
      problems={removal.problems}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <p>{t.removeIdentityHint}</p>
      {removal.dialog}
    </ConfirmDialog>
  );
}
