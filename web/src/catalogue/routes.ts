import { daysAgo } from "../router/days.ts";
import { route } from "../router/route.ts";
import { id } from "../router/search.ts";
import query from "./__generated__/ProductsScreenQuery$parameters.ts";

/** Products and Services: what the team has, and the viewer's seats. `request` is the product that is asked for. */
export const products = route({
  name: "products",
  path: "/teams/:team/products",
  search: { request: id("product") },
  query,
  variables: ({ team }) => ({ team, since: daysAgo(364) }), // no moment, so that Back finds the same data
  screen: () => import("./ProductsScreen.tsx"),
});

export const catalogueRoutes = [products];
