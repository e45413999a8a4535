import { route } from "../router/route.ts";
import query from "./__generated__/SettingsScreenQuery$parameters.ts";

/** Team: its settings, its partner tokens and its audit log. */
export const settings = route({
  name: "settings",
  path: "/teams/:team/settings",
  query,
  variables: () => ({}),
  screen: () => import("./SettingsScreen.tsx"),
});

export const teamRoutes = [settings];
