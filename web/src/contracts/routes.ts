import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { choice, numberOf, place } from "../router/search.ts";
import contractsQuery from "./__generated__/ContractsScreenQuery$parameters.ts";
import subscriptionQuery from "./__generated__/SubscriptionScreenQuery$parameters.ts";

/** The contracts that serve a team, with their subscriptions. */
export const contracts = route({
  name: "contracts",
  path: "/teams/:team/contracts",
  search: { size: numberOf(PAGE_SIZES), at: place() },
  query: contractsQuery,
  variables: ({ team }, search) => ({ team, ...pageVariables(search.at, search.size) }),
  screen: () => import("./ContractsScreen.tsx"),
});

/** One subscription of a team: its terms, and the changes of its seats. */
export const subscription = route({
  name: "subscription",
  path: "/teams/:team/contracts/subscriptions/:subscription",
  search: { dialog: choice(["add", "reduce", "renew", "move", "autoRenew", "cancel", "contact"]) },
  query: subscriptionQuery,
  variables: ({ subscription: id }) => ({ subscription: id }),
  screen: () => import("./SubscriptionScreen.tsx"),
});

export const contractsRoutes = [contracts, subscription];
