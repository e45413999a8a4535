import { Environment, Network, RecordSource, Store } from "relay-runtime";

export function connect(url: string, headers: Record<string, string>): Environment {
  const network = Network.create(async ({ id, text }, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      credentials: "include",
      body: JSON.stringify({ documentId: id ?? undefined, query: text ?? undefined, variables }),
    });
    return await response.json();
  });
  return new Environment({ network, store: new Store(new RecordSource()) });
}
