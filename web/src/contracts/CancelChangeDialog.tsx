import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { CancelChangeDialogMutation } from "./__generated__/CancelChangeDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";

const CANCEL = graphql`
  mutation CancelChangeDialogMutation($input: CancelScheduledChangeInput!) {
    cancelScheduledChange(input: $input) {
      subscription {
        ...fragments_amended @relay(mask: false)
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

interface Props {
  readonly changeId: string;
  readonly onClose: () => void;
}

/** Cancels the scheduled change of the number of seats. */
export function CancelChangeDialog({ changeId, onClose }: Props) {
  const t = useWords(contractsWords);
  const cancel = useMutation<CancelChangeDialogMutation>(CANCEL);
  const dry = useDryRun<CancelChangeDialogMutation>(CANCEL);
  return (
    <AmendmentDialog
      title={t.cancelChange}
      action={t.cancelChange}
      look="danger main"
      choice={changeId}
      send={(dryRun) => (dryRun ? dry : cancel).send({ changeId, dryRun })}
      done={t.cancelled}
      onClose={onClose}
    >
      <p>{t.cancelHint}</p>
    </AmendmentDialog>
  );
}
