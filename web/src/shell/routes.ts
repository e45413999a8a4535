import { route } from "../router/route.ts";
import query from "./__generated__/HomeScreenQuery$parameters.ts";

/** The start. It leads to the team that was opened last. */
export const home = route({
  name: "home",
  path: "/",
  query,
  variables: () => ({}),
  screen: () => import("./HomeScreen.tsx"),
});

export const shellRoutes = [home];
