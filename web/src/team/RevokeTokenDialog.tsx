import { graphql } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { ConfirmDialog } from "../parts/ConfirmDialog.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { RevokeTokenDialogMutation } from "./__generated__/RevokeTokenDialogMutation.graphql";

interface Props {
  readonly token: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}

const REVOKE = graphql`
  mutation RevokeTokenDialogMutation($input: RevokePartnerTokenInput!) {
    revokePartnerToken(input: $input) {
      partnerToken {
        ...TokensTable_tokens
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Asks before a token is revoked: that cannot be taken back. */
export function RevokeTokenDialog({ token, onClose }: Props) {
  const t = useWords(teamWords);
  const revoke = useMutation<RevokeTokenDialogMutation>(REVOKE);
  const close = useClosing(onClose);
  const confirm = async () => {
    const payload = await revoke.send({ tokenId: token.id, dryRun: false });
    if (!wasMade(payload)) return;
    showDone(t.revoke.done(token.name));
    close();
  };
  return (
    <ConfirmDialog
      title={t.revoke.title(token.name)}
      action={t.revoke.action}
      pending={revoke.pending}
      problems={revoke.problems}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>{t.revoke.text}</p>
    </ConfirmDialog>
  );
}
