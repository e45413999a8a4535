import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { useTried } from "../graph/useTried.ts";
import { TextField } from "../parts/Field.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { ReduceSeatsDialogMutation } from "./__generated__/ReduceSeatsDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";
import { Quote } from "./Quote.tsx";
import { SeatChoice } from "./SeatChoice.tsx";
import type { AmendmentProps } from "./SubscriptionDialogs.tsx";
import { whole } from "../parts/whole.ts";

const REDUCE = graphql`
  mutation ReduceSeatsDialogMutation($input: ReduceSeatsInput!) {
    reduceSeats(input: $input) {
      subscription {
        ...fragments_amended @relay(mask: false)
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Schedules fewer seats for the next term, after the viewer has seen and chosen who would lose theirs. */
export function ReduceSeatsDialog({ subscription: { id, version, seats: present }, onClose }: AmendmentProps) {
  const t = useWords(contractsWords);
  const [typed, setTyped] = useState(String(Math.max(1, present - 1)));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const reduce = useMutation<ReduceSeatsDialogMutation>(REDUCE);
  const dry = useDryRun<ReduceSeatsDialogMutation>(REDUCE);
  const fewest = useDryRun<ReduceSeatsDialogMutation>(REDUCE);
  const seats = whole(typed);
  const of = { subscriptionId: id, version };
  // Who could lose a seat at all: those who would, if only one was left.
  const all = useTried(String(version), () => fewest.send({ ...of, seats: 1, seatIds: null, dryRun: true }));
  const send = (dryRun: boolean) =>
    (dryRun ? dry : reduce).send({ ...of, seats: seats ?? 0, seatIds: chosen, dryRun });
  return (
    <AmendmentDialog
      title={t.reduceSeats}
      action={t.reduceSeats}
      choice={seats === null ? null : JSON.stringify([version, seats, chosen])}
      send={send}
      quote={(answer) => <Quote subscription={answer.subscription} />}
      done={t.reduced}
      onClose={onClose}
    >
      <p>{t.reduceHint}</p>
      <TextField
        name="seats"
        label={t.seatsThen}
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <SeatChoice seats={all?.subscription?.scheduledChange?.lostSeats ?? []} chosen={chosen} onChange={setChosen} />
    </AmendmentDialog>
  );
}
