/** Surveys: built and read by the commission; answered by people without an account. */

import type {
  AnswerValue,
  Form,
  PlannedStratum,
  SchoolResult,
  SurveyParty,
  SurveyResult,
  SurveyState,
} from "@xingfu/domain/survey";
import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute, download, nothing } from "./route.ts";
import { Id, IsoDate, StageName, Year, domainRecord, nullable, oneOf, record, text } from "./shapes.ts";

export const SurveyPartyName = oneOf([
  "pupils",
  "parents",
  "teachers",
  "principals",
  "deputies",
  "advisers",
  "public",
] as const satisfies readonly SurveyParty[]);
export const SurveyStateName = oneOf(["draft", "open", "closed"] as const satisfies readonly SurveyState[]);

const ShortId = text(40);
const Label = text(200);
const conditions = Type.Array(record({ question: ShortId, anyOf: Type.Array(ShortId, { maxItems: 40 }) }), {
  maxItems: 10,
});
const asked = { id: ShortId, text: text(500), note: text(500), isRequired: Type.Boolean(), showIf: conditions };
const leaves = Type.Array(text(100), { maxItems: 10 });
const counted = { isOverall: Type.Boolean(), leaves };
const scale = {
  points: Type.Integer({ minimum: 1, maximum: 20 }),
  lowLabel: Label,
  highLabel: Label,
  satisfiedFrom: Type.Integer({ minimum: 1, maximum: 20 }),
};
const choices = Type.Array(record({ id: ShortId, label: Label, isSatisfied: Type.Boolean() }), { maxItems: 40 });
const kindOf = <const K extends string>(kind: K) => Type.Literal(kind);

/** One question of a form; what may be wrong with it beyond its shape is the domain's `checkSurvey`. */
const SurveyQuestion = Type.Union([
  record({ kind: kindOf("single"), ...asked, ...counted, choices }),
  record({ kind: kindOf("multiple"), ...asked, choices, most: nullable(Type.Integer({ minimum: 1, maximum: 40 })) }),
  record({ kind: kindOf("scale"), ...asked, ...counted, ...scale, hasFaces: Type.Boolean() }),
  record({
    kind: kindOf("matrix"),
    ...asked,
    ...scale,
    rows: Type.Array(record({ id: ShortId, label: Label, leaves }), { maxItems: 40 }),
  }),
  record({ kind: kindOf("yesNo"), ...asked, ...counted, satisfiedIs: Type.Boolean() }),
  record({ kind: kindOf("text"), ...asked, most: Type.Integer({ minimum: 1, maximum: 2000 }) }),
]);
const SurveyFormShape = record({
  party: SurveyPartyName,
  greeting: text(500),
  sections: Type.Array(
    record({ id: ShortId, title: Label, questions: Type.Array(SurveyQuestion, { maxItems: 100 }) }),
    {
      maxItems: 20,
    },
  ),
});

/** A survey as the builder sends it. */
const SurveyInput = {
  title: text(100),
  year: Year,
  asker: text(100),
  purpose: text(500),
  opensOn: IsoDate,
  closesOn: IsoDate,
  forms: Type.Array(SurveyFormShape, { maxItems: 7 }),
};

const head = {
  id: Id,
  year: Year,
  title: Type.String(),
  opensOn: Type.String(),
  closesOn: Type.String(),
  state: SurveyStateName,
  isSample: Type.Boolean(),
  /** false = closed, but its answers have not been counted yet */
  hasResult: Type.Boolean(),
  changedBy: nullable(Type.String()),
  changedAt: Type.String(),
};
export const SurveyEntry = record({ ...head, parties: Type.Array(SurveyPartyName) });
export type SurveyEntry = Static<typeof SurveyEntry>;

export const Survey = record({
  ...head,
  asker: Type.String(),
  purpose: Type.String(),
  forms: Type.Array(domainRecord<Form>("a form of the survey")),
  revision: Type.Integer(),
});
export type Survey = Static<typeof Survey>;

const stratum = {
  /** school code, or the district's for who belongs to no school */
  unit: Type.String(),
  unitName: Type.String(),
  party: SurveyPartyName,
  stage: nullable(StageName),
};
export const SurveyStratum = record({
  ...stratum,
  population: Type.Integer(),
  sheets: Type.Integer(),
  toAsk: Type.Integer(),
  answers: Type.Integer(),
  unusedTokens: Type.Integer(),
});
export type SurveyStratum = Static<typeof SurveyStratum>;

export const SurveyLink = record({
  ...stratum,
  id: Id,
  label: Type.String(),
  /** what stands behind the # of the address */
  key: Type.String(),
  most: Type.Integer(),
  used: Type.Integer(),
});
export type SurveyLink = Static<typeof SurveyLink>;

