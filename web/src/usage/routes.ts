import { PAGE_SIZES, pageVariables } from "../parts/paging.ts";
import { daysAgo } from "../router/days.ts";
import { route } from "../router/route.ts";
import { id, numberOf, oneOf, place } from "../router/search.ts";
import query from "./__generated__/ReportingScreenQuery$parameters.ts";

/** The ranges of days that a person can choose. */
export const RANGES = ["30", "7", "90", "365"] as const;

/** Reporting: how much the seats are used. */
export const reporting = route({
  name: "reporting",
  path: "/teams/:team/reporting",
  search: { product: id("product"), days: oneOf(RANGES), size: numberOf(PAGE_SIZES), at: place() },
  query,
  variables: ({ team }, search) => ({
    team,
    product: search.product,
    since: daysAgo(Number(search.days) - 1),
    ...pageVariables(search.at, search.size),
  }),
  screen: () => import("./ReportingScreen.tsx"),
});

export const usageRoutes = [reporting];
