import { graphql, useFragment } from "react-relay";
import { Ago } from "../parts/Ago.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { usageWords } from "../words/usage.ts";
import { useWords } from "../words/words.ts";
import type { UsageTable_seats$data, UsageTable_seats$key } from "./__generated__/UsageTable_seats.graphql";

interface Props {
  readonly seats: UsageTable_seats$key;
  readonly showsHolder: boolean;
}

type Seat = UsageTable_seats$data[number];
type SeatColumn = Column<Seat, string>;

const SEATS = graphql`
  fragment UsageTable_seats on Seat @relay(plural: true) @argumentDefinitions(since: { type: "Date!" }) {
    id
    assignedAt
    product {
      name
    }
    holder {
      name
    }
    usage(since: $since) {
      hours
      sessions
      lastUsedAt
    }
  }
`;

/** The usage of each seat by the person who holds it, since a day. */
export function UsageTable({ seats, showsHolder }: Props) {
  const t = useWords(usageWords);
  return (
    <Table
      label={t.usage}
      rows={useFragment(SEATS, seats)}
      keyOf={({ id }) => id}
      nameOf={({ holder, product }) => holder?.name ?? product.name}
      columns={useColumns(showsHolder)}
    />
  );
}

function useColumns(showsHolder: boolean): readonly [SeatColumn, ...SeatColumn[]] {
  const t = useWords(usageWords);
  const formats = useFormats();
  const product: SeatColumn = { title: t.product, cell: (seat) => <bdi>{seat.product.name}</bdi> };
  const holder: SeatColumn = { title: t.holder, cell: (seat) => seat.holder && <bdi>{seat.holder.name}</bdi> };
  const numbers: readonly SeatColumn[] = [
    { title: t.hours, number: true, cell: ({ usage }) => usage && formats.number(usage.hours) },
    { title: t.sessions, number: true, cell: ({ usage }) => usage && formats.number(usage.sessions) },
    {
      title: t.lastUsed,
      cell: ({ usage }) =>
        usage?.lastUsedAt == null ? <span className="quiet">{t.notInRange}</span> : <Ago at={usage.lastUsedAt} />,
    },
    { title: t.heldSince, cell: ({ assignedAt }) => assignedAt !== null && formats.date(assignedAt) },
  ];
  return showsHolder ? [holder, product, ...numbers] : [product, ...numbers];
}
