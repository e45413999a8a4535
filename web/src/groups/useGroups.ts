import { graphql, useFragment } from "react-relay";
import { ask, useAllRows } from "../graph/pages.ts";
import type { useGroups_team$key } from "./__generated__/useGroups_team.graphql";
import type { useGroupsQuery } from "./__generated__/useGroupsQuery.graphql";

/* eslint-disable relay/unused-fields -- `readRows` reads the pages */
const TEAM = graphql`
  fragment useGroups_team on Team {
    id
    groups(first: 100) {
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
  }
`;

const OTHERS = graphql`
  query useGroupsQuery($team: ID!, $after: String) {
    team(id: $team) {
      groups(first: 100, after: $after) {
        nodes {
          id
          name
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

/** Return all groups of a team, to choose one: a team can have hundreds. None if the viewer may not see them. */
export function useGroups(team: useGroups_team$key): readonly { readonly id: string; readonly text: string }[] {
  const { id: teamId, groups } = useFragment(TEAM, team);
  const rows = useAllRows(groups, async (after) => {
    return (await ask<useGroupsQuery>(OTHERS, { team: teamId, after }))?.team?.groups;
  });
  return rows.map(({ id, name }) => ({ id, text: name }));
}
