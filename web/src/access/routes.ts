import { route } from "../router/route.ts";
import query from "./__generated__/ProfileScreenQuery$parameters.ts";

/** Profile: the viewer's account, sessions and second factors. */
export const profile = route({
  name: "profile",
  path: "/profile",
  query,
  variables: () => ({}),
  screen: () => import("./ProfileScreen.tsx"),
});

export const accessRoutes = [profile];
