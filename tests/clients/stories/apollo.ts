import { connect, remove } from "../samples/src/apollo";
import { assignSeats, membersQuery } from "../samples/src/documents";
import { viewOf } from "./codegen";
import { type Open, page } from "./story";

export const apollo =
  (url: string, headers: Record<string, string>, teamId: string, productId: string): Open =>
  async (direction) => {
    const client = connect(url, headers);
    const list = client.watchQuery({ query: membersQuery, variables: { team: teamId, ...page(direction) } });
    await new Promise<void>((resolve, reject) => {
      list.subscribe(({ dataState, error }) => {
        if (error) reject(error);
        else if (dataState === "complete") resolve();
      });
    });
    return {
      view() {
        const { data, dataState } = list.getCurrentResult();
        return viewOf(dataState === "complete" ? data : undefined);
      },
      async more(cursor) {
        await list.fetchMore({ variables: page(direction, cursor) });
      },
      async assign(userId) {
        const input = { teamId, productId, userIds: [userId] };
        await client.mutate({ mutation: assignSeats, variables: { input } });
      },
      async remove(userId) {
        await remove(client, teamId, [userId]);
      },
    };
  };
