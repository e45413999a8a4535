import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Form } from "../parts/Form.tsx";
import { partsWords } from "../words/parts.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { RotateTokenDialogMutation } from "./__generated__/RotateTokenDialogMutation.graphql";
import { useSecret } from "./useSecret.ts";

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
  const parts = useWords(partsWords);
  const rotate = useMutation<RotateTokenDialogMutation>(ROTATE);
  const answered = useSecret(onMade, onClose);
  const send = async () => {
    answered(await rotate.send({ tokenId: token.id, dryRun: false }));
  };
  return (
    <Dialog title={t.rotate.title(token.name)} onClose={onClose} alert>
      <Form
        problems={rotate.problems}
        onSubmit={() => void send()}
        buttons={
          <>
            <Button onClick={onClose}>{parts.cancel}</Button>
            <Button type="submit" look="main" pending={rotate.pending}>
              {t.rotate.action}
            </Button>
          </>
        }
      >
        <p>{t.rotate.text}</p>
      </Form>
    </Dialog>
  );
}
