import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type {
  CreditNotesTable_creditNotes$data,
  CreditNotesTable_creditNotes$key,
} from "./__generated__/CreditNotesTable_creditNotes.graphql";

type CreditNote = CreditNotesTable_creditNotes$data[number];

const CREDIT_NOTES = graphql`
  fragment CreditNotesTable_creditNotes on CreditNote @relay(plural: true) {
    id
    number
    issuedOn
    reason
    amount {
      ...money_money @relay(mask: false)
    }
  }
`;

/** The credit notes that correct an invoice. */
export function CreditNotesTable({ creditNotes }: { readonly creditNotes: CreditNotesTable_creditNotes$key }) {
  const t = useWords(billingWords);
  const { money } = useFormats();
  const columns: readonly [Column<CreditNote, never>, ...Column<CreditNote, never>[]] = [
    { title: t.creditNote, cell: ({ number }) => number },
    { title: t.issuedOn, cell: ({ issuedOn }) => <Day at={issuedOn} /> },
    { title: t.reason, cell: ({ reason }) => <bdi>{reason}</bdi> },
    { title: t.amount, number: true, cell: ({ amount }) => <span className="nowrap">{money(amount)}</span> },
  ];
  return (
    <Table
      label={t.creditNotes}
      rows={useFragment(CREDIT_NOTES, creditNotes)}
      keyOf={({ id }) => id}
      nameOf={({ number }) => number}
      columns={columns}
    />
  );
}
