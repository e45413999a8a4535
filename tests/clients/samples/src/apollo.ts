import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { removeMembers } from "./documents";

export function connect(uri: string, headers: Record<string, string>): ApolloClient {
  const members = relayStylePagination(["filter", "orderBy"]);
  return new ApolloClient({
    link: new HttpLink({ uri, headers, credentials: "include" }),
    cache: new InMemoryCache({ typePolicies: { Team: { fields: { members } } } }),
  });
}

export function remove(client: ApolloClient, teamId: string, userIds: string[]) {
  return client.mutate({
    mutation: removeMembers,
    variables: { input: { teamId, userIds } },
    update(cache, { data }) {
      for (const id of data?.removeMembers?.deletedMemberIds ?? []) {
        cache.evict({ id: cache.identify({ __typename: "Member", id }) });
      }
      cache.gc();
    },
  });
}
