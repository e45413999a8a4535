import { graphql, useFragment } from "react-relay";
import { StatusBadge } from "../contracts/StatusBadge.tsx";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { companiesWords } from "../words/companies.ts";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type {
  CompanySubscriptions_subscriptions$data,
  CompanySubscriptions_subscriptions$key,
} from "./__generated__/CompanySubscriptions_subscriptions.graphql";

type Subscription = CompanySubscriptions_subscriptions$data[number];

const SUBSCRIPTIONS = graphql`
  fragment CompanySubscriptions_subscriptions on CompanySubscription @relay(plural: true) {
    id
    product {
      name
    }
    status
    seats
    startsOn
    endsOn
    autoRenew
  }
`;

interface Props {
  readonly subscriptions: CompanySubscriptions_subscriptions$key;
}

/** The subscriptions of a company. */
export function CompanySubscriptions({ subscriptions }: Props) {
  const t = useWords(contractsWords);
  const own = useWords(companiesWords);
  const { number } = useFormats();
  const columns: readonly [Column<Subscription, never>, ...Column<Subscription, never>[]] = [
    { title: t.product, cell: ({ product }) => <bdi>{product.name}</bdi> },
    { title: t.status, cell: ({ status }) => <StatusBadge status={status} /> },
    { title: own.seats, number: true, cell: ({ seats }) => number(seats) },
    { title: t.startsOn, cell: ({ startsOn }) => <Day at={startsOn} /> },
    { title: t.endsOn, cell: ({ endsOn }) => <Day at={endsOn} /> },
    { title: t.renews, cell: ({ autoRenew }) => (autoRenew ? t.yes : t.no) },
  ];
  return (
    <Table
      label={own.subscriptions}
      rows={useFragment(SUBSCRIPTIONS, subscriptions)}
      keyOf={({ id }) => id}
      nameOf={({ product }) => product.name}
      columns={columns}
    />
  );
}
