import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { TermsTable_subscription$data, TermsTable_subscription$key } from "./__generated__/TermsTable_subscription.graphql";

type Term = TermsTable_subscription$data["terms"][number];
type TermColumn = Column<Term, never>;

const SUBSCRIPTION = graphql`
  fragment TermsTable_subscription on Subscription {
    terms {
      n
      startsOn
      endsOn
      months
      unitPrice {
        ...money_money @relay(mask: false)
      }
    }
  }
`;

/** The terms of a subscription, the first one first. */
export function TermsTable({ subscription }: { readonly subscription: TermsTable_subscription$key }) {
  const t = useWords(contractsWords);
  const { money, number } = useFormats();
  const { terms } = useFragment(SUBSCRIPTION, subscription);
  const price: TermColumn = {
    title: t.unitPrice,
    number: true,
    cell: ({ unitPrice }) => unitPrice && <span className="nowrap">{money(unitPrice)}</span>,
  };
  const columns: readonly [TermColumn, ...TermColumn[]] = [
    { title: t.term, cell: ({ n }) => number(n) },
    { title: t.startsOn, cell: ({ startsOn }) => <Day at={startsOn} /> },
    { title: t.endsOn, cell: ({ endsOn }) => <Day at={endsOn} /> },
    { title: t.length, cell: ({ months }) => months !== null && t.months(months) },
    ...(terms.some(({ unitPrice }) => unitPrice) ? [price] : []),
  ];
  return (
    <Section title={t.terms}>
      <Table label={t.terms} rows={terms} keyOf={({ n }) => String(n)} nameOf={({ n }) => String(n)} columns={columns} />
    </Section>
  );
}
