import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { PaymentsTable_payments$data, PaymentsTable_payments$key } from "./__generated__/PaymentsTable_payments.graphql";

type Payment = PaymentsTable_payments$data[number];

const PAYMENTS = graphql`
  fragment PaymentsTable_payments on Payment @relay(plural: true) {
    id
    reference
    receivedOn
    reversedOn
    amount {
      ...money_money @relay(mask: false)
    }
  }
`;

/** The payments of an invoice. */
export function PaymentsTable({ payments }: { readonly payments: PaymentsTable_payments$key }) {
  const t = useWords(billingWords);
  const { money } = useFormats();
  const columns: readonly [Column<Payment, never>, ...Column<Payment, never>[]] = [
    { title: t.reference, cell: ({ reference }) => <bdi>{reference}</bdi> },
    { title: t.receivedOn, cell: ({ receivedOn }) => <Day at={receivedOn} /> },
    {
      title: t.status,
      cell: ({ reversedOn }) =>
        reversedOn === null ? t.counts : <><Badge tone="bad">{t.cameBack}</Badge> <Day at={reversedOn} /></>,
    },
    { title: t.amount, number: true, cell: ({ amount }) => <span className="nowrap">{money(amount)}</span> },
  ];
  return (
    <Table
      label={t.payments}
      rows={useFragment(PAYMENTS, payments)}
      keyOf={({ id }) => id}
      nameOf={({ reference }) => reference}
      columns={columns}
    />
  );
}
