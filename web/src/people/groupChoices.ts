import { graphql } from "react-relay";
import { ask, readRows } from "../graph/pages.ts";
import { folded } from "../parts/folded.ts";
import type { groupChoicesMemberQuery } from "./__generated__/groupChoicesMemberQuery.graphql";
import type { groupChoicesQuery } from "./__generated__/groupChoicesQuery.graphql";

/* eslint-disable relay/unused-fields -- `readRows` reads the pages */
const OF_TEAM = graphql`
  query groupChoicesQuery($team: ID!, $after: String) {
    team(id: $team) {
      groups(first: 100, after: $after) {
        nodes {
          id
          name
          products {
            name
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

const OF_MEMBER = graphql`
  query groupChoicesMemberQuery($member: ID!, $after: String) {
    node(id: $member) {
      ... on Member @alias(as: "member") {
        groups(first: 100, after: $after) {
          nodes {
            id
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`;

/** A group of a team, and whether a person is in it. */
export interface GroupChoice {
  readonly id: string;
  readonly name: string;
  readonly products: readonly { readonly name: string }[];
  readonly isIn: boolean;
}

/** Return all groups of a team for a member; null if Usher refused, which a message has told. */
export async function groupChoices(team: string, member: string): Promise<readonly GroupChoice[] | null> {
  const [all, own] = await Promise.all([
    readRows(async (after) => (await ask<groupChoicesQuery>(OF_TEAM, { team, after }))?.team?.groups),
    readRows(async (after) => (await ask<groupChoicesMemberQuery>(OF_MEMBER, { member, after }))?.node?.member?.groups),
  ]);
  if (!all || !own) return null;
  const ids = new Set(own.map(({ id }) => id));
  return all.map((group) => ({ ...group, isIn: ids.has(group.id) }));
}

/** Return the groups whose name has each word of the search. Case and accents do not matter, as in other searches. */
export function matching(groups: readonly GroupChoice[], search: string): readonly GroupChoice[] {
  const words = folded(search).split(/\s+/);
  return groups.filter(({ name }) => words.every((word) => folded(name).includes(word)));
}
