import { graphql } from "react-relay";
import { ask, readRows } from "../graph/pages.ts";
import { reasonOf } from "../parts/Button.tsx";
import type { Selection } from "../parts/selection.ts";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";
import type { refusedPeopleQuery } from "./__generated__/refusedPeopleQuery.graphql";

/* eslint-disable relay/unused-fields -- `readRows` reads the pages */
const QUERY = graphql`
  query refusedPeopleQuery($team: ID!, $filter: MembersFilter, $after: String) {
    team(id: $team) {
      members(filter: $filter, first: 100, after: $after) {
        nodes {
          user {
            id
            name
          }
          viewerCan(actions: [MEMBERS_CHANGE_ROLE]) {
            ...abilities_ability @relay(mask: false)
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

/** A person whose role the viewer may not change. */
export interface RefusedPerson {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}

/** Return the selected people whose role the viewer may not change; null if Usher refused, which a message has told. */
export async function refusedPeople(
  team: string,
  filter: MembersFilter,
  { has, count }: Selection,
): Promise<readonly RefusedPerson[] | null> {
  const rows = await readRows(
    async (after) => (await ask<refusedPeopleQuery>(QUERY, { team, filter, after }))?.team?.members,
    null,
    (read) => read.filter(({ user }) => has(user.id)).length >= count,
  );
  if (!rows) return null;
  return rows.flatMap(({ user, viewerCan }) => {
    const reason = has(user.id) ? reasonOf(viewerCan, "MEMBERS_CHANGE_ROLE") : null;
    return reason === null ? [] : [{ id: user.id, name: user.name, reason }];
  });
}
