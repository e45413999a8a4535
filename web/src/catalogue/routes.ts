import { route } from "../router/route.ts";
import { id } from "../router/search.ts";
import query from "./__generated__/ProductsScreenQuery$parameters.ts";

/** Products and Services: what the team has, and the viewer's seats. `request` is the product that is asked for. */
export const products = route({
  name: "products",
  path: "/teams/:team/products",
  search: { request: id("product") },
  query,
  variables: ({ team }) => ({ team, since: lastYear() }),
  screen: () => import("./ProductsScreen.tsx"),
});

export const catalogueRoutes = [products];

/** The first day of the last year. It does not change within a day, so that Back finds the same data. */
function lastYear(): string {
  const date = new Date();
  date.setUTCDate(date.getUTCDate() - 364);
  return date.toISOString().slice(0, 10);
}
