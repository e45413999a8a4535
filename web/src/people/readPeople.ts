// Reads all people that a filter finds, page by page: for changes that the graph makes one person at a time.
import { fetchQuery, graphql } from "react-relay";
import { dryRuns } from "../graph/environment.ts";
import { RequestFailed } from "../graph/network.ts";
import { showFailure } from "../parts/toasts.ts";
import type { MembersFilter } from "./__generated__/ByUserScreenQuery.graphql";
import type { readPeopleQuery, readPeopleQuery$data } from "./__generated__/readPeopleQuery.graphql";

/** A member who was read. */
export type ReadPerson = NonNullable<readPeopleQuery$data["team"]>["members"]["nodes"][number];

/* eslint-disable relay/unused-fields -- the dialogs read them */
const QUERY = graphql`
  query readPeopleQuery($team: ID!, $filter: MembersFilter, $after: String) {
    team(id: $team) {
      members(filter: $filter, first: 100, after: $after) {
        nodes {
          role
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

/** Return all of them, or those that are wanted; null if Usher refused, which a message has told. */
export async function readPeople(
  team: string,
  filter: MembersFilter,
  wanted: (userId: string) => boolean,
  count: number,
): Promise<readonly ReadPerson[] | null> {
  const people: ReadPerson[] = [];
  let after: string | null = null;
  do {
    const page: readPeopleQuery$data | undefined = await ask(team, filter, after);
    const members = page?.team?.members;
    if (!members) return null;
    people.push(...members.nodes.filter(({ user }) => wanted(user.id)));
    after = members.pageInfo.hasNextPage ? members.pageInfo.endCursor : null;
  } while (after !== null && people.length < count);
  return people;
}

async function ask(team: string, filter: MembersFilter, after: string | null) {
  try {
    // Beside the store of the page: thousands of rows that nobody sees would stay in it.
    return await fetchQuery<readPeopleQuery>(dryRuns, QUERY, { team, filter, after }).toPromise();
  } catch (error) {
    showFailure(error instanceof RequestFailed ? error : new RequestFailed("INTERNAL", null));
    return undefined;
  }
}
