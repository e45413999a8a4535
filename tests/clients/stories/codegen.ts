import type { MembersQuery } from "../samples/src/gql/graphql";
import type { View } from "./story";

/** What an answer shows. */
export function viewOf(data: MembersQuery | undefined): View {
  const team = data?.team;
  const pool = team?.pools?.[0];
  if (!team || !pool) throw new Error("The answer has no team, or no pool.");
  return {
    people: team.members.edges.map(({ node }) => ({ memberId: node.id, userId: node.user.id })),
    available: pool.available,
    pageInfo: team.members.pageInfo,
  };
}
