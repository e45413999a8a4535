// Relay's store and network. It lives as long as the page: when the person changes, the page is loaded again.
import { Environment, Network, Observable, RecordSource, Store } from "relay-runtime";
import { send } from "./network.ts";

// How many screens keep their data after the person has left them, so that Back shows them at once.
const KEPT_SCREENS = 20;

const network = Network.create((operation, variables, { metadata }, files) =>
  Observable.from(send(operation, variables, files, metadata?.["withoutPerson"] === true)),
);

/** The environment of the console. */
export const environment = new Environment({
  network,
  store: new Store(new RecordSource(), { gcReleaseBufferSize: KEPT_SCREENS }),
});

/** What dry runs answer. They show rows as they would be, which must not replace the rows as they are. */
export const dryRuns = new Environment({ network, store: new Store(new RecordSource()) });
