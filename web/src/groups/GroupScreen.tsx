import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, SearchBox } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Section } from "../parts/Section.tsx";
import { SelectionBar } from "../parts/SelectionBar.tsx";
import { type Selection, useDialogOfSelection, useSelection } from "../parts/selection.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords, withWords } from "../words/words.ts";
import type { GroupScreenQuery } from "./__generated__/GroupScreenQuery.graphql";
import { GroupMembersTable } from "./GroupMembersTable.tsx";
import { GroupProducts } from "./GroupProducts.tsx";
import { byGroup, group as groupRoute } from "./routes.ts";

const GroupDialogs = lazy(() => withWords(() => import("./GroupDialogs.tsx")));

export const query = graphql`
  query GroupScreenQuery(
    $team: ID!
    $group: ID!
    $filter: MembersFilter
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) @preloadable {
    ...Shell_query
    team(id: $team) {
      ...GroupDialogs_team
      members(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...GroupMembersTable_members
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
    node(id: $group) {
      ... on Group @alias(as: "group") {
        name
        team {
          id
        }
        viewerCan(actions: [GROUPS_UPDATE, GROUPS_DELETE]) {
          ...abilities_ability @relay(mask: false)
        }
        ...GroupProducts_group
        ...GroupDialogs_group
      }
    }
  }
`;

type Group = NonNullable<NonNullable<GroupScreenQuery["response"]["node"]>["group"]>;
type GroupSearch = Screen<typeof groupRoute>["search"];

/** One group: its members, and the products that it gives. */
export default function GroupScreen({ data, params, search }: Screen<typeof groupRoute>) {
  const t = useWords(groupsWords);
  const change = changeSearch(groupRoute, params);
  const members = data.team?.members;
  const group = data.node?.group;
  const total = members?.totalCount ?? 0;
  const selection = useSelection(JSON.stringify([params.group, search.search]), total);
  const close = () => change({ dialog: null, stop: null }, { replace: true });
  useDialogOfSelection(search.dialog === "takeOut" || search.dialog === "move", selection, close);
  useSurvivingPage(search.at, members?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team || !members || group?.team.id !== params.team) return <NotFound />;
  return (
    <>
      <p>
        <Link href={byGroup.href({ team: params.team })}>{t.allGroups}</Link>
      </p>
      <GroupTitle group={group} onOpen={(dialog) => change({ dialog })} />
      <GroupProducts group={group} onGive={() => change({ dialog: "give" })} onStop={(stop) => change({ stop })} />
      <Members
        members={members}
        params={params}
        search={search}
        selection={selection}
        reason={reasonOf(group.viewerCan, "GROUPS_UPDATE")}
      />
      <Suspense>
        {(search.dialog ?? search.stop) !== null && (
          <GroupDialogs
            team={data.team}
            group={group}
            search={search}
            selection={selection}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}

interface TitleProps {
  readonly group: Group;
  readonly onOpen: (dialog: NonNullable<GroupSearch["dialog"]>) => void;
}

/** The name of the group, and the buttons that are about all of it. */
function GroupTitle({ group: { name, viewerCan }, onOpen }: TitleProps) {
  const t = useWords(groupsWords);
  const buttons = (
    <>
      <Button reason={reasonOf(viewerCan, "GROUPS_UPDATE")} onClick={() => onOpen("rename")}>
        {t.rename}
      </Button>
      <Button look="danger" reason={reasonOf(viewerCan, "GROUPS_DELETE")} onClick={() => onOpen("delete")}>
        {t.remove}
      </Button>
    </>
  );
  return <Title aside={buttons}>{name}</Title>;
}

interface MembersProps extends Pick<Screen<typeof groupRoute>, "params" | "search"> {
  readonly members: NonNullable<GroupScreenQuery["response"]["team"]>["members"];
  readonly selection: Selection;
  /** Why the viewer may not change who is in the group; null if they may. */
  readonly reason: string | null;
}

/** Who is in the group: to search, to add, and to select for a change. */
function Members({ members, params, search: { search, size }, selection, reason }: MembersProps) {
  const t = useWords(groupsWords);
  const change = changeSearch(groupRoute, params);
  const add = (
    <Button look="main" reason={reason} onClick={() => change({ dialog: "add" })}>
      {t.add}
    </Button>
  );
  return (
    <Section title={t.members} aside={add}>
      <FilterBar active={search !== ""} onClear={() => change({ search: "", at: null })}>
        <SearchBox value={search} onChange={(value) => change({ search: value, at: null }, { replace: true })} />
      </FilterBar>
      <SelectionBar selection={selection} total={members.totalCount}>
        <Button reason={reason} onClick={() => change({ dialog: "move" })}>
          {t.move}
        </Button>
        <Button reason={reason} onClick={() => change({ dialog: "takeOut" })}>
          {t.takeOut}
        </Button>
      </SelectionBar>
      {members.nodes.length > 0 ? (
        <GroupMembersTable team={params.team} members={members.nodes} selection={selection} />
      ) : (
        <NoMembers isFiltered={search !== ""} />
      )}
      <Paging
        info={members.pageInfo}
        total={members.totalCount}
        size={size}
        onPlace={(at) => change({ at })}
        onSize={(next) => change({ size: next, at: null })}
      />
    </Section>
  );
}

function NoMembers({ isFiltered }: { readonly isFiltered: boolean }) {
  const t = useWords(groupsWords);
  if (isFiltered) return <EmptyState title={t.nobodyFound} hint={t.nobodyFoundHint} />;
  return <EmptyState title={t.nobody} hint={t.nobodyHint} />;
}
