import { graphql } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { ConfirmDialog } from "../parts/ConfirmDialog.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { RemoveAppDialogMutation } from "./__generated__/RemoveAppDialogMutation.graphql";
import { useConfirmed } from "./useConfirmed.tsx";

/** Asks before the authenticator app is removed. */
export default function RemoveAppDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const removal = useConfirmed<RemoveAppDialogMutation>(graphql`
    mutation RemoveAppDialogMutation($input: RemoveAuthenticatorAppInput!) {
      removeAuthenticatorApp(input: $input) {
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const close = useClosing(onClose);
  const send = async () => {
    const payload = await removal.send({ dryRun: false });
    if (!wasMade(payload)) return;
    showDone(t.appRemoved);
    close();
  };
  return (
    <ConfirmDialog
      title={t.removeApp}
      action={t.remove}
      pending={removal.pending}
      problems={removal.problems}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <p>{t.removeAppHint}</p>
      {removal.dialog}
    </ConfirmDialog>
  );
}
