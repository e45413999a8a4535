import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { choice, id, numberOf, place, sort, text } from "../router/search.ts";
import { columns, membersFilter, membersOrder } from "./filter.ts";
import byUserQuery from "./__generated__/ByUserScreenQuery$parameters.ts";
import memberQuery from "./__generated__/MemberScreenQuery$parameters.ts";

/** User Management, by user: the members of a team. */
export const byUser = route({
  name: "byUser",
  path: "/teams/:team/people",
  search: {
    search: text(),
    role: choice(["USER", "SOFTWARE_COORDINATOR", "CONTRACT_MANAGER"]),
    status: choice(["ACTIVE", "PENDING"]),
    product: id("product"),
    without: id("product"),
    group: id("group"),
    mail: choice(["REFUSED"]),
    unused: choice(["30", "90", "180"]),
    dialog: choice(["assign", "unassign", "group", "role", "remove"]),
    sort: sort(columns),
    size: numberOf(PAGE_SIZES),
    at: place(),
  },
  query: byUserQuery,
  variables: ({ team }, search) => ({
    team,
    filter: membersFilter(search),
    orderBy: membersOrder(search.sort),
    ...pageVariables(search.at, search.size),
  }),
  screen: () => import("./ByUserScreen.tsx"),
});

/** The page of one member of a team. */
export const member = route({
  name: "member",
  path: "/teams/:team/people/members/:member",
  search: { dialog: choice(["remove", "role", "groups"]) },
  query: memberQuery,
  variables: ({ team, member: id }) => ({ team, member: id }),
  screen: () => import("./MemberScreen.tsx"),
});

export const peopleRoutes = [byUser, member];
