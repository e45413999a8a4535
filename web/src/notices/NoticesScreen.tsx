import { graphql } from "react-relay";
import { BillingTabs } from "../billing/BillingTabs.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { noticesWords } from "../words/notices.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { NoticesTable } from "./NoticesTable.tsx";
import { notices, preferences } from "./routes.ts";

export const query = graphql`
  query NoticesScreenQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    team(id: $team) {
      notices(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...NoticesTable_notices @arguments(team: $team)
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

/** Billing and Orders: what the contract managers of the team were told by mail, the newest first. */
export default function NoticesScreen({ data, params, search }: Screen<typeof notices>) {
  const shell = useWords(shellWords);
  const t = useWords(noticesWords);
  const change = changeSearch(notices, params);
  const list = data.team?.notices;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!list) return <NotFound />;
  return (
    <>
      <Title>{shell.billing}</Title>
      <BillingTabs team={params.team} current="notices" />
      <p className="quiet">
        {t.choose} <Link href={preferences.href({})}>{t.toPreferences}</Link>
      </p>
      {list.nodes.length > 0 ? (
        <NoticesTable team={params.team} notices={list.nodes} />
      ) : (
        <EmptyState title={t.none} hint={t.noneHint} />
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
