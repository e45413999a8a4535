import { useState } from "react";
import { graphql } from "react-relay";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { useSecret } from "../parts/useSecret.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { RenewCodesDialogMutation } from "./__generated__/RenewCodesDialogMutation.graphql";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { useConfirmed } from "./useConfirmed.tsx";

const mutation = graphql`
  mutation RenewCodesDialogMutation($input: RenewRecoveryCodesInput!) {
    renewRecoveryCodes(input: $input) {
      recoveryCodes
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Makes new recovery codes, and shows them once. */
export default function RenewCodesDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const renewal = useConfirmed<RenewCodesDialogMutation>(mutation);
  // The button that makes new ones is in this dialog, which stays.
  const answered = useSecret<readonly string[]>(setCodes, () => undefined);
  const send = async () => {
    const payload = await renewal.send({ dryRun: false });
    answered(payload, payload?.recoveryCodes);
  };
  if (codes !== null) {
    return (
      <Dialog title={t.codes}>
        <RecoveryCodes codes={codes} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t.renewCodes} onClose={onClose}>
      <DialogForm
        action={t.renewCodes}
        pending={renewal.pending}
        problems={renewal.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <p>{t.renewCodesHint}</p>
      </DialogForm>
      {renewal.dialog}
    </Dialog>
  );
}