/** Answers that are being counted; ask again until it is no longer running. */
export const SurveyCounting = record({
  state: oneOf(["running", "done", "cancelled", "failed"]),
  done: Type.Integer(),
  total: Type.Integer(),
});
export type SurveyCounting = Static<typeof SurveyCounting>;

/** What a person without an account sees of a survey. */
export const OpenSurveyForm = record({
  title: Type.String(),
  asker: Type.String(),
  purpose: Type.String(),
  closesOn: Type.String(),
  districtName: Type.String(),
  unitName: nullable(Type.String()),
  isSample: Type.Boolean(),
  party: SurveyPartyName,
  form: domainRecord<Form>("the form of the person's party"),
});
export type OpenSurveyForm = Static<typeof OpenSurveyForm>;

const params = record({ id: Id });
const manage = ["survey.manage"] as const;
const key = text(100, 1);

export const surveysRoutes = {
  listSurveys: defineRoute({
    part: "surveys",
    summary: "Surveys, newest first; people of schools see the closed ones.",
    method: "GET",
    path: "/surveys",
    access: ["survey.manage", "school.read"],
    reply: record({ surveys: Type.Array(SurveyEntry) }),
    errors: [],
  }),
  createSurvey: defineRoute({
    part: "surveys",
    summary: "Begin a survey.",
    method: "POST",
    path: "/surveys",
    access: manage,
    body: record(SurveyInput),
    reply: Survey,
    errors: ["CSRF_REFUSED"],
  }),
  readSurvey: defineRoute({
    part: "surveys",
    summary: "One survey with its forms.",
    method: "GET",
    path: "/surveys/:id",
    access: ["survey.manage", "school.read"],
    params,
    reply: Survey,
    errors: [],
  }),
  saveSurvey: defineRoute({
    part: "surveys",
    summary: "Replace a survey that is still being built.",
    method: "PUT",
    path: "/surveys/:id",
    access: manage,
    params,
    body: record({ ...SurveyInput, revision: Type.Integer({ minimum: 1 }) }),
    reply: Survey,
    errors: ["SURVEY_STATE", "CHANGED_MEANWHILE", "CSRF_REFUSED"],
  }),
  deleteSurvey: defineRoute({
    part: "surveys",
    summary: "Delete a survey that was never opened.",
    method: "DELETE",
    path: "/surveys/:id",
    access: manage,
    params,
    reply: nothing,
    errors: ["SURVEY_STATE", "CSRF_REFUSED"],
  }),
  planSurvey: defineRoute({
    part: "surveys",
    summary: "How many must be asked in each school; kept when `isKept`.",
    method: "POST",
    path: "/surveys/:id/plan",
    access: manage,
    params,
    body: record({
      stages: Type.Array(StageName, { minItems: 1, maxItems: 5 }),
      margin: Type.Number({ minimum: 0.005, maximum: 0.2 }),
      responseRate: Type.Number({ minimum: 0.05, maximum: 1 }),
      leastPerSchool: Type.Integer({ minimum: 0, maximum: 1000 }),
      others: record({
        deputies: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
        advisers: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
        public: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
      }),
      isKept: Type.Boolean(),
    }),
    reply: record({ strata: Type.Array(domainRecord<PlannedStratum>("a stratum of the plan")) }),
    errors: ["SURVEY_STATE", "NO_DATA", "SCHOOL_UNKNOWN", "CSRF_REFUSED"],
  }),
  openSurvey: defineRoute({
    part: "surveys",
    summary: "Open a survey; nothing of it changes from then on.",
    method: "POST",
    path: "/surveys/:id/open",
    access: manage,
    params,
    reply: Survey,
    errors: ["SURVEY_INVALID", "SURVEY_STATE", "CSRF_REFUSED"],
  }),
  closeSurvey: defineRoute({
    part: "surveys",
    summary: "Take no more answers and begin to count them; or count again what is closed.",
    method: "POST",
    path: "/surveys/:id/close",
    access: manage,
    params,
    reply: SurveyCounting,
    errors: ["SURVEY_STATE", "BUSY", "CSRF_REFUSED"],
  }),
  cancelCounting: defineRoute({
    part: "surveys",
    summary: "Stop counting; the survey stays closed and can be counted again.",
    method: "DELETE",
    path: "/surveys/:id/counting",
    access: manage,
    params,
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
  readSurveyProgress: defineRoute({
    part: "surveys",
    summary: "Sheets that came in by school and party, without what they say.",
    method: "GET",
    path: "/surveys/:id/progress",
    access: manage,
    params,
    reply: record({
      strata: Type.Array(SurveyStratum),
      flags: Type.Array(
        record({ unit: Type.String(), unitName: Type.String(), on: Type.String(), answers: Type.Integer() }),
      ),
    }),
    errors: [],
  }),
  listSurveyLinks: defineRoute({
    part: "surveys",
    summary: "Links that several people use.",
    method: "GET",
    path: "/surveys/:id/links",
    access: manage,
    params,
    reply: record({ links: Type.Array(SurveyLink) }),
    errors: [],
  }),
  makeSurveyLinks: defineRoute({
    part: "surveys",
    summary: "Make a link for every school and party that has none of this label.",
    method: "POST",
    path: "/surveys/:id/links",
    access: manage,
    params,
    body: record({ party: Type.Optional(SurveyPartyName), label: text(50) }),
    reply: record({ links: Type.Array(SurveyLink) }),
    errors: ["SURVEY_STATE", "CSRF_REFUSED"],
  }),
  deleteSurveyLink: defineRoute({
    part: "surveys",
    summary: "Take a link back.",
    method: "DELETE",
    path: "/surveys/:id/links/:link",
    access: manage,
    params: record({ id: Id, link: Id }),
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
  issueSurveyTokens: defineRoute({
    part: "surveys",
    summary: "Make one-time tokens; they are shown in this reply and never again.",
    method: "POST",
    path: "/surveys/:id/tokens",
    access: manage,
    params,
    body: record({
      unit: text(20, 1),
      party: SurveyPartyName,
      stage: nullable(StageName),
      count: Type.Integer({ minimum: 1, maximum: 10_000 }),
      replace: Type.Boolean(),
    }),
    reply: record({ keys: Type.Array(Type.String()) }),
    errors: ["SURVEY_STATE", "CSRF_REFUSED"],
  }),
  readSurveyResult: defineRoute({
    part: "surveys",
    summary: "What a closed survey says: the district, and the schools within reach that may be shown.",
    method: "GET",
    path: "/surveys/:id/result",
    access: ["survey.manage", "school.read"],
    params,
    reply: record({
      result: nullable(domainRecord<SurveyResult>("the district's sums")),
      schools: Type.Array(domainRecord<SchoolResult & { readonly unitName: string }>("one school and party")),
      counting: nullable(SurveyCounting),
    }),
    errors: [],
  }),
  listSurveyTexts: defineRoute({
    part: "surveys",
    summary: "A random part of what one party wrote, without what would point at a person.",
    method: "GET",
    path: "/surveys/:id/texts",
    access: manage,
    params,
    query: record({ party: SurveyPartyName }),
    reply: record({
      texts: Type.Array(record({ text: Type.String(), isSatisfied: Type.Boolean() })),
      total: Type.Integer(),
    }),
    errors: ["SURVEY_STATE"],
  }),
  exportSurvey: defineRoute({
    part: "surveys",
    summary: "The sheets of one party; schools that may not be shown without their names.",
    method: "GET",
    path: "/surveys/:id/export",
    access: manage,
    params,
    query: record({ party: SurveyPartyName, format: oneOf(["xlsx", "csv"]) }),
    reply: download,
    errors: ["SURVEY_STATE", "BUSY"],
  }),
  acceptSatisfaction: defineRoute({
    part: "surveys",
    summary: "Take the valid and satisfied sheets of each party over into the district's return.",
    method: "POST",
    path: "/surveys/:id/satisfaction",
    access: ["finding.record"],
    params,
    body: record({ parties: Type.Array(SurveyPartyName, { minItems: 1, maxItems: 7 }) }),
    reply: record({ batchId: Id }),
    errors: ["SURVEY_STATE", "YEAR_LOCKED", "RETURN_CLOSED", "CSRF_REFUSED"],
  }),
  openSurveyForm: defineRoute({
    part: "surveys",
    summary: "The form behind a link or token. The key travels in the body, so that no log keeps it.",
    method: "POST",
    path: "/survey-form",
    access: "public",
    isTraceless: true,
    body: record({ key }),
    reply: OpenSurveyForm,
    errors: ["SURVEY_REFUSED", "CSRF_REFUSED"],
  }),
  answerSurvey: defineRoute({
    part: "surveys",
    summary: "Hand in one sheet: when this answers, it is stored, and a token is spent.",
    method: "POST",
    path: "/survey-answer",
    access: "public",
    isTraceless: true,
    bodyBytes: 64 * 1024,
    body: record({
      key,
      party: SurveyPartyName,
      /** random, made by the browser; the same when a sheet is sent again because its reply was lost */
      sheetId: Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }),
      sheet: Type.Record(text(40), Type.Unsafe<AnswerValue>(Type.Unknown()), { maxProperties: 100 }),
    }),
    reply: nothing,
    errors: ["SURVEY_REFUSED", "SURVEY_SHEET_INVALID", "CSRF_REFUSED"],
  }),
};

/** What a survey's plan is made from. */
export type SurveyPlanInput = Static<(typeof surveysRoutes)["planSurvey"]["body"]>;
