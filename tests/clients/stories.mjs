// Lets each client tell its story against a server, and prints as JSON what each of them showed. The stories must have
// been built before, by build.mjs.
// Usage: node stories.mjs URL TOKEN TEAMS
import { main } from "./build/stories.mjs";

const [url, token, teams] = process.argv.slice(2);
console.log(JSON.stringify(await main(url, token, JSON.parse(teams))));
// Clients keep timers, so that what they hold can be collected later.
process.exit();
