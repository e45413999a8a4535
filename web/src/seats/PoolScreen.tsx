import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Facts } from "../parts/Facts.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Section } from "../parts/Section.tsx";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { useFormats } from "../words/formats.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords, withWords } from "../words/words.ts";
import type { PoolScreenQuery$data } from "./__generated__/PoolScreenQuery.graphql";
import { HoldersTable } from "./HoldersTable.tsx";
import { byProduct, pool as poolRoute } from "./routes.ts";
import { WaitersTable } from "./WaitersTable.tsx";

// Loaded when it opens, so that the screen is there sooner.
const AssignDialog = lazy(() => withWords(() => import("./AssignDialog.tsx")));

export const query = graphql`
  query PoolScreenQuery(
    $team: ID!
    $product: ID!
    $pool: ID!
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) @preloadable {
    ...Shell_query
    team(id: $team) {
      seats(productId: $product, assigned: true, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...HoldersTable_seats
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
    node(id: $pool) {
      ... on Pool @alias(as: "pool") {
        total
        assigned
        available
        product {
          id
          name
        }
        viewerCan(actions: [SEATS_ASSIGN]) {
          ...abilities_ability @relay(mask: false)
        }
        ...HoldersTable_pool
        ...WaitersTable_pool
        ...AssignDialog_pool
      }
    }
  }
`;

/** The seats of one product in a team: how many, who holds them, who waits for one. */
export default function PoolScreen({ data, params, search }: Screen<typeof poolRoute>) {
  const t = useWords(seatsWords);
  const change = changeSearch(poolRoute, params);
  const seats = data.team?.seats;
  const pool = data.node?.pool;
  useSurvivingPage(search.at, seats?.nodes.length ?? 0, seats?.totalCount ?? 0, (at) =>
    change({ at }, { replace: true }),
  );
  if (!seats || pool?.product.id !== params.product) return <NotFound />;
  const assign = (
    <Button look="main" reason={reasonOf(pool.viewerCan, "SEATS_ASSIGN")} onClick={() => change({ dialog: "assign" })}>
      {t.assignPeople}
    </Button>
  );
  return (
    <>
      <p>
        <Link href={byProduct.href({ team: params.team })}>{t.allProducts}</Link>
      </p>
      <Title aside={assign}>{pool.product.name}</Title>
      <SeatCounts pool={pool} />
      <Holders team={params.team} pool={pool} seats={seats} size={search.size} onChange={change} />
      <WaitersTable team={params.team} pool={pool} />
      {search.dialog === "assign" && (
        <Suspense>
          <AssignDialog team={params.team} pool={pool} onClose={() => change({ dialog: null }, { replace: true })} />
        </Suspense>
      )}
    </>
  );
}

type Seats = NonNullable<NonNullable<PoolScreenQuery$data["team"]>["seats"]>;
type Pool = NonNullable<NonNullable<PoolScreenQuery$data["node"]>["pool"]>;

function SeatCounts({ pool: { total, assigned, available } }: { readonly pool: Pool }) {
  const t = useWords(seatsWords);
  const { number } = useFormats();
  return (
    <Facts
      facts={[
        [t.total, number(total)],
        [t.assigned, number(assigned)],
        [t.available, number(available)],
      ]}
    />
  );
}

interface HoldersProps {
  readonly team: string;
  readonly pool: Pool;
  readonly seats: Seats;
  readonly size: number;
  readonly onChange: (page: Partial<Pick<Screen<typeof poolRoute>["search"], "at" | "size">>) => void;
}

function Holders({ team, pool, seats: { nodes, pageInfo, totalCount }, size, onChange }: HoldersProps) {
  const t = useWords(seatsWords);
  return (
    <Section title={t.holders}>
      {nodes.length > 0 ? (
        <HoldersTable team={team} pool={pool} seats={nodes} />
      ) : (
        <EmptyState title={t.nobodyHolds} hint={t.nobodyHoldsHint} />
      )}
      <Paging
        info={pageInfo}
        total={totalCount}
        size={size}
        onPlace={(at) => onChange({ at })}
        onSize={(chosen) => onChange({ size: chosen, at: null })}
      />
    </Section>
  );
}
