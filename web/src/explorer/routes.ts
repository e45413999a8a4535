import { route } from "../router/route.ts";
import query from "./__generated__/ExplorerScreenQuery$parameters.ts";

/** Explorer: GraphiQL within the shell. */
export const explorer = route({
  name: "explorer",
  path: "/explorer",
  query,
  variables: () => ({}),
  screen: () => import("./ExplorerScreen.tsx"),
});

export const explorerRoutes = [explorer];
