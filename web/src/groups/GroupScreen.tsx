import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, SearchBox } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Section } from "../parts/Section.tsx";
import { SelectionBar } from "../parts/SelectionBar.tsx";
import { useSelection } from "../parts/selection.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { groupsWords } from "../words/groups.ts";
import { useWords } from "../words/words.ts";
import { GroupDialogs } from "./GroupDialogs.tsx";
import { GroupMembersTable } from "./GroupMembersTable.tsx";
import { GroupProducts } from "./GroupProducts.tsx";
import { byGroup, group as groupRoute } from "./routes.ts";

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

/** One group: its members, and the products that it gives. */
export default function GroupScreen({ data, params, search }: Screen<typeof groupRoute>) {
  const t = useWords(groupsWords);
  const change = changeSearch(groupRoute, params);
  const members = data.team?.members;
  const group = data.node?.group;
  const total = members?.totalCount ?? 0;
  const selection = useSelection(JSON.stringify([params.group, search.search]), total);
  useSurvivingPage(search.at, members?.nodes.length ?? 0, total, (at) => {
    change({ at }, { replace: true });
  });
  if (!data.team || !members || group?.team.id !== params.team) return <NotFound />;
  const may = reasonOf(group.viewerCan, "GROUPS_UPDATE");
  const open = (dialog: NonNullable<typeof search.dialog>) => () => {
    change({ dialog });
  };
  const cannotTakeOut = selection.isAll && search.search !== "" ? t.clearSearchFirst : null;
  return (
    <>
      <p>
        <Link href={byGroup.href({ team: params.team })}>{t.allGroups}</Link>
      </p>
      <Title
        aside={
          <>
            <Button reason={may} onClick={open("rename")}>
              {t.rename}
            </Button>
            <Button look="danger" reason={reasonOf(group.viewerCan, "GROUPS_DELETE")} onClick={open("delete")}>
              {t.remove}
            </Button>
          </>
        }
      >
        {group.name}
      </Title>
      <GroupProducts
        group={group}
        onGive={open("give")}
        onStop={(stop) => {
          change({ stop });
        }}
      />
      <Section
        title={t.members}
        aside={
          <Button look="main" reason={may} onClick={open("add")}>
            {t.add}
          </Button>
        }
      >
        <FilterBar
          active={search.search !== ""}
          onClear={() => {
            change({ search: "", at: null });
          }}
        >
          <SearchBox
            value={search.search}
            onChange={(value) => {
              change({ search: value, at: null }, { replace: true });
            }}
          />
        </FilterBar>
        <SelectionBar selection={selection} total={total}>
          <Button reason={may} onClick={open("move")}>
            {t.move}
          </Button>
          <Button reason={may ?? cannotTakeOut} onClick={open("takeOut")}>
            {t.takeOut}
          </Button>
        </SelectionBar>
        {members.nodes.length > 0 ? (
          <GroupMembersTable team={params.team} members={members.nodes} selection={selection} />
        ) : (
          <EmptyState
            title={search.search === "" ? t.nobody : t.nobodyFound}
            {...(search.search === "" && { hint: t.nobodyHint })}
          />
        )}
        <Paging
          info={members.pageInfo}
          total={total}
          size={search.size}
          onPlace={(at) => {
            change({ at });
          }}
          onSize={(size) => {
            change({ size, at: null });
          }}
        />
      </Section>
      <GroupDialogs
        team={data.team}
        group={group}
        search={search}
        selection={selection}
        onClose={() => {
          change({ dialog: null, stop: null }, { replace: true });
        }}
      />
    </>
  );
}
