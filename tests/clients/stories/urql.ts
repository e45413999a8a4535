import type { TypedDocumentNode } from "@urql/core";
import { assignSeats, membersQuery, removeMembers } from "../samples/src/documents";
import * as tada from "../samples/src/tada";
import { connect } from "../samples/src/urql";
import { viewOf } from "./codegen";
import { type Open, page, type View } from "./story";

type PageArguments = ReturnType<typeof page> & { team: string };
type Change<Input> = TypedDocumentNode<unknown, { input: Input }>;

interface Documents<Data> {
  members: TypedDocumentNode<Data, PageArguments>;
  assign: Change<{ teamId: string; productId: string; userIds: string[] }>;
  remove: Change<{ teamId: string; userIds: string[] }>;
  view: (data: Data | undefined) => View;
}

const withDocuments =
  <Data>({ members, assign, remove, view }: Documents<Data>) =>
  (url: string, headers: Record<string, string>, teamId: string, productId: string): Open =>
  async (direction) => {
    const client = connect(url, headers);
    let shown: Data | undefined;
    let watched: { unsubscribe(): void } | undefined;
    /** Shows the list, which has all pages in the cache, and watches it in place of the one before. */
    const load = (cursor?: string) =>
      new Promise<void>((resolve, reject) => {
        watched?.unsubscribe();
        const variables = { team: teamId, ...page(direction, cursor) };
        watched = client.query<Data, PageArguments>(members, variables).subscribe(({ data, error, stale }) => {
          if (error) reject(error);
          shown = data;
          if (!stale) resolve();
        });
      });
    await load();
    return {
      view: () => view(shown),
      more: load,
      async assign(userId) {
        const { error } = await client.mutation(assign, { input: { teamId, productId, userIds: [userId] } });
        if (error) throw error;
      },
      async remove(userId) {
        const { error } = await client.mutation(remove, { input: { teamId, userIds: [userId] } });
        if (error) throw error;
      },
    };
  };

export const urql = withDocuments({
  members: membersQuery,
  assign: assignSeats,
  remove: removeMembers,
  view: viewOf,
});

export const gqlTada = withDocuments({
  members: tada.membersQuery,
  assign: tada.assignSeats,
  remove: tada.removeMembers,
  view(data): View {
    const team = data?.team;
    const pool = team?.pools?.[0];
    if (!team || !pool) throw new Error("The answer has no team, or no pool.");
    return {
      people: tada.people(data).map(({ id, user }) => ({ memberId: id, userId: user.id })),
      available: pool.available,
      pageInfo: team.members.pageInfo,
    };
  },
});
