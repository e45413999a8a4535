import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { TextField } from "../parts/Field.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { RenewDialogMutation } from "./__generated__/RenewDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";
import { Quote } from "./Quote.tsx";
import type { AmendmentProps } from "./SubscriptionDialogs.tsx";
import { whole } from "../parts/whole.ts";

const RENEW = graphql`
  mutation RenewDialogMutation($input: RenewSubscriptionInput!) {
    renewSubscription(input: $input) {
      order {
        ...fragments_order @relay(mask: false)
      }
      subscription {
        ...fragments_amended @relay(mask: false)
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Orders the next term of a subscription, after the viewer has seen what it costs. */
export function RenewDialog({ subscription, onClose }: AmendmentProps) {
  const t = useWords(contractsWords);
  const { id, version } = subscription;
  const [typedMonths, setMonths] = useState(String(subscription.months));
  const [typedSeats, setSeats] = useState(String(subscription.scheduledChange?.seats ?? subscription.seats));
  const renew = useMutation<RenewDialogMutation>(RENEW);
  const dry = useDryRun<RenewDialogMutation>(RENEW);
  const [months, seats] = [whole(typedMonths), whole(typedSeats)];
  const send = (dryRun: boolean) =>
    (dryRun ? dry : renew).send({ subscriptionId: id, version, months, seats, dryRun });
  return (
    <AmendmentDialog
      title={t.renew}
      action={t.renew}
      choice={months === null || seats === null ? null : JSON.stringify([version, months, seats])}
      send={send}
      quote={(answer) => <Quote order={answer.order} subscription={answer.subscription} />}
      done={t.renewed}
      onClose={onClose}
    >
      <TextField
        name="months"
        label={t.monthsThen}
        inputMode="numeric"
        autoComplete="off"
        value={typedMonths}
        onChange={({ target }) => setMonths(target.value)}
      />
      <TextField
        name="seats"
        label={t.seatsThen}
        inputMode="numeric"
        autoComplete="off"
        value={typedSeats}
        onChange={({ target }) => setSeats(target.value)}
      />
    </AmendmentDialog>
  );
}
