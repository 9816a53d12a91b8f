/** Addresses and the pages behind them. The first pages come with the program; every other is its own file. */

import {
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { isSchoolYear } from "@xingfu/domain/base";
import { overviewQuery, queryClient, sessionQuery, yearsQuery } from "../lib/query.ts";
import { chosenYear, readsOverview } from "../lib/session.ts";
import { Failed, Waiting } from "../ui/States.tsx";
import { Overview } from "../features/overview/Overview.tsx";
import { SignIn } from "../features/session/SignIn.tsx";
import { NotFound } from "./NotFound.tsx";
import { Shell } from "./shell.tsx";

/** What any address may carry: the school year one looks at. */
interface CommonSearch {
  readonly year?: number;
}

function commonSearch(search: Record<string, unknown>): CommonSearch {
  const year = Number(search["year"]);
  return isSchoolYear(year) ? { year } : {};
}

function oneText<K extends string>(
  search: Record<string, unknown>,
  ...names: readonly K[]
): { readonly [N in K]?: string } {
  const kept: { [N in K]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === "string" || typeof value === "number") kept[name] = String(value);
  }
  return kept;
}

const rootRoute = createRootRoute({
  validateSearch: commonSearch,
  search: { middlewares: [retainSearchParams(["year"])] },
  component: Outlet,
  notFoundComponent: NotFound,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search): { readonly back?: string } => oneText(search, "back"),
  component: SignIn,
});

const insideRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "inside",
  beforeLoad: async ({ location }) => {
    const session = await queryClient.query(sessionQuery);
    if (session === null) {
      const back = location.href === "/" ? {} : { back: location.href };
      throw redirect({ to: "/sign-in", search: back });
    }
    if (session.mustChangePassword && location.pathname !== "/account") {
      throw redirect({ to: "/account", search: {} });
    }
  },
  loader: async () => {
    const session = await queryClient.query(sessionQuery);
    if (session !== null && !session.mustChangePassword) await queryClient.query(yearsQuery);
  },
  component: Shell,
  notFoundComponent: NotFound,
});

/** Pages with forms, tables and dialogs: their look comes with the first of them, not with the first page. */
const workRoute = createRoute({
  getParentRoute: () => insideRoute,
  id: "work",
  component: lazyRouteComponent(() => import("./Work.tsx"), "Work"),
});

const overviewRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "/",
  loaderDeps: ({ search }) => ({ year: search.year }),
  // asked for before the frame is drawn, not after
  loader: async ({ deps }) => {
    const session = await queryClient.query(sessionQuery);
    if (session === null || session.mustChangePassword || !readsOverview(session)) return;
    const year = chosenYear(deps.year, await queryClient.query(yearsQuery));
    queryClient.query(overviewQuery(year)).catch(() => undefined); // the page reports a failure
  },
  component: Overview,
});

const accountRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/session/Account.tsx"), "Account"),
});

const balanceRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/balance",
  validateSearch: (search): { readonly school?: string } => oneText(search, "school"),
  component: lazyRouteComponent(() => import("../features/balance/BalancePages.tsx"), "BalancePages"),
});
const balancePage = <const P extends string>(path: P) => ({ getParentRoute: () => balanceRoute, path }) as const;
const boardRoute = createRoute({
  ...balancePage("/"),
  component: lazyRouteComponent(() => import("../features/balance/Board.tsx"), "Board"),
});
const heatRoute = createRoute({
  ...balancePage("/schools"),
  component: lazyRouteComponent(() => import("../features/balance/Heat.tsx"), "Heat"),
});
const spreadRoute = createRoute({
  ...balancePage("/spread"),
  validateSearch: (search): { readonly at?: string } => oneText(search, "at"),
  component: lazyRouteComponent(() => import("../features/balance/Spread.tsx"), "Spread"),
});
const itemsRoute = createRoute({
  ...balancePage("/items"),
  validateSearch: (search): { readonly item?: string } => oneText(search, "item"),
  component: lazyRouteComponent(() => import("../features/balance/Items.tsx"), "Items"),
});
const missingRoute = createRoute({
  ...balancePage("/missing"),
  component: lazyRouteComponent(() => import("../features/balance/Missing.tsx"), "Missing"),
});
const whatIfRoute = createRoute({
  ...balancePage("/what-if"),
  validateSearch: (search): { readonly scenario?: string; readonly find?: string } =>
    oneText(search, "scenario", "find"),
  component: lazyRouteComponent(() => import("../features/balance/WhatIf.tsx"), "WhatIf"),
});
const yearsRoute = createRoute({
  ...balancePage("/years"),
  component: lazyRouteComponent(() => import("../features/balance/Years.tsx"), "Years"),
});
const reportRoute = createRoute({
  ...balancePage("/report"),
  validateSearch: (search): { readonly of?: string } => oneText(search, "of"),
  component: lazyRouteComponent(() => import("../features/balance/Report.tsx"), "Report"),
});

const growthRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/growth",
  validateSearch: (search): { readonly scheme?: string } => oneText(search, "scheme"),
  component: lazyRouteComponent(() => import("../features/growth/GrowthPages.tsx"), "GrowthPages"),
});
const growthPage = <const P extends string>(path: P) => ({ getParentRoute: () => growthRoute, path }) as const;
const growthResultsRoute = createRoute({
  getParentRoute: () => growthRoute,
  id: "results",
  component: lazyRouteComponent(() => import("../features/growth/GrowthPages.tsx"), "Results"),
});
const growthResult = <const P extends string>(path: P) => ({ getParentRoute: () => growthResultsRoute, path }) as const;
const growthOverviewRoute = createRoute({
  ...growthResult("/"),
  component: lazyRouteComponent(() => import("../features/growth/Overview.tsx"), "Overview"),
});
const growthPlaneRoute = createRoute({
  ...growthResult("/plane"),
  component: lazyRouteComponent(() => import("../features/growth/Plane.tsx"), "Plane"),
});
const growthGroupsRoute = createRoute({
  ...growthResult("/groups"),
  component: lazyRouteComponent(() => import("../features/growth/Groups.tsx"), "Groups"),
});
const growthSchemesRoute = createRoute({
  ...growthPage("/schemes"),
  component: lazyRouteComponent(() => import("../features/growth/Schemes.tsx"), "Schemes"),
});
const growthDataRoute = createRoute({
  ...growthPage("/data"),
  component: lazyRouteComponent(() => import("../features/growth/Data.tsx"), "Data"),
});
const growthMethodRoute = createRoute({
  ...growthPage("/method"),
  component: lazyRouteComponent(() => import("../features/growth/Method.tsx"), "Method"),
});
const growthSchoolRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/growth/schools/$code",
  component: lazyRouteComponent(() => import("../features/growth/School.tsx"), "School"),
});
const evaluationPage = <const P extends string>(path: P) => ({ getParentRoute: () => workRoute, path }) as const;
const roundsRoute = createRoute({
  ...evaluationPage("/evaluation"),
  component: lazyRouteComponent(() => import("../features/evaluation/Rounds.tsx"), "Rounds"),
});
const planRoundRoute = createRoute({
  ...evaluationPage("/evaluation/plan"),
  component: lazyRouteComponent(() => import("../features/evaluation/PlanRound.tsx"), "PlanRound"),
});
const roundBoardRoute = createRoute({
  ...evaluationPage("/evaluation/rounds/$round"),
  component: lazyRouteComponent(() => import("../features/evaluation/RoundBoard.tsx"), "RoundBoard"),
});
const roundInspectorsRoute = createRoute({
  ...evaluationPage("/evaluation/rounds/$round/inspectors"),
  component: lazyRouteComponent(() => import("../features/evaluation/RoundInspectors.tsx"), "RoundInspectors"),
});
const roundSummaryRoute = createRoute({
  ...evaluationPage("/evaluation/rounds/$round/summary"),
  component: lazyRouteComponent(() => import("../features/evaluation/Summary.tsx"), "Summary"),
});
const roundReportRoute = createRoute({
  ...evaluationPage("/evaluation/rounds/$round/report"),
  component: lazyRouteComponent(() => import("../features/evaluation/Reports.tsx"), "RoundReport"),
});
const ratersRoute = createRoute({
  ...evaluationPage("/evaluation/rounds/$round/raters"),
  component: lazyRouteComponent(() => import("../features/evaluation/Raters.tsx"), "Raters"),
});
const ownEvaluationsRoute = createRoute({
  ...evaluationPage("/evaluation/own"),
  component: lazyRouteComponent(() => import("../features/evaluation/Own.tsx"), "Own"),
});
const conflictsRoute = createRoute({
  ...evaluationPage("/evaluation/conflicts"),
  component: lazyRouteComponent(() => import("../features/evaluation/Conflicts.tsx"), "Conflicts"),
});
const issuesRoute = createRoute({
  ...evaluationPage("/evaluation/issues"),
  validateSearch: (search): { readonly issue?: string } => oneText(search, "issue"),
  component: lazyRouteComponent(() => import("../features/evaluation/Issues.tsx"), "Issues"),
});
const wayRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id"),
  component: lazyRouteComponent(() => import("../features/evaluation/Way.tsx"), "Way"),
});
const selfEvaluationRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id/self"),
  component: lazyRouteComponent(() => import("../features/evaluation/SelfEvaluation.tsx"), "SelfEvaluation"),
});
const reviewRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id/review"),
  validateSearch: (search): { readonly at?: string } => oneText(search, "at"),
  component: lazyRouteComponent(() => import("../features/evaluation/Review.tsx"), "Review"),
});
const moderationRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id/moderation"),
  component: lazyRouteComponent(() => import("../features/evaluation/Moderation.tsx"), "Moderation"),
});
const feedbackRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id/feedback"),
  component: lazyRouteComponent(() => import("../features/evaluation/FeedbackPage.tsx"), "FeedbackPage"),
});
const resultRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id/result"),
  component: lazyRouteComponent(() => import("../features/evaluation/Result.tsx"), "Result"),
});
const schoolReportRoute = createRoute({
  ...evaluationPage("/evaluation/schools/$id/report"),
  component: lazyRouteComponent(() => import("../features/evaluation/Reports.tsx"), "SchoolReport"),
});
const schemesRoute = createRoute({
  ...evaluationPage("/evaluation/schemes"),
  component: lazyRouteComponent(() => import("../features/evaluation/Schemes.tsx"), "Schemes"),
});
const schemeRoute = createRoute({
  ...evaluationPage("/evaluation/schemes/$id/$version"),
  component: lazyRouteComponent(() => import("../features/evaluation/SchemePage.tsx"), "SchemePage"),
});
const schemeDraftRoute = createRoute({
  ...evaluationPage("/evaluation/drafts/$draft"),
  component: lazyRouteComponent(() => import("../features/evaluation/SchemeDraft.tsx"), "SchemeDraftPage"),
});

const schoolsRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/schools",
  component: lazyRouteComponent(() => import("../features/orgs/Schools.tsx"), "Schools"),
});
const schoolRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/schools/$code",
  component: lazyRouteComponent(() => import("../features/orgs/Dossier.tsx"), "Dossier"),
});

const surveysRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/surveys",
  component: lazyRouteComponent(() => import("../features/surveys/Surveys.tsx"), "Surveys"),
});
const surveyRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/surveys/$id",
  component: lazyRouteComponent(() => import("../features/surveys/SurveyPages.tsx"), "SurveyPages"),
});
const surveyPage = <const P extends string>(path: P) => ({ getParentRoute: () => surveyRoute, path }) as const;
const surveyOutcomeRoute = createRoute({
  ...surveyPage("/"),
  component: lazyRouteComponent(() => import("../features/surveys/Outcome.tsx"), "Outcome"),
});
const surveyFormRoute = createRoute({
  ...surveyPage("/form"),
  component: lazyRouteComponent(() => import("../features/surveys/Builder.tsx"), "Builder"),
});
const surveyPlanRoute = createRoute({
  ...surveyPage("/plan"),
  component: lazyRouteComponent(() => import("../features/surveys/Plan.tsx"), "Plan"),
});
const surveyLinksRoute = createRoute({
  ...surveyPage("/links"),
  component: lazyRouteComponent(() => import("../features/surveys/Links.tsx"), "Links"),
});

const importRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/data/import",
  component: lazyRouteComponent(() => import("../features/returns/Import.tsx"), "Import"),
});
const importedRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/data/import/$id",
  component: lazyRouteComponent(() => import("../features/returns/CheckedImport.tsx"), "CheckedImport"),
});
const statesRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/data/states",
  component: lazyRouteComponent(() => import("../features/returns/States.tsx"), "States"),
});
const schoolReturnRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/data/states/$code",
  validateSearch: (search): { readonly section?: string } => oneText(search, "section"),
  component: lazyRouteComponent(() => import("../features/returns/SchoolReturn.tsx"), "SchoolReturnPage"),
});
const pupilsRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/data/pupils",
  component: lazyRouteComponent(() => import("../features/pupils/Pupils.tsx"), "Pupils"),
});
const standardsRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/data/standards",
  validateSearch: (search): { readonly at?: string } => oneText(search, "at"),
  component: lazyRouteComponent(() => import("../features/standards/Library.tsx"), "Library"),
});

const peopleRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/system/people",
  component: lazyRouteComponent(() => import("../features/accounts/People.tsx"), "People"),
});
const organisationRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/system/organisation",
  component: lazyRouteComponent(() => import("../features/orgs/Organisation.tsx"), "Organisation"),
});
const auditRoute = createRoute({
  getParentRoute: () => workRoute,
  path: "/system/audit",
  component: lazyRouteComponent(() => import("../features/audit/Audit.tsx"), "Audit"),
});

/** Any other address: said inside the frame, with all doors at hand. */
const elsewhereRoute = createRoute({ getParentRoute: () => insideRoute, path: "$", component: NotFound });

const galleryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/gallery",
  beforeLoad: () => {
    if (!import.meta.env.DEV) throw redirect({ to: "/", search: {} });
  },
  component: import.meta.env.DEV ? lazyRouteComponent(() => import("../gallery/Gallery.tsx"), "Gallery") : NotFound,
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  galleryRoute,
  insideRoute.addChildren([
    elsewhereRoute,
    overviewRoute,
    workRoute.addChildren([
      accountRoute,
      balanceRoute.addChildren([
        boardRoute,
        heatRoute,
        spreadRoute,
        itemsRoute,
        missingRoute,
        whatIfRoute,
        yearsRoute,
        reportRoute,
      ]),
      growthRoute.addChildren([
        growthResultsRoute.addChildren([growthOverviewRoute, growthPlaneRoute, growthGroupsRoute]),
        growthSchemesRoute,
        growthDataRoute,
        growthMethodRoute,
      ]),
      growthSchoolRoute,
      roundsRoute,
      planRoundRoute,
      roundBoardRoute,
      roundInspectorsRoute,
      roundSummaryRoute,
      roundReportRoute,
      ratersRoute,
      ownEvaluationsRoute,
      conflictsRoute,
      issuesRoute,
      wayRoute,
      selfEvaluationRoute,
      reviewRoute,
      moderationRoute,
      feedbackRoute,
      resultRoute,
      schoolReportRoute,
      schemesRoute,
      schemeRoute,
      schemeDraftRoute,
      schoolsRoute,
      schoolRoute,
      surveysRoute,
      surveyRoute.addChildren([surveyOutcomeRoute, surveyFormRoute, surveyPlanRoute, surveyLinksRoute]),
      importRoute,
      importedRoute,
      statesRoute,
      schoolReturnRoute,
      pupilsRoute,
      standardsRoute,
      peopleRoute,
      organisationRoute,
      auditRoute,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingMs: 100,
  defaultPendingMinMs: 0, // what is ready is shown; the skeleton has the shape of the page, so it does not flash
  defaultPendingComponent: () => (
    <div className="page">
      <Waiting lines={7} />
    </div>
  ),
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
