import { route } from "../router/route.ts";
import { choice, id } from "../router/search.ts";
import profileQuery from "./__generated__/ProfileScreenQuery$parameters.ts";
import securityQuery from "./__generated__/SecurityScreenQuery$parameters.ts";
import sessionsQuery from "./__generated__/SessionsScreenQuery$parameters.ts";

/** Profile: the viewer's names, language, address and password. */
export const profile = route({
  name: "profile",
  path: "/profile",
  search: { dialog: choice(["email", "password", "delete"]) },
  query: profileQuery,
  variables: () => ({}),
  screen: () => import("./ProfileScreen.tsx"),
});

/** Profile: the second factors of the viewer, and their sign-ins at the provider. */
export const security = route({
  name: "security",
  path: "/profile/security",
  search: {
    dialog: choice(["app", "removeApp", "codes", "passkey"]),
    rename: id("passkey"),
    remove: id("passkey"),
    unlink: id("identity"),
  },
  query: securityQuery,
  variables: () => ({}),
  screen: () => import("./SecurityScreen.tsx"),
});

/** Profile: where the viewer is signed in. */
export const sessions = route({
  name: "sessions",
  path: "/profile/sessions",
  query: sessionsQuery,
  variables: () => ({}),
  screen: () => import("./SessionsScreen.tsx"),
});

export const accessRoutes = [profile, security, sessions];
