import { useId } from "react";
import { graphql } from "react-relay";
import { products } from "../catalogue/routes.ts";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, FilterSelect } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { shellWords } from "../words/shell.ts";
import { usageWords } from "../words/usage.ts";
import { useWords } from "../words/words.ts";
import { RANGES, reporting } from "./routes.ts";
import { UsageTable } from "./UsageTable.tsx";

export const query = graphql`
  query ReportingScreenQuery(
    $team: ID!
    $product: ID
    $since: Date!
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [POOLS_READ]) {
        allowed
      }
      pools {
        product {
          id
          name
        }
      }
      seats(productId: $product, assigned: true, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...UsageTable_seats @arguments(since: $since)
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

/** Reporting: the usage of each seat that somebody holds. A user sees their own seats. */
export default function ReportingScreen({ data, params, search }: Screen<typeof reporting>) {
  const shell = useWords(shellWords);
  const t = useWords(usageWords);
  const id = useId();
  const change = changeSearch(reporting, params);
  const seats = data.team?.seats;
  const total = seats?.totalCount ?? 0;
  useSurvivingPage(search.at, seats?.nodes.length ?? 0, total, (at) => {
    change({ at }, { replace: true });
  });
  if (!data.team || !seats) return <NotFound />;
  const seesTeam = data.team.viewerCan.every(({ allowed }) => allowed);
  return (
    <>
      <Title>{shell.reporting}</Title>
      <p className="quiet">{seesTeam ? t.ofTeam : t.own}</p>
      <FilterBar
        active={search.product !== null || search.days !== RANGES[0]}
        onClear={() => {
          change({ product: null, days: RANGES[0], at: null });
        }}
      >
        {seesTeam && (
          <FilterSelect
            label={t.product}
            value={search.product}
            options={(data.team.pools ?? []).map(({ product }) => ({ id: product.id, text: product.name }))}
            onChange={(product) => {
              change({ product, at: null });
            }}
          />
        )}
        <div className="filter">
          <label htmlFor={id}>{t.range}</label>
          <select
            id={id}
            className="input"
            value={search.days}
            onChange={({ target }) => {
              change({ days: RANGES.find((days) => days === target.value) ?? RANGES[0], at: null });
            }}
          >
            {[...RANGES]
              .sort((one, other) => Number(one) - Number(other))
              .map((days) => (
                <option key={days} value={days}>
                  {t.days(days)}
                </option>
              ))}
          </select>
        </div>
      </FilterBar>
      {seats.nodes.length > 0 ? (
        <UsageTable seats={seats.nodes} showsHolder={seesTeam} />
      ) : (
        <EmptyState title={seesTeam ? t.nobody : t.noSeat} hint={seesTeam ? t.nobodyHint : t.noSeatHint}>
          {!seesTeam && (
            <Link className="button main" href={products.href({ team: params.team })}>
              {shell.products}
            </Link>
          )}
        </EmptyState>
      )}
      <Paging
        info={seats.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => {
          change({ at });
        }}
        onSize={(size) => {
          change({ size, at: null });
        }}
      />
    </>
  );
}
