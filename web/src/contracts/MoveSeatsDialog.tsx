import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { TextField } from "../parts/Field.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { MoveSeatsDialogMutation } from "./__generated__/MoveSeatsDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";
import { Quote } from "./Quote.tsx";
import type { AmendmentProps } from "./SubscriptionDialogs.tsx";
import { whole } from "../parts/whole.ts";

const MOVE = graphql`
  mutation MoveSeatsDialogMutation($input: MoveSeatsInput!) {
    moveSeats(input: $input) {
      subscription {
        ...fragments_amended @relay(mask: false)
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Moves free seats to another team that the contract serves. */
export function MoveSeatsDialog({ subscription: { id, version, team, contract }, onClose }: AmendmentProps) {
  const t = useWords(contractsWords);
  const [toTeamId, setTeam] = useState("");
  const [typed, setTyped] = useState("1");
  const move = useMutation<MoveSeatsDialogMutation>(MOVE);
  const dry = useDryRun<MoveSeatsDialogMutation>(MOVE);
  const seats = whole(typed);
  const others = contract.teams.filter((one) => one.id !== team.id);
  const send = (dryRun: boolean) =>
    (dryRun ? dry : move).send({ subscriptionId: id, version, toTeamId, seats: seats ?? 0, dryRun });
  return (
    <AmendmentDialog
      title={t.moveSeats}
      action={t.moveSeats}
      choice={seats === null || toTeamId === "" ? null : JSON.stringify([version, toTeamId, seats])}
      send={send}
      quote={(answer) => <Quote subscription={answer.subscription} />}
      done={t.moved}
      onClose={onClose}
    >
      <p>{others.length === 0 ? t.noOtherTeam : t.moveHint}</p>
      <ChoiceField
        name="toTeamId"
        label={t.toTeam}
        value={toTeamId}
        options={[{ id: "", text: t.choose }, ...others.map((one) => ({ id: one.id, text: one.name }))]}
        onChange={setTeam}
      />
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
