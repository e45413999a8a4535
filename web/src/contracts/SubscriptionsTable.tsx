import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Link } from "../router/Link.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { ListedSubscription } from "./fragments.ts";
import { subscription as subscriptionRoute } from "./routes.ts";
import { StatusBadge } from "./StatusBadge.tsx";

type SubscriptionColumn = Column<ListedSubscription, never>;

interface Props {
  readonly label: string;
  readonly rows: readonly ListedSubscription[];
  /** The team that is shown. */
  readonly team: string;
  readonly hasPrices: boolean;
}

/** Subscriptions: what they give, how long, and, if the viewer may see it, what a seat costs. */
export function SubscriptionsTable({ label, rows, team, hasPrices }: Props) {
  const columns = useColumns(hasPrices, rows.some((row) => row.team.id !== team));
  return (
    <Table label={label} rows={rows} keyOf={({ id }) => id} nameOf={({ product }) => product.name} columns={columns} />
  );
}

function useColumns(hasPrices: boolean, hasTeams: boolean): readonly [SubscriptionColumn, ...SubscriptionColumn[]] {
  const t = useWords(contractsWords);
  const formats = useFormats();
  const team: SubscriptionColumn = { title: t.team, cell: (row) => <bdi>{row.team.name}</bdi> };
  const price: SubscriptionColumn = {
    title: t.unitPrice,
    number: true,
    cell: ({ unitPrice }) => unitPrice && <span className="nowrap">{formats.money(unitPrice)}</span>,
  };
  return [
    {
      title: t.product,
      cell: (row) => (
        <Link href={subscriptionRoute.href({ team: row.team.id, subscription: row.id })} dir="auto">
          {row.product.name}
        </Link>
      ),
    },
    ...(hasTeams ? [team] : []),
    { title: t.status, cell: ({ status }) => <StatusBadge status={status} /> },
    { title: t.seatsInUse, number: true, cell: ({ assignedSeats, seats }) => t.of(assignedSeats, seats) },
    { title: t.startsOn, cell: ({ startsOn }) => <Day at={startsOn} /> },
    { title: t.endsOn, cell: ({ endsOn }) => <Day at={endsOn} /> },
    { title: t.renews, cell: ({ autoRenew }) => (autoRenew ? t.yes : t.no) },
    ...(hasPrices ? [price] : []),
  ];
}
