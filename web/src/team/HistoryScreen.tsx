import { graphql } from "react-relay";
import { readProducts } from "../catalogue/allProducts.ts";
import { useAllRows } from "../graph/pages.ts";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, FilterDay, FilterSelect } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { daysAgo } from "../router/days.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { shellWords } from "../words/shell.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import { PeriodsTable } from "./PeriodsTable.tsx";
import { history } from "./routes.ts";
import { TeamTabs } from "./TeamTabs.tsx";

export const query = graphql`
  query HistoryScreenQuery(
    $team: ID!
    $product: ID!
    $hasProduct: Boolean!
    $on: Date!
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) @preloadable {
    ...Shell_query
    products(first: 100) {
      totalCount
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    team(id: $team) {
      viewerCan(actions: [HISTORY_READ]) {
        allowed
      }
      seatHistory(productId: $product, on: $on, first: $first, after: $after, last: $last, before: $before)
        @include(if: $hasProduct) {
        totalCount
        nodes {
          ...PeriodsTable_periods
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

/** Team: who held a seat of a product on a day. */
export default function HistoryScreen({ data, params, search }: Screen<typeof history>) {
  const shell = useWords(shellWords);
  const t = useWords(teamWords);
  const change = changeSearch(history, params);
  const list = data.team?.seatHistory;
  const total = list?.totalCount ?? 0;
  const products = useAllRows(data.products, readProducts);
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team?.viewerCan.some(({ allowed }) => allowed)) return <NotFound />;
  return (
    <>
      <Title>{shell.team}</Title>
      <TeamTabs team={params.team} current="history" />
      <Filters products={products} search={search} onChange={change} />
      {!list ? (
        <EmptyState title={t.chooseProduct} hint={t.chooseProductHint} />
      ) : list.nodes.length === 0 ? (
        <EmptyState title={t.nobodyHeld} hint={t.nobodyHeldHint} />
      ) : (
        <PeriodsTable periods={list.nodes} />
      )}
      {list && (
        <Paging
          info={list.pageInfo}
          total={total}
          size={search.size}
          onPlace={(at) => change({ at })}
          onSize={(size) => change({ size, at: null })}
        />
      )}
    </>
  );
}

type Search = Screen<typeof history>["search"];

interface FiltersProps {
  readonly products: readonly { readonly id: string; readonly name: string }[];
  readonly search: Search;
  readonly onChange: (values: Partial<Search>) => void;
}

function Filters({ products, search, onChange }: FiltersProps) {
  const t = useWords(teamWords);
  const today = daysAgo(0);
  return (
    <FilterBar
      active={search.product !== null || search.on !== null}
      onClear={() => onChange({ product: null, on: null, at: null })}
    >
      <FilterSelect
        label={t.product}
        value={search.product}
        options={products.map(({ id, name }) => ({ id, text: name }))}
        onChange={(product) => onChange({ product, at: null })}
      />
      <FilterDay label={t.day} value={search.on ?? today} max={today} onChange={(on) => onChange({ on, at: null })} />
    </FilterBar>
  );
}
