import { graphql, useFragment } from "react-relay";
import { type Column, Table } from "../parts/Table.tsx";
import { peopleWords } from "../words/people.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { HoldersTable_pool$data, HoldersTable_pool$key } from "./__generated__/HoldersTable_pool.graphql";
import type { HoldersTable_seats$data, HoldersTable_seats$key } from "./__generated__/HoldersTable_seats.graphql";
import { MemberLink } from "./MemberLink.tsx";
import { SeatButton } from "./SeatButton.tsx";
import { SeatSources } from "./SeatSources.tsx";
import { SeatUse } from "./SeatUse.tsx";

type Row = HoldersTable_seats$data[number];

interface Props {
  readonly team: string;
  readonly pool: HoldersTable_pool$key;
  readonly seats: HoldersTable_seats$key;
}

const POOL = graphql`
  fragment HoldersTable_pool on Pool {
    ...fragments_pool @relay(mask: false)
  }
`;

const SEATS = graphql`
  fragment HoldersTable_seats on Seat @relay(plural: true) {
    id
    holder {
      id
      name
      email
      memberships(first: 20) {
        nodes {
          id
          team {
            id
          }
        }
      }
    }
    viewerCan(actions: [SEATS_UNASSIGN]) {
      ...abilities_ability @relay(mask: false)
    }
    ...fragments_seat @relay(mask: false)
  }
`;

/** Who holds the seats of a pool: why, when they used theirs last, and a button to take it back. */
export function HoldersTable({ team, pool: ofPool, seats }: Props) {
  const t = useWords(seatsWords);
  const people = useWords(peopleWords);
  const pool = useFragment(POOL, ofPool);
  const columns: readonly [Column<Row, never>, ...Column<Row, never>[]] = [
    {
      title: people.name,
      cell: ({ holder }) => {
        const membership = holder?.memberships.nodes.find((one) => one.team.id === team);
        return <MemberLink team={team} id={membership?.id} name={holder?.name} />;
      },
    },
    { title: people.email, cell: ({ holder }) => <span className="nowrap">{holder?.email}</span> },
    { title: t.why, cell: (seat) => <SeatSources seat={seat} /> },
    { title: t.used, cell: (seat) => <SeatUse seat={seat} /> },
    { title: t.action, cell: (seat) => <Unassign team={team} pool={pool} seat={seat} /> },
  ];
  return (
    <Table
      label={t.holders}
      rows={useFragment(SEATS, seats)}
      keyOf={({ id }) => id}
      nameOf={({ holder }) => holder?.name ?? t.somebody}
      columns={columns}
    />
  );
}

interface UnassignProps {
  readonly team: string;
  readonly pool: HoldersTable_pool$data;
  readonly seat: Row;
}

function Unassign({ team, pool, seat }: UnassignProps) {
  if (!seat.holder) return null;
  const { id, name } = seat.holder;
  return (
    <SeatButton
      of={{ teamId: team, userId: id, name, product: pool.product, pool, connections: [] }}
      seat={seat}
      waits={false}
      abilities={seat.viewerCan}
    />
  );
}
