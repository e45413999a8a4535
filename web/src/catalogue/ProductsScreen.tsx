import { graphql } from "react-relay";
import { reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { catalogueWords } from "../words/catalogue.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { HeldProducts } from "./HeldProducts.tsx";
import { OtherProducts } from "./OtherProducts.tsx";
import { products } from "./routes.ts";

export const query = graphql`
  query ProductsScreenQuery($team: ID!, $since: Date!) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerRole
      viewerCan(actions: [REQUESTS_CREATE]) {
        ...abilities_ability @relay(mask: false)
      }
      pools {
        product {
          id
        }
        ...PoolCounts_pool
      }
    }
    viewer {
      memberships(teamId: $team, first: 1) {
        nodes {
          seats(first: 100) {
            totalCount
          }
          requestableProducts {
            id
          }
          ...HeldProducts_member @arguments(since: $since)
          ...OtherProducts_member
        }
      }
    }
  }
`;

/** Products and Services: the viewer's seats in the team, and the other products of the team. */
export default function ProductsScreen({ data, params, search }: Screen<typeof products>) {
  const shell = useWords(shellWords);
  const t = useWords(catalogueWords);
  const change = changeSearch(products, params);
  const member = data.viewer?.memberships.nodes[0];
  if (!data.team || !member) return <NotFound />;
  const pools = new Map((data.team.pools ?? []).map((pool) => [pool.product.id, pool]));
  const seats = member.seats.totalCount;
  return (
    <>
      <Title>{shell.products}</Title>
      {seats > 0 && <HeldProducts member={member} pools={pools} />}
      {member.requestableProducts.length > 0 ? (
        <OtherProducts
          member={member}
          pools={pools}
          teamId={params.team}
          reason={reasonOf(data.team.viewerCan, "REQUESTS_CREATE")}
          asked={search.request}
          onAsk={(request) => {
            change({ request }, { replace: request === null }); // Back does not open the dialog again
          }}
        />
      ) : (
        seats === 0 && <EmptyState title={t.nothing} hint={t.nothingHint[data.team.viewerRole]} />
      )}
    </>
  );
}
