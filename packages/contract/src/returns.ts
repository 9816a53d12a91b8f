/** Returns: template, import, batches, states with comments, deadlines. */

import type { DistrictYear, SchoolSection } from "@xingfu/domain/base";
import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute, download, nothing } from "./route.ts";
import {
  By,
  Id,
  IsoTime,
  ReturnStateName,
  SchoolCode,
  SectionName,
  Year,
  nullable,
  oneOf,
  pageOf,
  paging,
  record,
  text,
} from "./shapes.ts";

/** One problem of an imported file, at its cell. */
export const ImportIssue = record({
  sheet: Type.String(),
  section: nullable(SectionName),
  /** 1-based; null = the whole sheet or file */
  row: nullable(Type.Integer()),
  /** column letter */
  column: nullable(Type.String()),
  header: nullable(Type.String()),
  code: Type.String(),
  severity: oneOf(["error", "warning"]),
  value: nullable(Type.String()),
  expected: nullable(Type.String()),
  /** Chinese sentence: what, where and how to mend */
  message: Type.String(),
});
export type ImportIssue = Static<typeof ImportIssue>;

const CellValue = nullable(Type.Union([Type.String(), Type.Number(), Type.Boolean()]));

/** One difference between what is reported now and what the file would make of it. */
export const ImportChange = record({
  section: SectionName,
  kind: oneOf(["added", "removed", "changed"]),
  schoolCode: nullable(Type.String()),
  /** names the row within its section, e.g. class or staff code */
  key: Type.String(),
  /** null = the whole row was added or removed */
  column: nullable(Type.String()),
  before: CellValue,
  after: CellValue,
});
export type ImportChange = Static<typeof ImportChange>;

export const ImportState = oneOf(["checked", "loaded", "undone", "discarded"]);

/** A file that was read and checked. Nothing of it is loaded until one says so. */
export const ImportRecord = record({
  id: Id,
  year: Year,
  fileName: Type.String(),
  bytes: Type.Integer(),
  state: ImportState,
  by: By,
  errorCount: Type.Integer(),
  warningCount: Type.Integer(),
  /** true when there are more issues than are listed; the counts are exact */
  areIssuesCut: Type.Boolean(),
  /** rows in the file by section; only sections that are present */
  counts: Type.Record(Type.String(), Type.Integer()),
  /** what loading would change, by section */
  changes: Type.Array(
    record({ section: SectionName, added: Type.Integer(), removed: Type.Integer(), changed: Type.Integer() }),
  ),
  /** schools whose rows would change */
  schoolCodes: Type.Array(Type.String()),
  batchId: nullable(Id),
});
export type ImportRecord = Static<typeof ImportRecord>;

/** A change of reported data that went in as a whole and can be taken back as a whole. */
export const Batch = record({
  id: Id,
  year: Year,
  kind: oneOf(["import", "finding", "veto", "sample", "pupils", "edit"]),
  fileName: nullable(Type.String()),
  by: By,
  sections: Type.Array(SectionName),
  /** schools whose rows went in; 0 when only the commission's own sections did */
  schoolCount: Type.Integer(),
  rowCount: Type.Integer(),
  undone: nullable(By),
  canUndo: Type.Boolean(),
});
export type Batch = Static<typeof Batch>;

/** Where one school's return stands. */
export const SchoolReturn = record({
  schoolCode: Type.String(),
  school: Type.String(),
  type: Type.String(),
  groupName: nullable(Type.String()),
  state: ReturnStateName,
  /** last move; null = never moved */
  moved: nullable(By),
  isLate: Type.Boolean(),
  openComments: Type.Integer(),
  hasRows: Type.Boolean(),
});
export type SchoolReturn = Static<typeof SchoolReturn>;

/** A comment of the commission on one cell, or on the whole return when row and column are null. */
export const CellComment = record({
  id: Id,
  section: nullable(SectionName),
  /** key of the row within its section */
  rowKey: nullable(Type.String()),
  column: nullable(Type.String()),
  text: Type.String(),
  by: By,
  isResolved: Type.Boolean(),
});
export type CellComment = Static<typeof CellComment>;

export const NewComment = record({
  section: nullable(SectionName),
  rowKey: nullable(text(200)),
  column: nullable(text(100)),
  text: text(1000, 1),
});

const schoolSectionNames = [
  "schools",
  "classes",
  "classBands",
  "staff",
  "staffCounts",
  "premises",
  "finance",
] as const satisfies readonly SchoolSection[];

