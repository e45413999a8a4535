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
  const change = changeSearch(reporting, params);
  const seats = data.team?.seats;
  const total = seats?.totalCount ?? 0;
  useSurvivingPage(search.at, seats?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team || !seats) return <NotFound />;
  const seesTeam = data.team.viewerCan.every(({ allowed }) => allowed);
  return (
    <>
      <Title>{shell.reporting}</Title>
      <p className="quiet">{seesTeam ? t.ofTeam : t.own}</p>
      <Filters pools={seesTeam ? (data.team.pools ?? []) : null} search={search} onChange={change} />
      {seats.nodes.length > 0 ? (
        <UsageTable seats={seats.nodes} showsHolder={seesTeam} />
      ) : (
        <NoSeats team={params.team} seesTeam={seesTeam} />
      )}
      <Paging
        info={seats.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
    </>
  );
}

type Search = Screen<typeof reporting>["search"];
type Pools = NonNullable<NonNullable<Screen<typeof reporting>["data"]["team"]>["pools"]>;

interface FiltersProps {
  /** The pools of the team; null if the viewer sees only their own seats. */
  readonly pools: Pools | null;
  readonly search: Search;
  readonly onChange: (values: Partial<Search>) => void;
}

function Filters({ pools, search, onChange }: FiltersProps) {
  const t = useWords(usageWords);
  return (
    <FilterBar
      active={search.product !== null || search.days !== RANGES[0]}
      onClear={() => onChange({ product: null, days: RANGES[0], at: null })}
    >
      {pools && (
        <FilterSelect
          label={t.product}
          value={search.product}
          options={pools.map(({ product }) => ({ id: product.id, text: product.name }))}
          onChange={(product) => onChange({ product, at: null })}
        />
      )}
      <RangeSelect value={search.days} onChange={(days) => onChange({ days, at: null })} />
    </FilterBar>
  );
}

interface RangeProps {
  readonly value: Search["days"];
  readonly onChange: (days: Search["days"]) => void;
}

function RangeSelect({ value, onChange }: RangeProps) {
  const t = useWords(usageWords);
  const id = useId();
  return (
    <div className="filter">
      <label htmlFor={id}>{t.range}</label>
      <select
        id={id}
        className="input"
        value={value}
        onChange={({ target }) => onChange(RANGES.find((days) => days === target.value) ?? RANGES[0])}
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
  );
}

function NoSeats({ team, seesTeam }: { readonly team: string; readonly seesTeam: boolean }) {
  const shell = useWords(shellWords);
  const t = useWords(usageWords);
  if (seesTeam) return <EmptyState title={t.nobody} hint={t.nobodyHint} />;
  return (
    <EmptyState title={t.noSeat} hint={t.noSeatHint}>
      <Link className="button main" href={products.href({ team })}>
        {shell.products}
      </Link>
    </EmptyState>
  );
}
