import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { useClosing } from "../parts/useClosing.ts";
import { useSecret } from "../parts/useSecret.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { RotateTokenDialogMutation } from "./__generated__/RotateTokenDialogMutation.graphql";

interface Props {
  readonly token: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}

const ROTATE = graphql`
  mutation RotateTokenDialogMutation($input: RotatePartnerTokenInput!) {
    rotatePartnerToken(input: $input) {
      secret
      partnerToken {
        ...TokensTable_tokens
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks before a token gets a new secret, and gets it. */
export function RotateTokenDialog({ token, onClose, onMade }: Props) {
  const t = useWords(teamWords);
  const rotate = useMutation<RotateTokenDialogMutation>(ROTATE);
  const answered = useSecret(onMade, useClosing(onClose));
  const send = async () => {
    const payload = await rotate.send({ tokenId: token.id, dryRun: false });
    answered(payload, payload?.secret);
  };
  return (
    <Dialog title={t.rotate.title(token.name)} onClose={onClose} alert>
      <DialogForm
        action={t.rotate.action}
        pending={rotate.pending}
        problems={rotate.problems}
        onSubmit={() => void send()}
        onCancel={onClose}
      >
        <p>{t.rotate.text}</p>
      </DialogForm>
    </Dialog>
  );
}
