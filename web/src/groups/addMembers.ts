import { graphql } from "react-relay";

/** Adds people to a group. They get the seats that it gives, and nothing changes for its other members. */
export const ADD_MEMBERS = graphql`
  mutation addMembersMutation($input: AddGroupMembersInput!) {
    addGroupMembers(input: $input) {
      members {
        id
      }
      seats {
        id
      }
      waits {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;
