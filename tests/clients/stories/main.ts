import { apollo } from "./apollo";
import { relay } from "./relay";
import { tell } from "./story";
import { gqlTada, urql } from "./urql";

const CLIENTS = { apollo, urql, gqlTada, relay };

/** Lets each client tell its story about a team of its own: the id of the team and of its product, by client. */
export async function main(url: string, token: string, teams: Record<keyof typeof CLIENTS, [string, string]>) {
  const headers = { authorization: `Bearer ${token}` };
  const told: Record<string, unknown> = {};
  for (const [name, client] of Object.entries(CLIENTS)) {
    const [teamId, productId] = teams[name as keyof typeof CLIENTS];
    told[name] = await tell(client(url, headers, teamId, productId));
  }
  return told;
}
