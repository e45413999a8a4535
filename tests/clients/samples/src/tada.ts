import { initGraphQLTada, readFragment, type ResultOf } from "gql.tada";
import type { introspection } from "./tada-schema";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Date: string; DateTime: string };
}>();

export const person = graphql(`
  fragment Person on Member { id user { id name } }
`);

export const membersQuery = graphql(
  `
    query Members($team: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      team(id: $team) {
        id
        pools { id available }
        members(first: $first, after: $after, last: $last, before: $before) {
          edges { cursor node { id ...Person } }
          pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
        }
      }
    }
  `,
  [person],
);

export const assignSeats = graphql(`
  mutation AssignSeats($input: AssignSeatsInput!) {
    assignSeats(input: $input) { pools { id available } errors { code message } }
  }
`);

export const removeMembers = graphql(`
  mutation RemoveMembers($input: RemoveMembersInput!) {
    removeMembers(input: $input) { deletedMemberIds pools { id available } errors { code message } }
  }
`);

export const people = (data: ResultOf<typeof membersQuery>) =>
  data.team?.members.edges.map(({ node }) => readFragment(person, node)) ?? [];
