import { route } from "../router/route.ts";
import query from "./__generated__/BillingScreenQuery$parameters.ts";

/** Billing and Orders of a team. */
export const billing = route({
  name: "billing",
  path: "/teams/:team/billing",
  query,
  variables: ({ team }) => ({ team }),
  screen: () => import("./BillingScreen.tsx"),
});

export const billingRoutes = [billing];
