import { route } from "../router/route.ts";
import query from "./__generated__/ReportingScreenQuery$parameters.ts";

/** Reporting: how much the seats are used. */
export const reporting = route({
  name: "reporting",
  path: "/teams/:team/reporting",
  query,
  variables: () => ({}),
  screen: () => import("./ReportingScreen.tsx"),
});

export const usageRoutes = [reporting];
