import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { choice, id, numberOf, oneOf, place } from "../router/search.ts";
import byProductQuery from "./__generated__/ByProductScreenQuery$parameters.ts";
import poolQuery from "./__generated__/PoolScreenQuery$parameters.ts";
import requestsQuery from "./__generated__/RequestsScreenQuery$parameters.ts";

/** User Management, by product: the pools of the team. */
export const byProduct = route({
  name: "byProduct",
  path: "/teams/:team/people/products",
  query: byProductQuery,
  variables: ({ team }) => ({ team }),
  screen: () => import("./ByProductScreen.tsx"),
});

/** One pool: who holds its seats, and who waits. */
export const pool = route({
  name: "pool",
  path: "/teams/:team/people/products/:product/:pool",
  search: { dialog: choice(["assign"]), size: numberOf(PAGE_SIZES), at: place() },
  query: poolQuery,
  variables: ({ team, product, pool: id }, search) => ({
    team,
    product,
    pool: id,
    ...pageVariables(search.at, search.size),
  }),
  screen: () => import("./PoolScreen.tsx"),
});

/** How a request can stand. */
export const REQUEST_STATES = ["OPEN", "GRANTED", "DENIED", "WITHDRAWN"] as const;

/** The requests for seats of the members of a team. */
export const requests = route({
  name: "requests",
  path: "/teams/:team/people/requests",
  search: {
    state: oneOf([...REQUEST_STATES, "ANY"]),
    grant: id("request"),
    deny: id("request"),
    size: numberOf(PAGE_SIZES),
    at: place(),
  },
  query: requestsQuery,
  variables: ({ team }, { state, at, size }) => ({
    team,
    state: state === "ANY" ? null : state,
    ...pageVariables(at, size),
  }),
  screen: () => import("./RequestsScreen.tsx"),
});

export const seatsRoutes = [byProduct, pool, requests];
