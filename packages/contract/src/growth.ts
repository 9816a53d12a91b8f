/** Value-added evaluation: measures, schemes, runs and results. Bands and intervals only; no order of schools, no pupil. */

import type {
  GrowthComparison,
  GrowthScheme,
  GrowthSummary,
  SchoolBrief,
  SchoolDetail,
  SourceKind,
} from "@xingfu/domain/growth";
import { Type } from "typebox";
import type { Static } from "typebox";
import { ImportIssue } from "./returns.ts";
import { defineRoute, download } from "./route.ts";
import {
  By,
  Id,
  IsoDate,
  IsoTime,
  SchoolCode,
  StageName,
  Year,
  domainRecord,
  nullable,
  oneOf,
  record,
  text,
} from "./shapes.ts";

export const MeasureKind = oneOf([
  "nationalMonitoring",
  "provincialMonitoring",
  "graduationExam",
  "schoolExam",
  "regionalExam",
  "fitness",
  "vision",
  "wellbeing",
  "satisfaction",
  "domainLevel",
] as const satisfies readonly SourceKind[]);

export const MeasureBatch = record({
  id: Id,
  kind: MeasureKind,
  year: Year,
  fileName: nullable(Type.String()),
  isSample: Type.Boolean(),
  pupils: Type.Integer(),
  /** of them exempt or not measured */
  missing: Type.Integer(),
  schools: Type.Integer(),
  firstOn: nullable(Type.String()),
  lastOn: nullable(Type.String()),
  by: By,
  undone: nullable(By),
});
export type MeasureBatch = Static<typeof MeasureBatch>;

/** What is loaded now of one kind and year, within the reader's reach. */
export const MeasureCoverage = record({
  kind: MeasureKind,
  year: Year,
  schools: Type.Integer(),
  pupils: Type.Integer(),
  missing: Type.Integer(),
});
export type MeasureCoverage = Static<typeof MeasureCoverage>;

/** Measures that are being read in; ask again until they are no longer running. */
export const MeasureImport = record({
  id: Id,
  kind: MeasureKind,
  year: Year,
  fileName: Type.String(),
  state: oneOf(["running", "loaded", "refused", "failed"]),
  rowsRead: Type.Integer(),
  errorCount: Type.Integer(),
  warningCount: Type.Integer(),
  /** the first 1,000 */
  issues: Type.Array(ImportIssue),
  /** why it was refused or failed, beside the issues; null = no other reason */
  refusal: nullable(record({ code: Type.String(), title: Type.String(), fields: Type.Unknown() })),
  batchId: nullable(Id),
  by: By,
});
export type MeasureImport = Static<typeof MeasureImport>;

export const DeclaredScheme = record({
  id: Id,
  documentNumber: Type.String(),
  declaration: domainRecord<GrowthScheme>("The scheme as it was declared."),
  recorded: By,
});
export type DeclaredScheme = Static<typeof DeclaredScheme>;

export const GrowthRun = record({
  id: Id,
  schemeId: Id,
  state: oneOf(["queued", "running", "done", "failed", "cancelled"]),
  /** 0–100 */
  progress: Type.Integer(),
  requested: By,
  startedAt: nullable(IsoTime),
  endedAt: nullable(IsoTime),
  /** who cancelled it */
  endedBy: nullable(Type.String()),
  failure: nullable(record({ code: Type.String(), fields: Type.Unknown() })),
  method: nullable(Type.String()),
  inputHash: nullable(Type.String()),
  inputRows: nullable(Type.Integer()),
  batchIds: nullable(Type.Array(Id)),
  firstLoadedAt: nullable(IsoTime),
  lastLoadedAt: nullable(IsoTime),
});
export type GrowthRun = Static<typeof GrowthRun>;

export const GrowthEvaluation = record({
  scheme: DeclaredScheme,
  run: GrowthRun,
  summary: domainRecord<GrowthSummary>("What names no school."),
  comparison: nullable(domainRecord<GrowthComparison>("Groups and checks; for readers of the whole district.")),
  /** schools within reach, by code */
  schools: Type.Array(domainRecord<SchoolBrief>("One school: band, value added, level, coverage.")),
});
export type GrowthEvaluation = Static<typeof GrowthEvaluation>;

export const SchoolEvaluation = record({
  scheme: DeclaredScheme,
  run: GrowthRun,
  summary: domainRecord<GrowthSummary>("What names no school."),
  brief: domainRecord<SchoolBrief>("Band, value added, level, coverage."),
  detail: domainRecord<SchoolDetail>("Years, sub-groups, without adjustments."),
});
export type SchoolEvaluation = Static<typeof SchoolEvaluation>;

const readers = ["assessment.read", "school.read"] as const;

