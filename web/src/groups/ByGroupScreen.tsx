import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Title } from "../parts/Title.tsx";
import { PeopleTabs } from "../people/PeopleTabs.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { useFormats } from "../words/formats.ts";
import { groupsWords } from "../words/groups.ts";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import type { ByGroupScreenQuery } from "./__generated__/ByGroupScreenQuery.graphql";
import { byGroup, group as groupRoute } from "./routes.ts";

// Loaded when it opens, so that the screen is there sooner.
const ByGroupDialogs = lazy(() => withWords(() => import("./ByGroupDialogs.tsx")));

type Team = NonNullable<ByGroupScreenQuery["response"]["team"]>;
type Row = NonNullable<Team["groups"]>["nodes"][number];

export const query = graphql`
  query ByGroupScreenQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [GROUPS_CREATE, DEFAULTS_SET]) {
        ...abilities_ability @relay(mask: false)
      }
      defaultProducts {
        name
      }
      ...ByGroupDialogs_team
      groups(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          id
          name
          products {
            name
          }
          members(first: 1) {
            totalCount
          }
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

/** User Management, by group: the groups of the team, and the products that everybody gets. */
export default function ByGroupScreen({ data, params, search }: Screen<typeof byGroup>) {
  const t = useWords(groupsWords);
  const shell = useWords(shellWords);
  const change = changeSearch(byGroup, params);
  const { team } = data;
  const groups = team?.groups;
  const total = groups?.totalCount ?? 0;
  useSurvivingPage(search.at, groups?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!team || !groups) return <NotFound />;
  const close = () => change({ dialog: null }, { replace: true });
  const create = (
    <Button look="main" reason={reasonOf(team.viewerCan, "GROUPS_CREATE")} onClick={() => change({ dialog: "create" })}>
      {t.create}
    </Button>
  );
  return (
    <>
      <Title aside={create}>{shell.people}</Title>
      <PeopleTabs team={params.team} current="byGroup" />
      <Groups team={params.team} rows={groups.nodes} />
      <Paging
        info={groups.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
      <Defaults team={team} onChange={() => change({ dialog: "defaults" })} />
      {search.dialog && (
        <Suspense>
          <ByGroupDialogs team={team} dialog={search.dialog} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** The groups of a page. */
function Groups({ team, rows }: { readonly team: string; readonly rows: readonly Row[] }) {
  const t = useWords(groupsWords);
  const columns = useColumns(team);
  if (rows.length === 0) return <EmptyState title={t.none} hint={t.noneHint} />;
  return <Table label={t.groups} rows={rows} keyOf={({ id }) => id} nameOf={({ name }) => name} columns={columns} />;
}

interface DefaultsProps {
  readonly team: Pick<Team, "viewerCan" | "defaultProducts">;
  readonly onChange: () => void;
}

/** The products of which everybody in the team gets a seat. */
function Defaults({ team: { viewerCan, defaultProducts }, onChange }: DefaultsProps) {
  const t = useWords(groupsWords);
  const { list } = useFormats();
  const names = (defaultProducts ?? []).map(({ name }) => name);
  const change = (
    <Button reason={reasonOf(viewerCan, "DEFAULTS_SET")} onClick={onChange}>
      {t.changeDefaults}
    </Button>
  );
  return (
    <Section title={t.defaults} aside={change}>
      <p className="quiet">{t.defaultsHint}</p>
      <p dir="auto">{names.length > 0 ? list(names) : t.noDefaults}</p>
    </Section>
  );
}

function useColumns(team: string): readonly [Column<Row, never>, ...Column<Row, never>[]] {
  const t = useWords(groupsWords);
  const { list, number } = useFormats();
  return [
    {
      title: t.group,
      cell: ({ id, name }) => (
        <Link href={groupRoute.href({ team, group: id })} dir="auto">
          {name}
        </Link>
      ),
    },
    { title: t.members, number: true, cell: ({ members }) => number(members.totalCount) },
    { title: t.gives, cell: ({ products }) => <bdi>{list(products.map(({ name }) => name))}</bdi> },
  ];
}
