import { graphql, useFragment } from "react-relay";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { WaitersTable_pool$data, WaitersTable_pool$key } from "./__generated__/WaitersTable_pool.graphql";
import { MemberLink } from "./MemberLink.tsx";
import { SeatButton } from "./SeatButton.tsx";

type Row = WaitersTable_pool$data["waits"]["nodes"][number];

const POOL = graphql`
  fragment WaitersTable_pool on Pool {
    ...fragments_pool @relay(mask: false)
    waits(first: 100) {
      totalCount
      nodes {
        id
        position
        since
        member {
          id
          user {
            id
            name
          }
        }
        viewerCan(actions: [SEATS_UNASSIGN]) {
          ...abilities_ability @relay(mask: false)
        }
      }
    }
  }
`;

/** Who waits for a seat, in the order in which they get one. */
export function WaitersTable({ team, pool: key }: { readonly team: string; readonly pool: WaitersTable_pool$key }) {
  const t = useWords(seatsWords);
  const pool = useFragment(POOL, key);
  const columns = useColumns(team, pool);
  const { nodes, totalCount } = pool.waits;
  return (
    <Section title={t.waiters}>
      {nodes.length === 0 ? (
        <p className="quiet">{t.nobodyWaits}</p>
      ) : (
        <Table
          label={t.waiters}
          rows={nodes}
          keyOf={({ id }) => id}
          nameOf={({ member }) => member?.user.name ?? t.somebody}
          columns={columns}
        />
      )}
      {totalCount > nodes.length && <p className="quiet">{t.firstWaiters(nodes.length, totalCount)}</p>}
    </Section>
  );
}

function useColumns(team: string, pool: WaitersTable_pool$data): readonly [Column<Row, never>, ...Column<Row, never>[]] {
  const t = useWords(seatsWords);
  const people = useWords(peopleWords);
  const formats = useFormats();
  return [
    {
      title: people.name,
      cell: ({ member }) => <MemberLink team={team} id={member?.id} name={member?.user.name} />,
    },
    { title: t.position, number: true, cell: ({ position }) => formats.number(position) },
    { title: t.waitsSince, cell: ({ since }) => <time dateTime={since}>{formats.moment(since)}</time> },
    { title: t.action, cell: (row) => <TakeOff team={team} pool={pool} row={row} /> },
  ];
}

interface TakeOffProps {
  readonly team: string;
  readonly pool: WaitersTable_pool$data;
  readonly row: Row;
}

function TakeOff({ team, pool, row: { member, viewerCan } }: TakeOffProps) {
  if (!member) return null;
  const { id, name } = member.user;
  return (
    <SeatButton
      of={{ teamId: team, userId: id, name, product: pool.product, pool, connections: [] }}
      seat={null}
      waits
      abilities={viewerCan}
    />
  );
}
