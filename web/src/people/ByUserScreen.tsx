import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { invite } from "../invitations/routes.ts";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { SelectionBar } from "../parts/SelectionBar.tsx";
import { type Selection, useDialogOfSelection, useSelection } from "../parts/selection.ts";
import { Title } from "../parts/Title.tsx";
import { Button } from "../parts/Button.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { peopleWords } from "../words/people.ts";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import type { ByUserScreenQuery } from "./__generated__/ByUserScreenQuery.graphql";
import { BulkButtons } from "./BulkButtons.tsx";
import { isFiltered, membersFilter, noFilter } from "./filter.ts";
import { MembersFilterBar } from "./MembersFilterBar.tsx";
import { MembersTable } from "./MembersTable.tsx";
import { PeopleTabs } from "./PeopleTabs.tsx";
import { byUser } from "./routes.ts";

const BulkDialogs = lazy(() => withWords(() => import("./BulkDialogs.tsx")));

export const query = graphql`
  query ByUserScreenQuery(
    $team: ID!
    $filter: MembersFilter
    $orderBy: MembersOrder
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
      ...MembersFilterBar_team
      ...BulkDialogs_team
      members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...MembersTable_members
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

/** User Management, by user: who is in the team, what they hold, and when they used it last. */
export default function ByUserScreen({ data, params, search }: Screen<typeof byUser>) {
  const t = useWords(peopleWords);
  const shell = useWords(shellWords);
  const change = changeSearch(byUser, params);
  const members = data.team?.members;
  const total = members?.totalCount ?? 0;
  const filter = membersFilter(search);
  const selection = useSelection(JSON.stringify([params.team, filter]), total);
  const close = () => change({ dialog: null }, { replace: true });
  useDialogOfSelection(search.dialog !== null, selection, close);
  useSurvivingPage(search.at, members?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team || !members || !data.team.viewerCan.every(({ allowed }) => allowed)) return <NotFound />;
  const clear = () => change({ ...noFilter, at: null });
  const toInvite = <Link className="button main" href={invite.href({ team: params.team })}>{t.invite}</Link>;
  return (
    <>
      <Title aside={toInvite}>{shell.people}</Title>
      <PeopleTabs team={params.team} current="byUser" />
      <MembersFilterBar team={data.team} search={search} onChange={change} onClear={clear} />
      <SelectionBar selection={selection} total={total}>
        <BulkButtons onOpen={(dialog) => change({ dialog })} />
      </SelectionBar>
      <MembersPage members={members} params={params} search={search} selection={selection} onClear={clear} />
      <Suspense>
        {selection.count > 0 && search.dialog && (
          <BulkDialogs team={data.team} dialog={search.dialog} selection={selection} filter={filter} onClose={close} />
        )}
      </Suspense>
    </>
  );
}

interface PageProps extends Pick<Screen<typeof byUser>, "params" | "search"> {
  readonly members: NonNullable<ByUserScreenQuery["response"]["team"]>["members"];
  readonly selection: Selection;
  readonly onClear: () => void;
}

/** A page of the list, and the way to the others. */
function MembersPage({ members, params, search, selection, onClear }: PageProps) {
  const change = changeSearch(byUser, params);
  return (
    <>
      {members.nodes.length > 0 ? (
        <MembersTable
          teamId={params.team}
          members={members.nodes}
          sort={search.sort}
          onSort={(sort) => change({ sort, at: null })}
          selection={selection}
        />
      ) : (
        <Nobody onClear={isFiltered(search) ? onClear : null} />
      )}
      <Paging
        info={members.pageInfo}
        total={members.totalCount}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
    </>
  );
}

interface NobodyProps {
  /** Clears the filters; null if there are none. */
  readonly onClear: (() => void) | null;
}

/** What stands in the place of a list that is empty. */
function Nobody({ onClear }: NobodyProps) {
  const t = useWords(peopleWords);
  if (!onClear) return <EmptyState title={t.nobody} hint={t.nobodyHint} />;
  return (
    <EmptyState title={t.nobodyMatches} hint={t.nobodyMatchesHint}>
      <Button onClick={onClear}>{t.clearFilters}</Button>
    </EmptyState>
  );
}
