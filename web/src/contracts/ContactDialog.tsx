import { useState } from "react";
import { graphql } from "react-relay";
import { useDryRun, useMutation } from "../graph/useMutation.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { ContactDialogMutation } from "./__generated__/ContactDialogMutation.graphql";
import { AmendmentDialog } from "./AmendmentDialog.tsx";
import type { AmendmentProps } from "./SubscriptionDialogs.tsx";

const SET = graphql`
  mutation ContactDialogMutation($input: SetContactPersonInput!) {
    setContactPerson(input: $input) {
      contract {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Chooses who gets the mail about the contract: one of the contract managers of the home team, or all of them. */
export function ContactDialog({ subscription: { contract }, onClose }: AmendmentProps) {
  const t = useWords(contractsWords);
  const [userId, setUser] = useState(contract.contactPerson?.id ?? "");
  const set = useMutation<ContactDialogMutation>(SET);
  const dry = useDryRun<ContactDialogMutation>(SET);
  const people = (contract.homeTeam?.members.nodes ?? []).map(({ user }) => ({ id: user.id, text: user.name }));
  const send = (dryRun: boolean) =>
    (dryRun ? dry : set).send({ contractId: contract.id, userId: userId || null, dryRun });
  return (
    <AmendmentDialog
      title={t.changeContact}
      action={t.changeContact}
      choice={userId}
      send={send}
      done={t.contactChanged}
      onClose={onClose}
    >
      <ChoiceField
        name="userId"
        label={t.contactPerson}
        hint={t.contactHint}
        value={userId}
        options={[{ id: "", text: t.everybody }, ...people]}
        onChange={setUser}
      />
    </AmendmentDialog>
  );
}
