import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { daysAgo } from "../router/days.ts";
import { route } from "../router/route.ts";
import { choice, day, id, numberOf, place } from "../router/search.ts";
import auditQuery from "./__generated__/AuditScreenQuery$parameters.ts";
import historyQuery from "./__generated__/HistoryScreenQuery$parameters.ts";
import settingsQuery from "./__generated__/SettingsScreenQuery$parameters.ts";
import tokensQuery from "./__generated__/TokensScreenQuery$parameters.ts";
import { EVENTS } from "./events.ts";

const paging = { size: numberOf(PAGE_SIZES), at: place() };

/** Team: its settings. */
export const settings = route({
  name: "settings",
  path: "/teams/:team/settings",
  query: settingsQuery,
  variables: ({ team }) => ({ team }),
  screen: () => import("./SettingsScreen.tsx"),
});

/** Team: its partner tokens. `ask` is the dialog that is open, and `token` the token that it is about. */
export const tokens = route({
  name: "tokens",
  path: "/teams/:team/settings/tokens",
  search: { ask: choice(["create", "rotate", "revoke"]), token: id("token"), ...paging },
  query: tokensQuery,
  variables: ({ team }, search) => ({ team, ...pageVariables(search.at, search.size) }),
  screen: () => import("./TokensScreen.tsx"),
});

/** Team: its audit log. */
export const audit = route({
  name: "audit",
  path: "/teams/:team/settings/audit",
  search: { action: choice(EVENTS), actor: id("user"), since: day(), until: day(), ...paging },
  query: auditQuery,
  variables: ({ team }, { action, actor, since, until, at, size }) => ({
    team,
    action,
    actor,
    since,
    until,
    ...pageVariables(at, size),
  }),
  screen: () => import("./AuditScreen.tsx"),
});

/** Team: who held a seat of a product on a day. */
export const history = route({
  name: "history",
  path: "/teams/:team/settings/history",
  search: { product: id("product"), on: day(), ...paging },
  query: historyQuery,
  variables: ({ team }, search) => ({
    team,
    product: search.product ?? "",
    hasProduct: search.product !== null,
    on: search.on ?? daysAgo(0),
    ...pageVariables(search.at, search.size),
  }),
  screen: () => import("./HistoryScreen.tsx"),
});

export const teamRoutes = [settings, tokens, audit, history];
