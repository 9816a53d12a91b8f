/** The pupil roll. Every read of names is logged. */

import { Type } from "typebox";
import type { Static } from "typebox";
import { ImportIssue } from "./returns.ts";
import { defineRoute } from "./route.ts";
import { By, Id, SchoolCode, StageName, Year, nullable, oneOf, pageOf, paging, record } from "./shapes.ts";

export const Pupil = record({
  schoolCode: Type.String(),
  pupilCode: Type.String(),
  name: Type.String(),
  sex: nullable(oneOf(["male", "female"])),
  birthDate: nullable(Type.String()),
  stage: StageName,
  grade: Type.Integer(),
  className: Type.String(),
  isMigrant: nullable(Type.Boolean()),
});
export type Pupil = Static<typeof Pupil>;

/** A roll that is being read in; ask again until it is no longer running. */
export const PupilImport = record({
  id: Id,
  year: Year,
  fileName: Type.String(),
  state: oneOf(["running", "loaded", "refused", "failed"]),
  rowsRead: Type.Integer(),
  /** rows of the roll that is loaded now: about how many to expect; null = none */
  rowsExpected: nullable(Type.Integer()),
  errorCount: Type.Integer(),
  warningCount: Type.Integer(),
  /** the first 1,000 */
  issues: Type.Array(ImportIssue),
  /** why it was refused or failed, beside the issues; null = no other reason */
  refusal: nullable(record({ code: Type.String(), title: Type.String(), fields: Type.Unknown() })),
  batchId: nullable(Id),
  by: By,
});
export type PupilImport = Static<typeof PupilImport>;

/** Pupils of one class, without names. */
export const ClassCount = record({
  schoolCode: Type.String(),
  stage: StageName,
  grade: Type.Integer(),
  className: Type.String(),
  pupils: Type.Integer(),
  migrantPupils: Type.Integer(),
});
export type ClassCount = Static<typeof ClassCount>;

export const pupilsRoutes = {
  countPupils: defineRoute({
    part: "pupils",
    summary: "Pupils per class, without names.",
    method: "GET",
    path: "/pupils/:year/classes",
    access: ["school.read"],
    params: record({ year: Year }),
    query: record({ school: SchoolCode }),
    reply: record({ classes: Type.Array(ClassCount) }),
    errors: [],
  }),
  listPupils: defineRoute({
    part: "pupils",
    summary: "Pupils of one school; the read is written to the audit.",
    method: "GET",
    path: "/pupils/:year",
    access: ["pupils.read"],
    params: record({ year: Year }),
    query: record({ ...paging, school: SchoolCode }),
    reply: pageOf(Pupil),
    errors: [],
  }),
  importPupils: defineRoute({
    part: "pupils",
    summary: "Read in a roll; replaces the rolls of the schools it names, whole or not at all.",
    method: "POST",
    path: "/pupils/:year/imports",
    access: ["return.fill"],
    params: record({ year: Year }),
    upload: { maxBytes: 64 * 1024 * 1024, extensions: [".xlsx", ".csv"] },
    reply: PupilImport,
    errors: [
      "BODY_TOO_LARGE",
      "CONTENT_TYPE_REFUSED",
      "FILE_UNREADABLE",
      "SCHOOL_UNKNOWN",
      "OUT_OF_REACH",
      "PUPIL_ELSEWHERE",
      "BUSY",
      "CSRF_REFUSED",
    ],
  }),
  readPupilImport: defineRoute({
    part: "pupils",
    summary: "Progress and outcome of a roll import.",
    method: "GET",
    path: "/pupils/imports/:id",
    access: ["return.fill"],
    params: record({ id: Id }),
    reply: PupilImport,
    errors: [],
  }),
};
