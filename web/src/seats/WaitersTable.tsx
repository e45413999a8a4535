import { graphql, useFragment } from "react-relay";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { member as memberRoute } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { useFormats } from "../words/formats.ts";
import { peopleWords } from "../words/people.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { WaitersTable_pool$data, WaitersTable_pool$key } from "./__generated__/WaitersTable_pool.graphql";
import { SeatButton } from "./SeatButton.tsx";

type Row = WaitersTable_pool$data["waits"]["nodes"][number];

/** Who waits for a seat, in the order in which they get one. */
export function WaitersTable({ team, pool: of }: { readonly team: string; readonly pool: WaitersTable_pool$key }) {
  const t = useWords(seatsWords);
  const people = useWords(peopleWords);
  const formats = useFormats();
  const pool = useFragment(
    graphql`
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
    `,
    of,
  );
  const { nodes, totalCount } = pool.waits;
  const columns: readonly [Column<Row, never>, ...Column<Row, never>[]] = [
    {
      title: people.name,
      cell: ({ member }) =>
        member ? (
          <Link href={memberRoute.href({ team, member: member.id })} dir="auto">
            {member.user.name}
          </Link>
        ) : (
          t.somebody
        ),
    },
    { title: t.position, number: true, cell: ({ position }) => formats.number(position) },
    { title: t.waitsSince, cell: ({ since }) => <time dateTime={since}>{formats.moment(since)}</time> },
    {
      title: t.action,
      cell: ({ member, viewerCan }) =>
        member && (
          <SeatButton
            of={{
              teamId: team,
              userId: member.user.id,
              name: member.user.name,
              product: pool.product,
              pool,
              connections: [],
            }}
            seat={null}
            waits
            abilities={viewerCan}
          />
        ),
    },
  ];
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
