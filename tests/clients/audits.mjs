// Runs the audits of graphql-http against a server. Prints one JSON line for each: its id, name, status and reason.
// Usage: node audits.mjs URL
import { serverAudits } from "graphql-http";

for (const audit of serverAudits({ url: process.argv[2], fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
