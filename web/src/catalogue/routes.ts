import { route } from "../router/route.ts";
import query from "./__generated__/ProductsScreenQuery$parameters.ts";

/** Products and Services: what the team has, and the viewer's seats. */
export const products = route({
  name: "products",
  path: "/teams/:team/products",
  query,
  variables: () => ({}),
  screen: () => import("./ProductsScreen.tsx"),
});

export const catalogueRoutes = [products];
