import { Client, fetchExchange } from "@urql/core";
import { type Cache, cacheExchange, type Entity } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import type { RemoveMembersMutation, RemoveMembersMutationVariables } from "./gql/graphql";

export function connect(url: string, headers: Record<string, string>): Client {
  const cache = cacheExchange({
    resolvers: { Team: { members: relayPagination() } },
    updates: {
      Mutation: {
        removeMembers(
          { removeMembers }: RemoveMembersMutation,
          { input }: RemoveMembersMutationVariables,
          cache,
        ) {
          const removed = removeMembers?.deletedMemberIds ?? [];
          dropEdges(cache, { __typename: "Team", id: input.teamId }, "members", "Member", removed);
        },
      },
    },
  });
  const fetchOptions: RequestInit = { headers, credentials: "include" };
  return new Client({ url, fetchOptions, preferGetMethod: false, exchanges: [cache, fetchExchange] });
}

/** Drop the edges of these nodes from every page of a list that is in the cache. */
function dropEdges(cache: Cache, parent: Entity, list: string, type: string, ids: string[]): void {
  const gone = new Set<unknown>(ids.map((id) => cache.keyOfEntity({ __typename: type, id })));
  for (const { fieldKey, fieldName } of cache.inspectFields(parent)) {
    if (fieldName !== list) continue;
    const page = cache.resolve(parent, fieldKey) as Entity;
    const edges = cache.resolve(page, "edges") as string[];
    cache.link(page, "edges", edges.filter((edge) => !gone.has(cache.resolve(edge, "node"))));
  }
}
