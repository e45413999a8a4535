import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { partsWords } from "../words/parts.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { RevokeTokenDialogMutation } from "./__generated__/RevokeTokenDialogMutation.graphql";

interface Props {
  readonly token: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}

/** Asks before a token is revoked: that cannot be taken back. */
export function RevokeTokenDialog({ token, onClose }: Props) {
  const t = useWords(teamWords);
  const parts = useWords(partsWords);
  const revoke = useMutation<RevokeTokenDialogMutation>(graphql`
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
  `);
  const send = async () => {
    const payload = await revoke.send({ tokenId: token.id, dryRun: false });
    if (payload?.errors.length === 0) {
      showDone(t.revoke.done(token.name));
      onClose();
    }
  };
  return (
    <Dialog title={t.revoke.title(token.name)} onClose={onClose} alert>
      <Form
        problems={revoke.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="danger main" pending={revoke.pending}>
              {t.revoke.action}
            </Button>
          </>
        }
      >
        <p>{t.revoke.text}</p>
      </Form>
    </Dialog>
  );
}
