import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { choice, id, numberOf, place, text } from "../router/search.ts";
import byGroupQuery from "./__generated__/ByGroupScreenQuery$parameters.ts";
import groupQuery from "./__generated__/GroupScreenQuery$parameters.ts";

/** User Management, by group. */
export const byGroup = route({
  name: "byGroup",
  path: "/teams/:team/people/groups",
  search: { dialog: choice(["create", "defaults"]), size: numberOf(PAGE_SIZES), at: place() },
  query: byGroupQuery,
  variables: ({ team }, search) => ({ team, ...pageVariables(search.at, search.size) }),
  screen: () => import("./ByGroupScreen.tsx"),
});

/** One group: its members, and the products that it gives. */
export const group = route({
  name: "group",
  path: "/teams/:team/people/groups/:group",
  search: {
    search: text(),
    dialog: choice(["rename", "delete", "add", "takeOut", "move", "give"]),
    /** The product that the group is to give no more. */
    stop: id("product"),
    size: numberOf(PAGE_SIZES),
    at: place(),
  },
  query: groupQuery,
  variables: ({ team, group: groupId }, search) => ({
    team,
    group: groupId,
    filter: { groupId, search: search.search || null },
    ...pageVariables(search.at, search.size),
  }),
  screen: () => import("./GroupScreen.tsx"),
});

export const groupsRoutes = [byGroup, group];
