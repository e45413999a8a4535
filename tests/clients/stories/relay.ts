import {
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getFragment,
  getRequest,
  getSingularSelector,
  type GraphQLTaggedNode,
  type MutationParameters,
} from "relay-runtime";
import type { Members_team$data } from "../samples/src/relay/__generated__/Members_team.graphql";
import type { MembersAssignMutation } from "../samples/src/relay/__generated__/MembersAssignMutation.graphql";
import type { MembersInviteMutation } from "../samples/src/relay/__generated__/MembersInviteMutation.graphql";
import pageQuery, { type MembersPageQuery } from "../samples/src/relay/__generated__/MembersPageQuery.graphql";
import type { MembersQuery, MembersQuery$data } from "../samples/src/relay/__generated__/MembersQuery.graphql";
import type { MembersRemoveMutation } from "../samples/src/relay/__generated__/MembersRemoveMutation.graphql";
import { connect } from "../samples/src/relay/environment";
import {
  assignSeats,
  inviteMembers,
  membersFragment,
  membersQuery,
  removeMembers,
} from "../samples/src/relay/Members";
import { type Open, page } from "./story";

export const relay =
  (url: string, headers: Record<string, string>, team: string, productId: string): Open =>
  async (direction) => {
    const environment = connect(url, headers);
    const variables = { team, ...page(direction) };
    const operation = createOperationDescriptor(getRequest(membersQuery), variables);
    environment.retain(operation);
    await fetchQuery<MembersQuery>(environment, membersQuery, variables).toPromise();

    // What components of React would do: read the query and its fragment, and read them again after each change.
    const root = environment.lookup(operation.fragment);
    let query = root.data as unknown as MembersQuery$data;
    environment.subscribe(root, (now) => (query = now.data as unknown as MembersQuery$data));
    const selector = getSingularSelector(getFragment(membersFragment), query.team);
    if (!selector) throw new Error("The answer has no team.");
    const fragment = environment.lookup(selector);
    let list = fragment.data as unknown as Members_team$data;
    environment.subscribe(fragment, (now) => (list = now.data as unknown as Members_team$data));

    const commit = <Mutation extends MutationParameters>(
      mutation: GraphQLTaggedNode,
      variables: Mutation["variables"],
    ) =>
      new Promise<void>((resolve, reject) => {
        const onCompleted = () => resolve();
        commitMutation<Mutation>(environment, { mutation, variables, onCompleted, onError: reject });
      });
    return {
      view() {
        const pool = query.team?.pools?.[0];
        if (!pool) throw new Error("The answer has no pool.");
        const people = list.members.edges.map(({ node }) => ({ memberId: node.id, userId: node.user.id }));
        return { people, available: pool.available, pageInfo: list.members.pageInfo };
      },
      async more(cursor) {
        const place = { id: team, ...page(direction, cursor) };
        await fetchQuery<MembersPageQuery>(environment, pageQuery, place).toPromise();
      },
      assign: (userId) =>
        commit<MembersAssignMutation>(assignSeats, { input: { teamId: team, productId, userIds: [userId] } }),
      remove: (userId) =>
        commit<MembersRemoveMutation>(removeMembers, {
          input: { teamId: team, userIds: [userId] },
          connections: [list.members.__id],
        }),
      invite: (firstName, email) =>
        commit<MembersInviteMutation>(inviteMembers, {
          input: { teamId: team, people: [{ firstName, email }] },
          connections: [list.members.__id],
        }),
    };
  };
