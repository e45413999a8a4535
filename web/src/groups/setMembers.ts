import { graphql } from "react-relay";

/** Sets who is in a group. Those who join get the seats that it gives, and those who leave lose them. */
export const SET_MEMBERS = graphql`
  mutation setMembersMutation($input: SetGroupMembersInput!) {
    setGroupMembers(input: $input) {
      seats {
        id
      }
      waits {
        id
      }
      freed {
        id
      }
      promoted {
        id
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;