export const growthRoutes = {
  listGrowthSchemes: defineRoute({
    part: "growth",
    summary: "Declared schemes, and the runs of them, newest first.",
    method: "GET",
    path: "/growth/schemes",
    access: readers,
    reply: record({ schemes: Type.Array(DeclaredScheme), runs: Type.Array(GrowthRun) }),
    errors: [],
  }),
  declareGrowthScheme: defineRoute({
    part: "growth",
    summary: "Declare a scheme; it never changes afterwards.",
    method: "POST",
    path: "/growth/schemes",
    access: ["growth.run"],
    body: record({
      documentNumber: text(100, 1),
      declaration: record({
        id: text(60, 1),
        title: text(200, 1),
        declaredOn: IsoDate,
        measure: record({
          kind: MeasureKind,
          form: oneOf(["score", "level", "distribution", "mean", "rank"]),
          label: text(100, 1),
          unit: text(20),
        }),
        stage: StageName,
        lastGrade: Type.Optional(Type.Integer({ minimum: 1, maximum: 6 })),
        years: Type.Array(Year, { minItems: 1, maxItems: 6 }),
        priors: Type.Unsafe<1 | 2>({ type: "integer", minimum: 1, maximum: 2 }),
        adjustments: Type.Array(oneOf(["sex", "age", "specialNeeds", "migrant"]), { maxItems: 4 }),
        subGroups: Type.Array(oneOf(["sex", "prior", "specialNeeds", "migrant"]), { maxItems: 4 }),
        minimumPupils: Type.Integer({ minimum: 1, maximum: 10_000 }),
        minimumSubGroup: Type.Integer({ minimum: 1, maximum: 10_000 }),
        falseAlarmRate: Type.Number({ minimum: 0, maximum: 1 }),
      }),
    }),
    reply: DeclaredScheme,
    errors: ["SOURCE_REFUSED", "GROWTH_SCHEME_INVALID", "ALREADY_EXISTS", "CONTENT_TYPE_REFUSED", "CSRF_REFUSED"],
  }),
  requestGrowthRun: defineRoute({
    part: "growth",
    summary: "Put a run of a scheme into the queue.",
    method: "POST",
    path: "/growth/schemes/:id/runs",
    access: ["growth.run"],
    params: record({ id: Id }),
    reply: GrowthRun,
    errors: ["ALREADY_EXISTS", "CSRF_REFUSED"],
  }),
  cancelGrowthRun: defineRoute({
    part: "growth",
    summary: "Cancel a run that waits or runs.",
    method: "POST",
    path: "/growth/runs/:id/cancel",
    access: ["growth.run"],
    params: record({ id: Id }),
    reply: GrowthRun,
    errors: ["RUN_ENDED", "CSRF_REFUSED"],
  }),
  readGrowthEvaluation: defineRoute({
    part: "growth",
    summary: "What a scheme's latest finished run found; null when none has finished.",
    method: "GET",
    path: "/growth/schemes/:id/evaluation",
    access: readers,
    params: record({ id: Id }),
    reply: record({ evaluation: nullable(GrowthEvaluation) }),
    errors: [],
  }),
  readSchoolGrowth: defineRoute({
    part: "growth",
    summary: "What the latest finished runs found of one school.",
    method: "GET",
    path: "/growth/schools/:code",
    access: ["school.read"],
    params: record({ code: SchoolCode }),
    reply: record({ evaluations: Type.Array(SchoolEvaluation) }),
    errors: [],
  }),
  readMeasures: defineRoute({
    part: "growth",
    summary: "How many measures are loaded, and the batches they came in. Never a measure.",
    method: "GET",
    path: "/growth/measures",
    access: ["school.read", "return.fill"],
    reply: record({ coverage: Type.Array(MeasureCoverage), batches: Type.Array(MeasureBatch) }),
    errors: [],
  }),
  importMeasures: defineRoute({
    part: "growth",
    summary: "Read in the measures of one kind and year, whole or not at all.",
    method: "POST",
    path: "/growth/measures/:kind/:year/imports",
    access: ["return.fill"],
    params: record({ kind: MeasureKind, year: Year }),
    upload: { maxBytes: 64 * 1024 * 1024, extensions: [".xlsx", ".csv"] },
    reply: MeasureImport,
    errors: [
      "SOURCE_REFUSED",
      "MEASURES_REFUSED",
      "BODY_TOO_LARGE",
      "CONTENT_TYPE_REFUSED",
      "FILE_UNREADABLE",
      "BUSY",
      "CSRF_REFUSED",
    ],
  }),
  readMeasureImport: defineRoute({
    part: "growth",
    summary: "Progress and outcome of an import of measures.",
    method: "GET",
    path: "/growth/measures/imports/:id",
    access: ["return.fill"],
    params: record({ id: Id }),
    reply: MeasureImport,
    errors: [],
  }),
  undoMeasures: defineRoute({
    part: "growth",
    summary: "Take a batch of measures back.",
    method: "POST",
    path: "/growth/measures/batches/:id/undo",
    access: ["return.fill"],
    params: record({ id: Id }),
    reply: MeasureBatch,
    errors: ["UNDO_REFUSED", "CSRF_REFUSED"],
  }),
  downloadMeasureTemplate: defineRoute({
    part: "growth",
    summary: "An empty file of measures to fill in.",
    method: "GET",
    path: "/growth/measures/:kind/:year/template",
    access: ["return.fill"],
    params: record({ kind: MeasureKind, year: Year }),
    reply: download,
    errors: ["SOURCE_REFUSED"],
  }),
};
