import { graphql } from "relay-runtime";

export const membersQuery = graphql`
  query MembersQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    team(id: $team) {
      id
      pools { available }
      ...Members_team @arguments(first: $first, after: $after, last: $last, before: $before)
    }
  }
`;

export const membersFragment = graphql`
  fragment Members_team on Team
  @refetchable(queryName: "MembersPageQuery")
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  ) {
    members(first: $first, after: $after, last: $last, before: $before)
      @connection(key: "Members_members") {
      __id
      edges { node { id user { id name } } }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
  }
`;

export const assignSeats = graphql`
  mutation MembersAssignMutation($input: AssignSeatsInput!) {
    assignSeats(input: $input) { pools { available } errors { code message } }
  }
`;

export const inviteMembers = graphql`
  mutation MembersInviteMutation($input: InviteMembersInput!, $connections: [ID!]!) {
    inviteMembers(input: $input) {
      memberEdges @prependEdge(connections: $connections) { node { id user { id name } } }
      errors { code message }
    }
  }
`;

export const removeMembers = graphql`
  mutation MembersRemoveMutation($input: RemoveMembersInput!, $connections: [ID!]!) {
    removeMembers(input: $input) {
      deletedMemberIds @deleteEdge(connections: $connections)
      pools { available }
      errors { code message }
    }
  }
`;
