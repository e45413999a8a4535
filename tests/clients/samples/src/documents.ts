import { graphql } from "./gql";

export const membersQuery = graphql(`
  query Members($team: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    team(id: $team) {
      id
      pools { id available }
      members(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id user { id name } } }
        pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
      }
    }
  }
`);

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
