import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { route } from "../router/route.ts";
import { numberOf, place } from "../router/search.ts";
import billingQuery from "./__generated__/BillingScreenQuery$parameters.ts";
import orderQuery from "./__generated__/OrderScreenQuery$parameters.ts";
import ordersQuery from "./__generated__/OrdersScreenQuery$parameters.ts";

/** Billing and Orders of a team: what is due, what was spent, and its seats. */
export const billing = route({
  name: "billing",
  path: "/teams/:team/billing",
  query: billingQuery,
  variables: ({ team }) => ({ team }),
  screen: () => import("./BillingScreen.tsx"),
});

/** Billing and Orders: all orders. */
export const orders = route({
  name: "orders",
  path: "/teams/:team/billing/orders",
  search: { size: numberOf(PAGE_SIZES), at: place() },
  query: ordersQuery,
  variables: ({ team }, search) => ({ team, ...pageVariables(search.at, search.size) }),
  screen: () => import("./OrdersScreen.tsx"),
});

/** One order: its lines and its invoice. */
export const order = route({
  name: "order",
  path: "/teams/:team/billing/orders/:order",
  query: orderQuery,
  variables: ({ order: id }) => ({ order: id }),
  screen: () => import("./OrderScreen.tsx"),
});

export const billingRoutes = [billing, orders, order];
