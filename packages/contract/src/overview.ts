/** The first page: what needs a decision today, as the pieces of its sentences. */

import type { Indicator } from "@xingfu/domain/balance";
import type { Phase, Verdict } from "@xingfu/domain/base";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Batch } from "./returns.ts";
import { defineRoute } from "./route.ts";
import { IsoTime, ReturnStateName, Year, nullable, oneOf, record } from "./shapes.ts";

export const VerdictName = oneOf(["met", "notMet", "notComputable"] as const satisfies readonly Verdict[]);
const PhaseName = oneOf(["primary", "junior"] as const satisfies readonly Phase[]);
const IndicatorName = oneOf(["R1", "R2", "R3", "R4", "R5", "R6", "R7"] as const satisfies readonly Indicator[]);

/** One year the district has, or may start. */
export const YearEntry = record({
  year: Year,
  hasData: Type.Boolean(),
  /** every school's return is locked */
  isLocked: Type.Boolean(),
  deadline: nullable(IsoTime),
});
export type YearEntry = Static<typeof YearEntry>;

export const Overview = record({
  year: Year,
  isSample: Type.Boolean(),
  district: record({ code: Type.String(), name: Type.String() }),
  /** null when the year has no data yet; a school's actor sees its own rows only */
  balance: nullable(
    record({
      /** the whole district, or only rows the actor may see */
      scope: oneOf(["district", "own"]),
      /** null for scope "own": one school does not make a verdict */
      verdict: nullable(VerdictName),
      parts: nullable(Type.Record(Type.String(), VerdictName)),
      rows: record({ met: Type.Integer(), notMet: Type.Integer(), notComputable: Type.Integer() }),
      /** schools and phases that are not met, at most 20 */
      failingRows: Type.Array(
        record({
          schoolCode: Type.String(),
          school: Type.String(),
          phase: PhaseName,
          metCount: Type.Integer(),
          indicators: Type.Array(IndicatorName),
        }),
      ),
      failingCv: Type.Array(
        record({ phase: PhaseName, indicator: IndicatorName, cv: nullable(Type.Number()), limit: Type.Number() }),
      ),
      /** ids of the items, e.g. G9 */
      failingItems: Type.Array(Type.String()),
      openItems: Type.Array(Type.String()),
      failingVetoes: Type.Array(Type.String()),
      openVetoes: Type.Array(Type.String()),
      satisfaction: nullable(record({ value: nullable(Type.Number()), limit: Type.Number(), verdict: VerdictName })),
      gapCount: Type.Integer(),
    }),
  ),
  returns: record({
    deadline: nullable(IsoTime),
    /** number of schools by state; a school without any return counts as draft */
    counts: Type.Record(ReturnStateName, Type.Integer()),
    /** schools past the deadline that have not submitted, at most 20 */
    late: Type.Array(record({ schoolCode: Type.String(), school: Type.String(), state: ReturnStateName })),
    lateCount: Type.Integer(),
  }),
  recentImports: Type.Array(Batch),
});
export type Overview = Static<typeof Overview>;

export const overviewRoutes = {
  readOverview: defineRoute({
    part: "overview",
    summary: "The pieces of the first page's sentences.",
    method: "GET",
    path: "/overview",
    access: "signedIn",
    query: record({ year: Type.Optional(Year) }),
    reply: Overview,
    errors: [],
  }),
  listYears: defineRoute({
    part: "overview",
    summary: "School years with data, newest first, and the current one.",
    method: "GET",
    path: "/years",
    access: "signedIn",
    reply: record({ years: Type.Array(YearEntry), current: Year }),
    errors: [],
  }),
};
