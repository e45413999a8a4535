// All screens of the console. The gateway and the tests have this list from the build.
import { publicRoutes } from "./access/publicRoutes.ts";
import { accessRoutes } from "./access/routes.ts";
import { billingRoutes } from "./billing/routes.ts";
import { catalogueRoutes } from "./catalogue/routes.ts";
import { companiesRoutes } from "./companies/routes.ts";
import { contractsRoutes } from "./contracts/routes.ts";
import { explorerRoutes } from "./explorer/routes.ts";
import { groupsRoutes } from "./groups/routes.ts";
import { invitationsRoutes } from "./invitations/routes.ts";
import { noticesRoutes } from "./notices/routes.ts";
import { peopleRoutes } from "./people/routes.ts";
import type { AnyRoute } from "./router/route.ts";
import { seatsRoutes } from "./seats/routes.ts";
import { shellRoutes } from "./shell/routes.ts";
import { teamRoutes } from "./team/routes.ts";
import { usageRoutes } from "./usage/routes.ts";

/** All screens, one list an area. */
export const routes: readonly AnyRoute[] = [
  ...shellRoutes,
  ...catalogueRoutes,
  ...peopleRoutes,
  ...seatsRoutes,
  ...groupsRoutes,
  ...invitationsRoutes,
  ...billingRoutes,
  ...contractsRoutes,
  ...noticesRoutes,
  ...companiesRoutes,
  ...usageRoutes,
  ...teamRoutes,
  ...accessRoutes,
  ...publicRoutes,
  ...explorerRoutes,
];
