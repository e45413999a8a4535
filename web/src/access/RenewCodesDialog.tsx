import { useState } from "react";
import { graphql } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Form } from "../parts/Form.tsx";
import { partsWords } from "../words/parts.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { RenewCodesDialogMutation } from "./__generated__/RenewCodesDialogMutation.graphql";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { useConfirmed } from "./useConfirmed.tsx";

/** Makes new recovery codes, and shows them once. */
export function RenewCodesDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(profileWords);
  const parts = useWords(partsWords);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const renewal = useConfirmed<RenewCodesDialogMutation>(graphql`
    mutation RenewCodesDialogMutation($input: RenewRecoveryCodesInput!) {
      renewRecoveryCodes(input: $input) {
        recoveryCodes
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const send = async () => {
    const payload = await renewal.send({ dryRun: false });
    if (payload?.recoveryCodes != null) setCodes(payload.recoveryCodes);
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
      <Form
        problems={renewal.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="main" pending={renewal.pending}>
              {t.renewCodes}
            </Button>
          </>
        }
      >
        <p>{t.renewCodesHint}</p>
      </Form>
      {renewal.dialog}
    </Dialog>
  );
}
