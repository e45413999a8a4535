import { graphql } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, FilterDay, FilterSelect } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { shellWords } from "../words/shell.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import { EVENTS } from "./events.ts";
import { EventsTable } from "./EventsTable.tsx";
import { audit } from "./routes.ts";
import { TeamTabs } from "./TeamTabs.tsx";

export const query = graphql`
  query AuditScreenQuery(
    $team: ID!
    $action: Action
    $actor: ID
    $since: Date
    $until: Date
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) @preloadable {
    ...Shell_query
    team(id: $team) {
      audit(
        action: $action
        actorId: $actor
        since: $since
        until: $until
        first: $first
        after: $after
        last: $last
        before: $before
      ) {
        totalCount
        nodes {
          actor {
            name
          }
          ...EventsTable_events
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

const NO_FILTER = { action: null, actor: null, since: null, until: null };

/** Team: who changed what, the newest first. */
export default function AuditScreen({ data, params, search }: Screen<typeof audit>) {
  const shell = useWords(shellWords);
  const change = changeSearch(audit, params);
  const list = data.team?.audit;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!list) return <NotFound />;
  const isFiltered = (["action", "actor", "since", "until"] as const).some((name) => search[name] !== null);
  const clear = () => change({ ...NO_FILTER, at: null });
  return (
    <>
      <Title>{shell.team}</Title>
      <TeamTabs team={params.team} current="audit" />
      <FilterBar active={isFiltered} onClear={clear}>
        <Filters search={search} actorName={list.nodes[0]?.actor?.name} onChange={change} />
      </FilterBar>
      {list.nodes.length > 0 ? (
        <EventsTable events={list.nodes} hrefOfActor={(actor) => audit.href(params, { ...search, actor, at: null })} />
      ) : (
        <NoEvents isFiltered={isFiltered} onClear={clear} />
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

type Search = Screen<typeof audit>["search"];

interface FiltersProps {
  readonly search: Search;
  /** The name of the person whose entries are shown, if it is known. */
  readonly actorName: string | undefined;
  readonly onChange: (values: Partial<Search>) => void;
}

function Filters({ search, actorName, onChange }: FiltersProps) {
  const t = useWords(teamWords);
  return (
    <>
      <FilterSelect
        label={t.what}
        value={search.action}
        options={EVENTS.map((id) => ({ id, text: t.events[id] }))}
        onChange={(action) => onChange({ action, at: null })}
      />
      <FilterDay label={t.sinceDay} value={search.since} onChange={(since) => onChange({ since, at: null })} />
      <FilterDay label={t.untilDay} value={search.until} onChange={(until) => onChange({ until, at: null })} />
      {search.actor !== null && (
        <Button icon="close" onClick={() => onChange({ actor: null, at: null })}>
          {t.onlyActor(actorName ?? search.actor)}
        </Button>
      )}
    </>
  );
}

function NoEvents({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  const t = useWords(teamWords);
  if (!isFiltered) return <EmptyState title={t.noEvents} hint={t.noEventsHint} />;
  return (
    <EmptyState title={t.noEventMatches} hint={t.noEventMatchesHint}>
      <Button onClick={onClear}>{t.clearFilters}</Button>
    </EmptyState>
  );
}