/** A cell typed by hand; what it may hold is what the workbook's column takes. */
export const TypedCell = record({
  section: oneOf(schoolSectionNames),
  /** key of the row within its section */
  rowKey: text(200, 1),
  column: text(100, 1),
  /** as typed, amounts in yuan; "" = not reported */
  text: text(1000),
  /** canonical text of the value one saw there; when another stands there by now, nothing is changed */
  seen: text(4000, 1),
});
export type TypedCell = Static<typeof TypedCell>;

/** A problem the cross-row checks find in the rows as they are loaded. */
export const LoadedProblem = record({
  section: SectionName,
  /** position in the section's rows, from 0; null = the section as a whole */
  index: nullable(Type.Integer()),
  column: nullable(Type.String()),
  code: Type.String(),
  severity: oneOf(["error", "warning"]),
  value: nullable(Type.String()),
  expected: nullable(Type.String()),
});

/** One school's return: its rows, where it stands, what was said about it. */
export const SchoolReturnDetail = record({
  school: SchoolReturn,
  /** the school's own rows, in the shape of a district's return; null = nothing reported yet */
  rows: Type.Unsafe<DistrictYear | null>({ type: ["object", "null"] }),
  comments: Type.Array(CellComment),
  moves: Type.Array(record({ from: ReturnStateName, to: ReturnStateName, note: Type.String(), by: By })),
  problems: Type.Array(LoadedProblem),
});
export type SchoolReturnDetail = Static<typeof SchoolReturnDetail>;

const year = record({ year: Year });
const id = record({ id: Id });

/** A district's workbook is about 2 MB; staff of a very large district about 10 MB. */
export const workbookUpload = { maxBytes: 32 * 1024 * 1024, extensions: [".xlsx", ".csv"] } as const;

