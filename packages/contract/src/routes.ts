/** The whole wire in one table. */

import { accountsRoutes } from "./accounts.ts";
import { auditRoutes } from "./audit.ts";
import { balanceRoutes } from "./balance.ts";
import { growthRoutes } from "./growth.ts";
import { evaluationRoutes } from "./evaluation.ts";
import { orgsRoutes } from "./orgs.ts";
import { overviewRoutes } from "./overview.ts";
import { pupilsRoutes } from "./pupils.ts";
import { returnsRoutes } from "./returns.ts";
import { sessionRoutes } from "./session.ts";
import { surveysRoutes } from "./surveys.ts";
import { systemRoutes } from "./system.ts";

export const routes = {
  ...sessionRoutes,
  ...overviewRoutes,
  ...balanceRoutes,
  ...evaluationRoutes,
  ...returnsRoutes,
  ...orgsRoutes,
  ...accountsRoutes,
  ...auditRoutes,
  ...pupilsRoutes,
  ...growthRoutes,
  ...surveysRoutes,
  ...systemRoutes,
};

export type Routes = typeof routes;
export type RouteName = keyof Routes;
