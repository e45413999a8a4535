import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { SeatButton } from "../seats/SeatButton.tsx";
import { SeatSources } from "../seats/SeatSources.tsx";
import { SeatUse } from "../seats/SeatUse.tsx";
import { useFormats } from "../words/formats.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { MemberProducts_member$data, MemberProducts_member$key } from "./__generated__/MemberProducts_member.graphql";
import type { MemberProducts_team$data, MemberProducts_team$key } from "./__generated__/MemberProducts_team.graphql";

const MEMBER = graphql`
  fragment MemberProducts_member on Member {
    team {
      id
    }
    user {
      id
      name
    }
    changingSeats: viewerCan(actions: [SEATS_ASSIGN, SEATS_UNASSIGN]) {
      ...abilities_ability @relay(mask: false)
    }
    seats(first: 100) @connection(key: "MemberProducts_seats") {
      __id
      edges {
        node {
          ...fragments_seat @relay(mask: false)
        }
      }
    }
    waits {
      position
      product {
        id
      }
    }
  }
`;

const TEAM = graphql`
  fragment MemberProducts_team on Team {
    pools {
      total
      ...fragments_pool @relay(mask: false)
    }
  }
`;

type Pool = NonNullable<MemberProducts_team$data["pools"]>[number];
type Seat = MemberProducts_member$data["seats"]["edges"][number]["node"];

interface Row {
  readonly product: { readonly id: string; readonly name: string };
  readonly pool: Pool | null;
  readonly seat: Seat | null;
  /** The place on the waiting list. */
  readonly position: number | null;
}

interface Props {
  readonly member: MemberProducts_member$key;
  readonly team: MemberProducts_team$key | null;
}

/** Which products of the team a person may use, why, and how to change it. */
export function MemberProducts({ member: of, team: ofTeam }: Props) {
  const t = useWords(seatsWords);
  const member = useFragment(MEMBER, of);
  const team = useFragment(TEAM, ofTeam);
  const rows = rowsOf(member, team?.pools ?? []);
  const columns = useColumns(member);
  return (
    <Section title={t.access}>
      {rows.length === 0 ? (
        <EmptyState title={t.noProducts} hint={t.noProductsHint} />
      ) : (
        <Table
          label={t.access}
          rows={rows}
          keyOf={({ product }) => product.id}
          nameOf={({ product }) => product.name}
          columns={columns}
        />
      )}
    </Section>
  );
}

/** One row for each product of the team, and for each of which the person has a seat. */
function rowsOf({ seats, waits }: MemberProducts_member$data, pools: readonly Pool[]): readonly Row[] {
  const held = new Map(seats.edges.map(({ node }) => [node.product.id, node]));
  const ofTeam = pools.map((pool) => ({
    product: pool.product,
    pool,
    seat: held.get(pool.product.id) ?? null,
    position: waits.find(({ product }) => product.id === pool.product.id)?.position ?? null,
  }));
  const known = new Set(pools.map(({ product }) => product.id));
  const others = [...held.values()].filter(({ product }) => !known.has(product.id));
  return [...ofTeam, ...others.map((seat) => ({ product: seat.product, pool: null, seat, position: null }))];
}

function useColumns(member: MemberProducts_member$data): readonly [Column<Row, never>, ...Column<Row, never>[]] {
  const t = useWords(seatsWords);
  return [
    { title: t.product, cell: ({ product }) => <bdi>{product.name}</bdi> },
    { title: t.state, cell: (row) => <Access row={row} /> },
    { title: t.why, cell: ({ seat }) => seat && <SeatSources seat={seat} /> },
    { title: t.used, cell: ({ seat }) => seat && <SeatUse seat={seat} /> },
    { title: t.free, number: true, cell: ({ pool }) => pool && <Free pool={pool} /> },
    {
      title: t.action,
      cell: ({ product, pool, seat, position }) => (
        <SeatButton
          of={{
            teamId: member.team.id,
            userId: member.user.id,
            name: member.user.name,
            product,
            pool,
            connections: [member.seats.__id],
          }}
          seat={seat}
          waits={position !== null}
          abilities={member.changingSeats}
        />
      ),
    },
  ];
}

function Access({ row: { seat, position } }: { readonly row: Row }) {
  const t = useWords(seatsWords);
  if (seat) return <Badge tone="good">{t.held}</Badge>;
  if (position !== null) return <Badge tone="warn">{t.waits(position)}</Badge>;
  return <span className="quiet">{t.none}</span>;
}

function Free({ pool: { available, total } }: { readonly pool: Pool }) {
  const t = useWords(seatsWords);
  const formats = useFormats();
  return <span title={t.freeOf(available, total)}>{formats.number(available)}</span>;
}
