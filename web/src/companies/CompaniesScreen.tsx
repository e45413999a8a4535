import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, SearchBox } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { companiesWords } from "../words/companies.ts";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import { CompaniesTable } from "./CompaniesTable.tsx";
import { companies as companiesRoute } from "./routes.ts";

// Loaded when it opens, so that the screen is there sooner.
const AnnounceDialog = lazy(() => withWords(() => import("./AnnounceDialog.tsx")));

export const query = graphql`
  query CompaniesScreenQuery($search: String!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    viewer {
      viewerCan(actions: [ANNOUNCEMENTS_SEND]) {
        ...abilities_ability @relay(mask: false)
      }
    }
    companies(search: $search, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...CompaniesTable_companies
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

/** The companies that buy, and the way to write to all of them. For the vendor's staff. */
export default function CompaniesScreen({ data, params, search }: Screen<typeof companiesRoute>) {
  const t = useWords(companiesWords);
  const shell = useWords(shellWords);
  const change = changeSearch(companiesRoute, params);
  const list = data.companies;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!list) return <NotFound />;
  const reason = reasonOf(data.viewer?.viewerCan ?? [], "ANNOUNCEMENTS_SEND");
  const announce = <Button reason={reason} onClick={() => change({ dialog: "announce" })}>{t.announceToAll}</Button>;
  return (
    <>
      <Title aside={announce}>{shell.companies}</Title>
      <Search
        value={search.search}
        onChange={(value) => change({ search: value, at: null }, { replace: true })}
        onClear={() => change({ search: "", at: null })}
      />
      {list.nodes.length > 0 ? (
        <CompaniesTable companies={list.nodes} />
      ) : (
        <EmptyState title={t.none} hint={search.search === "" ? t.noneHint : t.noneMatchesHint} />
      )}
      <Paging
        info={list.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
      {search.dialog && (
        <Suspense>
          <AnnounceDialog company={null} onClose={() => change({ dialog: null }, { replace: true })} />
        </Suspense>
      )}
    </>
  );
}

interface SearchProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onClear: () => void;
}

/** The search for companies. */
function Search({ value, onChange, onClear }: SearchProps) {
  const t = useWords(companiesWords);
  return (
    <FilterBar active={value !== ""} onClear={onClear}>
      <SearchBox label={t.search} value={value} onChange={onChange} />
    </FilterBar>
  );
}
