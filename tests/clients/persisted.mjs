// Sends a query by its hash, as the clients of Apollo and urql do, twice each with a new client.
// Prints one JSON line for each: the client, its requests (method, whether the text was sent, status), and the answer.
// Usage: node persisted.mjs URL TOKEN
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

const [url, token] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

// Returns a `fetch` that notes each request in a list.
const noting = (requests) => async (input, init) => {
  const response = await fetch(input, init);
  const sent = `${decodeURIComponent(input)} ${init.body ?? ""}`;
  requests.push({ method: init.method, text: sent.includes("viewer"), status: response.status });
  return response;
};

async function apollo(query, useGETForHashedQueries) {
  const requests = [];
  const link = ApolloLink.from([
    new PersistedQueryLink({ sha256, useGETForHashedQueries }),
    new HttpLink({ uri: url, headers, fetch: noting(requests) }),
  ]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const { data } = await client.query({ query: gql(query) });
  return { requests, data };
}

async function urql(query, preferGetForPersistedQueries) {
  const requests = [];
  const client = new Client({
    url,
    exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
    fetchOptions: { headers },
    fetch: noting(requests),
  });
  const { data, error } = await client.query(query, {}).toPromise();
  return { requests, data, error: error?.message };
}

for (const [name, run] of Object.entries({ apollo, urql })) {
  for (const byGet of [true, false]) {
    const query = `query ${name}${byGet} { viewer { email } }`;
    const [first, second] = [await run(query, byGet), await run(query, byGet)];
    console.log(JSON.stringify({ client: name, byGet, first, second }));
  }
}
