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
import { useWords } from "../words/words.ts";
import { AssignDialog } from "./AssignDialog.tsx";
import { HoldersTable } from "./HoldersTable.tsx";
import { byProduct, pool as poolRoute } from "./routes.ts";
import { WaitersTable } from "./WaitersTable.tsx";

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
  const { number } = useFormats();
  const change = changeSearch(poolRoute, params);
  const seats = data.team?.seats;
  const pool = data.node?.pool;
  useSurvivingPage(search.at, seats?.nodes.length ?? 0, seats?.totalCount ?? 0, (at) => {
    change({ at }, { replace: true });
  });
  if (!seats || pool?.product.id !== params.product) return <NotFound />;
  const assign = (
    <Button
      look="main"
      reason={reasonOf(pool.viewerCan, "SEATS_ASSIGN")}
      onClick={() => {
        change({ dialog: "assign" });
      }}
    >
      {t.assignPeople}
    </Button>
  );
  return (
    <>
      <p>
        <Link href={byProduct.href({ team: params.team })}>{t.allProducts}</Link>
      </p>
      <Title aside={assign}>{pool.product.name}</Title>
      <Facts
        facts={[
          [t.total, number(pool.total)],
          [t.assigned, number(pool.assigned)],
          [t.available, number(pool.available)],
        ]}
      />
      <Section title={t.holders}>
        {seats.nodes.length > 0 ? (
          <HoldersTable team={params.team} pool={pool} seats={seats.nodes} />
        ) : (
          <EmptyState title={t.nobodyHolds} hint={t.nobodyHoldsHint} />
        )}
        <Paging
          info={seats.pageInfo}
          total={seats.totalCount}
          size={search.size}
          onPlace={(at) => {
            change({ at });
          }}
          onSize={(size) => {
            change({ size, at: null });
          }}
        />
      </Section>
      <WaitersTable team={params.team} pool={pool} />
      {search.dialog === "assign" && (
        <AssignDialog
          team={params.team}
          pool={pool}
          onClose={() => {
            change({ dialog: null }, { replace: true });
          }}
        />
      )}
    </>
  );
}