export const returnsRoutes = {
  downloadTemplate: defineRoute({
    part: "returns",
    summary: "The workbook template; filled with the rows the actor may see when filled=true.",
    method: "GET",
    path: "/returns/:year/template",
    access: ["return.fill", "assessment.read"],
    params: year,
    query: record({ filled: Type.Optional(Type.Boolean()) }),
    reply: download,
    errors: ["BUSY"],
  }),
  checkImport: defineRoute({
    part: "returns",
    summary: "Read and check a workbook or CSV; stores the file, loads nothing. A CSV names its section.",
    method: "POST",
    path: "/returns/:year/imports",
    access: ["return.fill"],
    params: year,
    query: record({
      section: Type.Optional(SectionName),
      /**
       * listed (default): schools without a row in the file stay as they are; all: they lose their rows in the
       * sections the file holds
       */
      replace: Type.Optional(oneOf(["listed", "all"])),
    }),
    upload: workbookUpload,
    reply: ImportRecord,
    errors: [
      "BODY_TOO_LARGE",
      "CONTENT_TYPE_REFUSED",
      "FILE_UNREADABLE",
      "RETURN_CLOSED",
      "YEAR_LOCKED",
      "BUSY",
      "CSRF_REFUSED",
    ],
  }),
  readImport: defineRoute({
    part: "returns",
    summary: "A checked import.",
    method: "GET",
    path: "/returns/imports/:id",
    access: ["return.fill"],
    params: id,
    reply: ImportRecord,
    errors: [],
  }),
  listImportIssues: defineRoute({
    part: "returns",
    summary: "Problems of a checked import, errors first, in the order of the sheets.",
    method: "GET",
    path: "/returns/imports/:id/issues",
    access: ["return.fill"],
    params: id,
    query: record({
      ...paging,
      severity: Type.Optional(oneOf(["error", "warning"])),
      section: Type.Optional(SectionName),
    }),
    reply: pageOf(ImportIssue),
    errors: [],
  }),
  listImportChanges: defineRoute({
    part: "returns",
    summary: "What loading a checked import would change, row by row.",
    method: "GET",
    path: "/returns/imports/:id/changes",
    access: ["return.fill"],
    params: id,
    query: record({ ...paging, section: Type.Optional(SectionName) }),
    reply: pageOf(ImportChange),
    errors: [],
  }),
  downloadMarked: defineRoute({
    part: "returns",
    summary: "The uploaded workbook with its faulty cells marked.",
    method: "GET",
    path: "/returns/imports/:id/marked",
    access: ["return.fill"],
    params: id,
    reply: download,
    errors: ["FILE_UNREADABLE", "BUSY"],
  }),
  loadImport: defineRoute({
    part: "returns",
    summary: "Load a checked import: whole or not at all.",
    method: "POST",
    path: "/returns/imports/:id/load",
    access: ["return.fill"],
    params: id,
    reply: Batch,
    errors: [
      "IMPORT_HAS_ERRORS",
      "IMPORT_STALE",
      "IMPORT_CLOSED",
      "RETURN_CLOSED",
      "YEAR_LOCKED",
      "SCHOOL_UNKNOWN",
      "OUT_OF_REACH",
      "CSRF_REFUSED",
    ],
  }),
  discardImport: defineRoute({
    part: "returns",
    summary: "Throw a checked import away.",
    method: "DELETE",
    path: "/returns/imports/:id",
    access: ["return.fill"],
    params: id,
    reply: nothing,
    errors: ["IMPORT_CLOSED", "CSRF_REFUSED"],
  }),
  listBatches: defineRoute({
    part: "returns",
    summary: "Batches of a year, newest first.",
    method: "GET",
    path: "/returns/:year/batches",
    access: ["return.fill", "assessment.read"],
    params: year,
    query: record({ ...paging }),
    reply: pageOf(Batch),
    errors: [],
  }),
  undoBatch: defineRoute({
    part: "returns",
    summary: "Take a batch back: the rows stand as they stood before it.",
    method: "POST",
    path: "/returns/batches/:id/undo",
    access: ["return.fill"],
    params: id,
    reply: Batch,
    errors: ["UNDO_REFUSED", "RETURN_CLOSED", "YEAR_LOCKED", "CSRF_REFUSED"],
  }),
  listStates: defineRoute({
    part: "returns",
    summary: "Where each school's return stands, and who is late.",
    method: "GET",
    path: "/returns/:year/states",
    access: ["school.read"],
    params: year,
    reply: record({ deadline: nullable(IsoTime), schools: Type.Array(SchoolReturn) }),
    errors: [],
  }),
  moveReturns: defineRoute({
    part: "returns",
    summary: "Move the returns of several schools; all or none.",
    method: "POST",
    path: "/returns/:year/states",
    access: ["return.submit", "return.verify"],
    params: year,
    body: record({
      schoolCodes: Type.Array(SchoolCode, { minItems: 1, maxItems: 1000 }),
      to: ReturnStateName,
      note: text(2000),
    }),
    reply: record({ schools: Type.Array(SchoolReturn) }),
    errors: ["TRANSITION_REFUSED", "CSRF_REFUSED"],
  }),
  readSchoolReturn: defineRoute({
    part: "returns",
    summary: "One school's rows, state, comments and open problems.",
    method: "GET",
    path: "/returns/:year/schools/:code",
    access: ["school.read"],
    params: record({ year: Year, code: SchoolCode }),
    reply: SchoolReturnDetail,
    errors: [],
  }),
  editReturn: defineRoute({
    part: "returns",
    summary:
      "Change single cells of a school's rows; all or none. Without a batch nothing was changed, and issues say why.",
    method: "POST",
    path: "/returns/:year/schools/:code/cells",
    access: ["return.fill"],
    params: record({ year: Year, code: SchoolCode }),
    body: record({ cells: Type.Array(TypedCell, { minItems: 1, maxItems: 500 }) }),
    reply: record({
      /** null = there is an error among the issues, or nothing changed */
      batch: nullable(Batch),
      /** what these cells make wrong; warnings do not keep them out */
      issues: Type.Array(ImportIssue),
    }),
    errors: ["CHANGED_MEANWHILE", "RETURN_CLOSED", "YEAR_LOCKED", "OUT_OF_REACH", "BUSY", "CSRF_REFUSED"],
  }),
  moveReturn: defineRoute({
    part: "returns",
    summary: "Submit, return with comments, verify, lock or unlock one school's return.",
    method: "POST",
    path: "/returns/:year/schools/:code/state",
    access: ["return.submit", "return.verify"],
    params: record({ year: Year, code: SchoolCode }),
    body: record({
      to: ReturnStateName,
      note: text(2000),
      comments: Type.Optional(Type.Array(NewComment, { maxItems: 500 })),
    }),
    reply: SchoolReturn,
    errors: ["TRANSITION_REFUSED", "CSRF_REFUSED"],
  }),
  resolveComment: defineRoute({
    part: "returns",
    summary: "Mark a comment as dealt with.",
    method: "POST",
    path: "/returns/comments/:id/resolve",
    access: ["return.fill", "return.verify"],
    params: id,
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
  setDeadline: defineRoute({
    part: "returns",
    summary: "Set or clear the day by which schools must have submitted.",
    method: "PUT",
    path: "/returns/:year/deadline",
    access: ["return.verify"],
    params: year,
    body: record({
      /** ISO time with offset */
      deadline: nullable(
        Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$" }),
      ),
    }),
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
};
