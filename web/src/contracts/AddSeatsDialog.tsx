import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { TextField } from "../parts/Field.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { AddSeatsDialogMutation } from "./__generated__/AddSeatsDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";
import { Quote } from "./Quote.tsx";
import type { AmendmentProps } from "./SubscriptionDialogs.tsx";
import { whole } from "../parts/whole.ts";

const ADD = graphql`
  mutation AddSeatsDialogMutation($input: AddSeatsInput!) {
    addSeats(input: $input) {
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

/** Adds seats to a subscription, after the viewer has seen what they cost. */
export function AddSeatsDialog({ subscription: { id, version }, onClose }: AmendmentProps) {
  const t = useWords(contractsWords);
  const [typed, setTyped] = useState("1");
  const add = useMutation<AddSeatsDialogMutation>(ADD);
  const dry = useDryRun<AddSeatsDialogMutation>(ADD);
  const seats = whole(typed);
  const send = (dryRun: boolean) =>
    (dryRun ? dry : add).send({ subscriptionId: id, version, seats: seats ?? 0, dryRun });
  return (
    <AmendmentDialog
      title={t.addSeats}
      action={t.addSeats}
      choice={seats === null ? null : JSON.stringify([version, seats])}
      send={send}
      quote={({ order, subscription }) => <Quote order={order} subscription={subscription} />}
      done={t.added}
      onClose={onClose}
    >
      <p>{t.addHint}</p>
      <TextField
        name="seats"
        label={t.howMany}
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </AmendmentDialog>
  );
}
