import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { numberOf, place } from "../router/search.ts";
import noticesQuery from "./__generated__/NoticesScreenQuery$parameters.ts";
import preferencesQuery from "./__generated__/PreferencesScreenQuery$parameters.ts";

/** Billing and Orders: what the contract managers were told by mail. */
export const notices = route({
  name: "notices",
  path: "/teams/:team/billing/notices",
  search: { size: numberOf(PAGE_SIZES), at: place() },
  query: noticesQuery,
  variables: ({ team }, search) => ({ team, ...pageVariables(search.at, search.size) }),
  screen: () => import("./NoticesScreen.tsx"),
});

/** Profile: how the viewer gets the notices of each kind. */
export const preferences = route({
  name: "preferences",
  path: "/profile/notices",
  query: preferencesQuery,
  variables: () => ({}),
  screen: () => import("./PreferencesScreen.tsx"),
});

export const noticesRoutes = [notices, preferences];
