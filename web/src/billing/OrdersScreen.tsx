import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { billingWords } from "../words/billing.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { BillingTabs } from "./BillingTabs.tsx";
import { OrdersTable } from "./OrdersTable.tsx";
import { orders } from "./routes.ts";

export const query = graphql`
  query OrdersScreenQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    team(id: $team) {
      orders(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...OrdersTable_orders
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`;

/** Billing and Orders: all orders of the team, the newest first. */
export default function OrdersScreen({ data, params, search }: Screen<typeof orders>) {
  const shell = useWords(shellWords);
  const t = useWords(billingWords);
  const change = changeSearch(orders, params);
  const list = data.team?.orders;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!list) return <NotFound />;
  return (
    <>
      <Title>{shell.billing}</Title>
      <BillingTabs team={params.team} current="orders" />
      {list.nodes.length > 0 ? (
        <OrdersTable team={params.team} orders={list.nodes} />
      ) : (
        <EmptyState title={t.noOrders} hint={t.noOrdersHint} />
      )}
      <Paging
        info={list.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
    </>
  );
}
