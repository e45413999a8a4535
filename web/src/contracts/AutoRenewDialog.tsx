import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { AutoRenewDialogMutation } from "./__generated__/AutoRenewDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";
import type { AmendmentProps } from "./SubscriptionDialogs.tsx";

const SWITCH = graphql`
  mutation AutoRenewDialogMutation($input: SetAutoRenewInput!) {
    setAutoRenew(input: $input) {
      subscription {
        ...fragments_amended @relay(mask: false)
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Lets a subscription renew itself, or not any more. */
export function AutoRenewDialog({ subscription: { id, version, autoRenew, endsOn, months }, onClose }: AmendmentProps) {
  const t = useWords(contractsWords);
  const { date } = useFormats();
  const change = useMutation<AutoRenewDialogMutation>(SWITCH);
  const dry = useDryRun<AutoRenewDialogMutation>(SWITCH);
  const send = (dryRun: boolean) =>
    (dryRun ? dry : change).send({ subscriptionId: id, version, autoRenew: !autoRenew, dryRun });
  const day = date(endsOn);
  return (
    <AmendmentDialog
      title={autoRenew ? t.switchOff : t.switchOn}
      action={autoRenew ? t.switchOff : t.switchOn}
      choice={String(version)}
      send={send}
      done={autoRenew ? t.switchedOff : t.switchedOn}
      onClose={onClose}
    >
      <p>{autoRenew ? t.endsThen(day) : t.renewsItself(day, months)}</p>
    </AmendmentDialog>
  );
}
