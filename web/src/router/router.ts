// The router: which screen is shown. It begins to load a screen's data and code together, before React renders it.
import { loadQuery } from "react-relay";
import type { FetchPolicy } from "react-relay";
import { environment } from "../graph/environment.ts";
import { withWords } from "../words/words.ts";
import { type AnyRoute, type EntryQuery, match } from "./route.ts";

/** A screen that is shown, or about to be. */
export interface Entry {
  readonly route: AnyRoute | null;
  readonly params: Readonly<Record<string, string>>;
  readonly search: Readonly<Record<string, unknown>>;
  readonly pathname: string;
  readonly module: Promise<unknown>;
  readonly query: EntryQuery | null;
  /** Whether the place on the page is restored: after Back or Forward, and at the start. */
  readonly restored: boolean;
}

const NOTHING = Promise.resolve(null);
const modules = new Map<AnyRoute, Promise<unknown>>();
const listeners = new Set<(entry: Entry) => void>();
let routes: readonly AnyRoute[] = [];
// The entries whose data Relay keeps: the one that is shown, and those that were opened since.
const opened: Entry[] = [];
let entry: Entry;

/** Load the code of a screen once. A failed download is tried again the next time. */
function code(route: AnyRoute): Promise<unknown> {
  const known = modules.get(route);
  if (known) return known;
  const loading = withWords(() => route.screen());
  modules.set(route, loading);
  loading.catch(() => modules.delete(route));
  return loading;
}

function find(pathname: string): readonly [AnyRoute, Record<string, string>] | null {
  for (const route of routes) {
    const params = match(route.path as string, pathname);
    if (params) return [route, params];
  }
  return null;
}

function pathnameOf({ pathname }: Location | URL): string {
  return pathname.length > 1 ? pathname.replace(/\/$/, "") : pathname;
}

function open(address: Location | URL, policy: FetchPolicy, restored: boolean): Entry {
  const pathname = pathnameOf(address);
  const found = find(pathname);
  if (!found) return { route: null, params: {}, search: {}, pathname, module: NOTHING, query: null, restored };
  const [route, params] = found;
  const search = route.read(new URLSearchParams(address.search)) as Record<string, unknown>;
  const variables = route.variables(params, search) as Record<string, unknown>;
  const query = route.query && loadQuery(environment, route.query, variables, { fetchPolicy: policy });
  return { route, params, search, pathname, module: code(route), query, restored };
}

function show(next: Entry): void {
  entry = next;
  opened.push(next);
  for (const listener of listeners) listener(next);
}

/** Start the router: show the screen of the present address, and follow Back and Forward. */
export function start(all: readonly AnyRoute[]): Entry {
  routes = all;
  history.scrollRestoration = "manual"; // the browser would scroll before the screen is there
  entry = open(location, "store-and-network", true);
  opened.push(entry);
  addEventListener("popstate", () => {
    show(open(location, "store-and-network", true));
  });
  return entry;
}

/** Note that a screen is shown now. Relay may forget the data of those before it, also of those never shown. */
export function committed(shown: Entry): void {
  for (const before of opened.splice(0, opened.indexOf(shown))) before.query?.dispose();
}

/** Call the listener with each screen that is to be shown next. Returns how to stop. */
export function listen(listener: (entry: Entry) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the address is one of this screen, whatever it says after the `?`. */
export function isAt(route: AnyRoute, params: Readonly<Record<string, string>>): boolean {
  const here = match(route.path as string, pathnameOf(location));
  return here !== null && Object.entries(params).every(([name, value]) => here[name] === value);
}

/** Go to an address of the console. With `replace`, Back does not return to the present one. */
export function navigate(href: string, { replace = false } = {}): void {
  const address = new URL(href, location.href);
  const next = open(address, "store-and-network", false);
  if (replace || address.href === location.href) history.replaceState(null, "", address);
  else {
    history.replaceState({ scroll: scrollY }, "");
    history.pushState(null, "", address);
  }
  show(next);
}

/** Go on from a screen after an answer, unless the person has left it meanwhile. Back does not return to it. */
export function leave(route: AnyRoute, params: Readonly<Record<string, string>>, href: string): void {
  if (isAt(route, params)) navigate(href, { replace: true });
}

/** Load the data of the present screen again, for example after a change. */
export function reload(): void {
  show({ ...open(location, "network-only", true), restored: entry.restored });
}

/** Load the code of an address that the person is about to open. */
export function prepare(href: string): void {
  const found = find(new URL(href, location.href).pathname);
  if (found) code(found[0]).catch(() => null); // the click tries again, and shows the error
}
