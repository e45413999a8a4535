import { graphql, useFragment } from "react-relay";
import { subscription as subscriptionRoute } from "../contracts/routes.ts";
import { Day } from "../parts/Day.tsx";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Link } from "../router/Link.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { LinesTable_order$data, LinesTable_order$key } from "./__generated__/LinesTable_order.graphql";

type Line = LinesTable_order$data["lines"][number];

const ORDER = graphql`
  fragment LinesTable_order on Order {
    lines {
      n
      product {
        name
      }
      team {
        id
        name
      }
      subscription {
        id
      }
      quantity
      unitPrice {
        ...money_money @relay(mask: false)
      }
      startsOn
      endsOn
      days
      termDays
      amount {
        ...money_money @relay(mask: false)
      }
    }
  }
`;

/** The lines of an order: which seats, for which days, and what they cost. */
export function LinesTable({ order }: { readonly order: LinesTable_order$key }) {
  const t = useWords(billingWords);
  const { money, number } = useFormats();
  const { lines } = useFragment(ORDER, order);
  const columns: readonly [Column<Line, never>, ...Column<Line, never>[]] = [
    { title: t.product, cell: (line) => <Product line={line} /> },
    { title: t.team, cell: ({ team }) => team && <bdi>{team.name}</bdi> },
    { title: t.quantity, number: true, cell: ({ quantity }) => number(quantity) },
    { title: t.unitPrice, number: true, cell: (line) => <span className="nowrap">{money(line.unitPrice)}</span> },
    { title: t.from, cell: ({ startsOn }) => <Day at={startsOn} /> },
    { title: t.until, cell: ({ endsOn }) => <Day at={endsOn} /> },
    { title: t.days, number: true, cell: ({ days, termDays }) => t.daysOf(days, termDays) },
    { title: t.amount, number: true, cell: ({ amount }) => <span className="nowrap">{money(amount)}</span> },
  ];
  return (
    <Section title={t.lines}>
      <Table
        label={t.lines}
        rows={lines}
        keyOf={({ n }) => String(n)}
        nameOf={({ product }) => product.name}
        columns={columns}
      />
    </Section>
  );
}

/** The product of a line. It leads to the subscription if the viewer sees that. */
function Product({ line: { product, team, subscription } }: { readonly line: Line }) {
  if (!team || !subscription) return <bdi>{product.name}</bdi>;
  return (
    <Link href={subscriptionRoute.href({ team: team.id, subscription: subscription.id })} dir="auto">
      {product.name}
    </Link>
  );
}
