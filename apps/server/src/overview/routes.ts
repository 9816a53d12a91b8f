import { routes } from "@xingfu/contract";
import type { Overview } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import type { BalanceAssessment } from "@xingfu/domain/balance";
import { indicators } from "@xingfu/domain/balance";
import { schoolYear } from "@xingfu/domain/base";
import type { SchoolYear, Verdict } from "@xingfu/domain/base";
import { listBatches, listStates, listYears } from "@xingfu/store";
import type { Batch, SchoolReturn, YearEntry } from "@xingfu/store";
import type { Assessments } from "../balance/assessments.ts";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import { reachOf } from "../session/sessions.ts";
import type { SignedIn } from "../session/sessions.ts";

/** Names listed on the first page; the rest is a number. */
const mostListed = 20;

export function serveOverview({ serve, store, assessments, shared, now }: Deps): void {
  serve(routes.listYears, async ({ session }) => {
    const years = await shared.read(`years ${reachOf(session)}`, () =>
      store.withActor(session.actor, (tx) => listYears(tx)),
    );
    return { years, current: currentYear(years, now()) };
  });

  serve(routes.readOverview, async ({ query, session }) => {
    // whether one may undo an import depends on the person unless the role fills in returns
    const person = may(session.grants, "return.fill") ? "" : session.actor.accountId;
    const key = `overview ${query.year} ${person} ${reachOf(session)}`;
    return shared.read(key, async () => PreparedJson.of(await readOverview(session, query.year)));
  });

  async function readOverview(session: SignedIn, asked: SchoolYear | undefined): Promise<OverviewReply> {
    const { district } = session.found;
    const readsReturns = may(session.grants, "school.read");
    const { year, returns, batches } = await store.withActor(session.actor, async (tx) => {
      const chosen = asked ?? currentYear(await listYears(tx), now());
      return {
        year: chosen,
        returns: readsReturns ? await listStates(tx, chosen) : { deadline: null, schools: [] },
        batches: readsReturns ? (await listBatches(tx, chosen, { size: 5 })).items : [],
      };
    });
    const balance = readsReturns ? await readBalance(assessments, session, year) : null;
    return {
      year,
      isSample: balance?.isSample ?? district.isSample,
      district: { code: district.code, name: district.name },
      balance: balance?.summary ?? null,
      returns: summarizeReturns(returns),
      recentImports: batches,
    };
  }
}

type OverviewReply = Omit<Overview, "recentImports"> & { readonly recentImports: readonly Batch[] };

/** The newest year with data, else the school year of the day: it begins on 1 September. */
function currentYear(years: readonly YearEntry[], now: Date): SchoolYear {
  const newest = years.find((entry) => entry.hasData);
  if (newest !== undefined) return newest.year;
  const [calendarYear = 0, month = 0] = chinaDay(now).split("-").map(Number);
  return schoolYear(month >= 9 ? calendarYear : calendarYear - 1);
}

async function readBalance(
  assessments: Assessments,
  session: SignedIn,
  year: SchoolYear,
): Promise<{ readonly isSample: boolean; readonly summary: NonNullable<Overview["balance"]> } | null> {
  try {
    const { reply } = await assessments.of(session, year);
    return { isSample: reply.assessment.isSample, summary: summarizeBalance(reply.assessment, reply.scope) };
  } catch (error) {
    if (error instanceof Refusal && error.code === "NO_DATA") return null;
    throw error;
  }
}

/** The pieces of the sentence that says where a district, or a school, stands. */
export function summarizeBalance(
  assessment: BalanceAssessment,
  scope: "district" | "own",
): NonNullable<Overview["balance"]> {
  const isWhole = scope === "district";
  const { rows, cv, items, vetoes, satisfaction } = assessment;
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  return {
    scope,
    verdict: isWhole ? assessment.verdict : null,
    parts: isWhole ? { ...assessment.parts } : null,
    rows: { met: count("met"), notMet: count("notMet"), notComputable: count("notComputable") },
    failingRows: rows
      .filter((row) => row.verdict === "notMet")
      .slice(0, mostListed)
      .map(({ schoolCode, school, phase, metCount, indicators: results }) => ({
        schoolCode,
        school,
        phase,
        metCount,
        indicators: indicators.filter((indicator) => results[indicator].verdict === "notMet"),
      })),
    failingCv: cv
      .filter((one) => one.verdict === "notMet")
      .map(({ phase, indicator, cv: value, limit }) => ({ phase, indicator, cv: value, limit })),
    failingItems: items.filter((item) => item.verdict === "notMet").map((item) => item.id),
    openItems: items.filter((item) => item.verdict === "notComputable").map((item) => item.id),
    failingVetoes: vetoes.filter((veto) => veto.verdict === "notMet").map((veto) => veto.id),
    openVetoes: vetoes.filter((veto) => veto.verdict === "notComputable").map((veto) => veto.id),
    satisfaction: isWhole
      ? { value: satisfaction.value, limit: satisfaction.limit, verdict: satisfaction.verdict }
      : null,
    gapCount: assessment.gaps.length,
  };
}

function summarizeReturns(states: {
  readonly deadline: string | null;
  readonly schools: readonly SchoolReturn[];
}): Overview["returns"] {
  const { deadline, schools } = states;
  const late = schools.filter((school) => school.isLate);
  const counts = { draft: 0, submitted: 0, returned: 0, verified: 0, locked: 0 } satisfies Record<ReturnState, number>;
  for (const school of schools) counts[school.state] += 1;
  return {
    deadline,
    counts,
    late: late.slice(0, mostListed).map(({ schoolCode, school, state }) => ({ schoolCode, school, state })),
    lateCount: late.length,
  };
}
