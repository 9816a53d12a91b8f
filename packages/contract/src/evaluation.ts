/**
 * School evaluation on the wire: district schemes, rounds, one school's evaluation from plan to publication.
 *
 * What a caller gets of an evaluation depends on its state and the caller's side (`visibleFrom` of domain/scheme); what is
 * hidden is left out, and `isVisible` members say so. Every text that several people write carries a revision: a write names
 * the revision it was made on, and a stale one is refused with ENTRY_CHANGED and the current version.
 */

import type { Gap } from "@xingfu/domain/base";
import type { ReportModel } from "@xingfu/domain/report";
import type {
  EvaluationState,
  IssueState,
  Judgement as DomainJudgement,
  ModeratedJudgement,
  Mover,
  ReviewMethod,
  Scheme,
  Scorecard,
} from "@xingfu/domain/scheme";
import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute, download, nothing } from "./route.ts";
import {
  By,
  Id,
  IsoDate,
  IsoTime,
  SchoolCode,
  Year,
  domainRecord,
  nullable,
  oneOf,
  pageOf,
  paging,
  record,
  text,
} from "./shapes.ts";

// Words and small shapes ----------------------------------------------------------------------------------------------

export const EvaluationStateName = oneOf([
  "planned",
  "selfEvaluation",
  "submitted",
  "reviewed",
  "onSite",
  "moderated",
  "feedback",
  "appeal",
  "decided",
  "published",
] as const satisfies readonly EvaluationState[]);

/** Whom a person acts for on one evaluation. */
export const SideName = oneOf(["school", "commission", "inspector"] as const satisfies readonly Mover[]);

export const IssueStateName = oneOf([
  "recorded",
  "rectifying",
  "rectified",
  "closed",
  "withdrawn",
] as const satisfies readonly IssueState[]);

export const ReviewMethodName = oneOf([
  "documentReview",
  "onSiteCheck",
  "observation",
  "interview",
] as const satisfies readonly ReviewMethod[]);

const codePattern = "[A-Za-z][A-Za-z0-9.-]{0,59}";
/** id of a node, party, veto, piece of evidence or scheme */
export const SchemeCode = Type.String({ pattern: `^${codePattern}$` });
/** id of a leaf, or of a chapter of the self-evaluation ("chapter:character") */
export const SelfPlace = Type.String({ pattern: `^(chapter:)?${codePattern}$` });
export const SchemeVersion = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$" });
/** Made by the client, so that a repeated message is recognised. */
export const Uuid = Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" });
/** Time of a device, ISO with offset; kept, never trusted. */
export const DeviceTime = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$",
  maxLength: 40,
});
/** 0 = not written yet */
export const RevisionNumber = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

/** What a person judges; which kind and which levels a leaf takes is in its rule. */
export const Judgement = Type.Union([
  record({ kind: Type.Literal("rubric"), level: SchemeCode }),
  record({ kind: Type.Literal("yesNo"), isMet: Type.Boolean() }),
]);
export type Judgement = Static<typeof Judgement>;

/** Points as a share of full points, so that schemes of different totals stand side by side. */
const shareOfPoints = nullable(Type.Number({ minimum: 0, maximum: 1 }));

const year = record({ year: Year });
const id = record({ id: Id });
const conflictErrors = ["ENTRY_CHANGED", "EVALUATION_CLOSED", "CSRF_REFUSED"] as const;

/** A version of a scheme by its name. */
export const SchemeName = record({ scheme: SchemeCode, version: SchemeVersion });

// Schemes -------------------------------------------------------------------------------------------------------------

/** A scheme that can be planned with; it never changes. */
export const SchemeEntry = record({
  scheme: SchemeCode,
  version: Type.String(),
  title: Type.String(),
  /** shipped with the platform, or published by the district */
  origin: oneOf(["shipped", "district"]),
  /** points and rules are the district's own (区级规则) */
  isDistrictRule: Type.Boolean(),
  /** prefixes of 办学类型 */
  schoolTypes: Type.Array(Type.String()),
  points: Type.Number(),
  leafCount: Type.Integer(),
  usedByRounds: Type.Integer(),
  effectiveFrom: IsoDate,
  effectiveTo: nullable(IsoDate),
  /** hex sha256 of the canonical text of the compiled scheme */
  hash: Type.String(),
  /** what a district's scheme began as; null = from nothing, or shipped */
  copiedFrom: nullable(SchemeName),
  /** null for a shipped one */
  published: nullable(By),
});
export type SchemeEntry = Static<typeof SchemeEntry>;

/** One thing wrong with the text of a scheme. */
export const SchemeProblem = record({
  /** "areas/A1/children/B2/raters"; "" = the text as a whole */
  path: Type.String(),
  problem: Type.String(),
  mend: Type.String(),
  /** 1-based line of the text, where it is known */
  line: nullable(Type.Integer()),
});
export type SchemeProblem = Static<typeof SchemeProblem>;

/** A scheme being written. It is kept with its mistakes and cannot be planned with. */
export const SchemeDraft = record({
  id: Id,
  /** from the text; null while it has none */
  title: nullable(Type.String()),
  scheme: nullable(Type.String()),
  version: nullable(Type.String()),
  problemCount: Type.Integer(),
  copiedFrom: nullable(SchemeName),
  revision: RevisionNumber,
  created: By,
  updated: By,
});
export type SchemeDraft = Static<typeof SchemeDraft>;

const schemeText = text(400_000, 1);
/** A scheme being written: its text, or the record of one. */
const schemeInput = {
  source: Type.Optional(schemeText),
  written: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

/** The text with what the compiler says about it. */
export interface SchemeText {
  /** YAML */
  readonly source: string;
  /** the record the text holds, what `compileScheme` takes; null when the text is no record */
  readonly written: Readonly<Record<string, unknown>> | null;
  readonly problems: readonly SchemeProblem[];
  /** null when there are problems */
  readonly scheme: Scheme | null;
}
export interface SchemeDraftReply extends SchemeText {
  readonly draft: SchemeDraft;
}
export interface SchemeReply {
  readonly entry: SchemeEntry;
  /** YAML */
  readonly source: string;
  readonly written: Readonly<Record<string, unknown>>;
  readonly scheme: Scheme;
}

const PreviewSide = record({
  points: shareOfPoints,
  low: Type.Number(),
  high: Type.Number(),
  band: nullable(Type.String()),
});

/** A finished round scored again by a draft. Nothing is stored. */
export const SchemePreview = record({
  round: record({ id: Id, name: Type.String(), year: Year }),
  /** in the order of names */
  schools: Type.Array(
    record({ schoolCode: SchoolCode, school: Type.String(), before: PreviewSide, after: PreviewSide }),
  ),
  /** schools in each band, best band first; `band` null = not certain */
  before: Type.Array(record({ band: nullable(Type.String()), label: Type.String(), schools: Type.Integer() })),
  after: Type.Array(record({ band: nullable(Type.String()), label: Type.String(), schools: Type.Integer() })),
  /** leaves of the draft about which that round holds no rating, survey or figure of any school */
  leavesWithoutInput: Type.Array(Type.String()),
  /** ratings of that round the draft has no use for, by reason (`UnusedReason`) */
  unusedRatings: Type.Record(Type.String(), Type.Integer()),
});
export type SchemePreview = Static<typeof SchemePreview>;

// Rounds --------------------------------------------------------------------------------------------------------------

/** Last days, each included; days in China. */
export const RoundCalendar = record({
  selfEvaluationUntil: IsoDate,
  reviewUntil: IsoDate,
  onSiteUntil: IsoDate,
  /** days for an appeal after feedback; null = no appeal. That of the scheme unless planned otherwise */
  appealDays: nullable(Type.Integer({ minimum: 1, maximum: 90 })),
});
export type RoundCalendar = Static<typeof RoundCalendar>;

/** How many evaluations stand in each state; states without any are left out. */
const StateCounts = Type.Record(Type.String(), Type.Integer());

/** One yearly run of a scheme for many schools (评估轮次). */
export const Round = record({
  id: Id,
  name: Type.String(),
  year: Year,
  /** scheme, version and hash it was planned with; what happens to the scheme later changes nothing here */
  scheme: SchemeCode,
  schemeVersion: Type.String(),
  schemeTitle: Type.String(),
  schemeHash: Type.String(),
  calendar: RoundCalendar,
  /** inspectors each school should get; overlap between them makes severity measurable */
  ratersPerSchool: Type.Integer(),
  note: Type.String(),
  schools: Type.Integer(),
  states: StateCounts,
  isSample: Type.Boolean(),
  revision: RevisionNumber,
  created: By,
});
export type Round = Static<typeof Round>;

export interface RoundReply {
  readonly round: Round;
  readonly scheme: Scheme;
}

export const RoundInput = record({
  name: text(100, 1),
  calendar: RoundCalendar,
  ratersPerSchool: Type.Integer({ minimum: 1, maximum: 9 }),
  note: text(2000),
});
export type RoundInput = Static<typeof RoundInput>;

/** A school a scheme could be planned for. */
export const Candidate = record({
  schoolCode: SchoolCode,
  school: Type.String(),
  type: Type.String(),
  groupName: nullable(Type.String()),
  /** its type is one the scheme is for */
  isFit: Type.Boolean(),
  /** name of a round of the same year it is already in */
  alreadyIn: nullable(Type.String()),
});
export type Candidate = Static<typeof Candidate>;

/** What is overdue, since when. */
export const Late = record({
  what: oneOf(["selfEvaluation", "review", "onSite", "appealAnswer", "rectification"]),
  /** last day it should have been done */
  due: IsoDate,
  /** whole days since */
  days: Type.Integer(),
});
export type Late = Static<typeof Late>;

/** One school on the board of progress. */
export const BoardRow = record({
  evaluationId: Id,
  schoolCode: SchoolCode,
  school: Type.String(),
  type: Type.String(),
  groupName: nullable(Type.String()),
  state: EvaluationStateName,
  /** when it came into this state; null = since it was planned */
  since: nullable(IsoTime),
  late: nullable(Late),
  /** leaves the school has judged, of those it is asked about */
  self: record({ done: Type.Integer(), of: Type.Integer() }),
  /** pieces of evidence put in, of those asked for */
  evidence: record({ done: Type.Integer(), of: Type.Integer() }),
  /** leaves with a counted external rating, of those asked about; null where the caller may not know */
  review: nullable(record({ done: Type.Integer(), of: Type.Integer() })),
  /** inspectors; empty for anybody but the commission */
  inspectors: Type.Array(record({ accountId: Id, name: Type.String() })),
  /** entries kept apart */
  setApart: Type.Integer(),
  openIssues: Type.Integer(),
  overdueIssues: Type.Integer(),
  appealUntil: nullable(IsoDate),
  /** id and label; null while it is hidden from the caller or not certain */
  band: nullable(record({ id: Type.String(), label: Type.String() })),
});
export type BoardRow = Static<typeof BoardRow>;

/** Somebody to be reminded. */
export const Reminder = record({
  evaluationId: Id,
  schoolCode: SchoolCode,
  school: Type.String(),
  state: EvaluationStateName,
  late: Late,
  /** the school, the inspectors (by name) or the commission */
  whom: oneOf(["school", "inspector", "commission"]),
  names: Type.Array(Type.String()),
  /** of the ledger; null for a stage */
  issueId: nullable(Id),
});
export type Reminder = Static<typeof Reminder>;

/** A move that was refused: which evaluation and why (`MoveRefusal` of domain/scheme). */
export const RefusedMove = record({
  schoolCode: SchoolCode,
  school: Type.String(),
  state: EvaluationStateName,
  why: oneOf(["noSuchMove", "notTheirMove", "tooLate", "tooEarly", "reasonMissing", "noAppeal", "badTime"]),
});
export type RefusedMove = Static<typeof RefusedMove>;

// Inspectors ----------------------------------------------------------------------------------------------------------

export const ConflictKind = oneOf(["formerSchool", "relative", "other"]);

/** Why an inspector may not review a school (回避). */
export const Conflict = record({
  id: Id,
  accountId: Id,
  inspector: Type.String(),
  schoolCode: SchoolCode,
  school: Type.String(),
  kind: ConflictKind,
  note: Type.String(),
  /** last day it holds; null = for good */
  until: nullable(IsoDate),
  recorded: By,
});
export type Conflict = Static<typeof Conflict>;

/** Somebody who may review, with what is already on the plate. */
export const Inspector = record({
  accountId: Id,
  name: Type.String(),
  /** schools assigned in this round */
  schools: Type.Integer(),
  /** of those, schools with all leaves rated */
  finished: Type.Integer(),
  conflicts: Type.Array(record({ schoolCode: SchoolCode, school: Type.String(), kind: ConflictKind })),
});
export type Inspector = Static<typeof Inspector>;

export const Assignment = record({
  id: Id,
  evaluationId: Id,
  schoolCode: SchoolCode,
  school: Type.String(),
  accountId: Id,
  inspector: Type.String(),
  party: SchemeCode,
  assigned: By,
  /** null while it stands */
  withdrawn: nullable(
    record({
      by: By,
      reason: Type.String(),
      /** what was entered before still counts */
      keepsEntries: Type.Boolean(),
    }),
  ),
  /** leaves rated, of those the party is asked about */
  rated: Type.Integer(),
  of: Type.Integer(),
});
export type Assignment = Static<typeof Assignment>;

export const NewAssignment = record({ schoolCode: SchoolCode, accountId: Id, party: SchemeCode });
export type NewAssignment = Static<typeof NewAssignment>;

/** A plan of assignments; nothing is stored until it is assigned. */
export const AssignmentPlan = record({
  assignments: Type.Array(record({ ...NewAssignment.properties, school: Type.String(), inspector: Type.String() })),
  /** schools per inspector */
  load: Type.Array(record({ accountId: Id, inspector: Type.String(), schools: Type.Integer() })),
  /** pairs of inspectors who share a school directly or through others; severity can be compared only within one */
  connectedGroups: Type.Integer(),
  /** schools for which too few inspectors were free of conflicts */
  short: Type.Array(record({ schoolCode: SchoolCode, school: Type.String(), missing: Type.Integer() })),
});
export type AssignmentPlan = Static<typeof AssignmentPlan>;

/** An estimate with its interval. */
const Estimate = record({ value: Type.Number(), low: Type.Number(), high: Type.Number() });

/** Raters measured against each other. Shares of points. */
export const RaterReport = record({
  /** null = it could not be measured; `gap` says why */
  gap: nullable(Type.String()),
  confidence: Type.Number(),
  raters: Type.Array(
    record({
      accountId: Id,
      inspector: Type.String(),
      schools: Type.Integer(),
      ratings: Type.Integer(),
      /** below 0: stricter than the others; null = too few schools to tell */
      severity: nullable(Estimate),
      isCorrected: Type.Boolean(),
    }),
  ),
  /** by leaf: how far raters of the same school agree */
  agreement: Type.Array(
    record({
      node: Type.String(),
      /** ratings of schools with two raters or more */
      ratings: Type.Integer(),
      icc: nullable(Type.Number()),
      alpha: nullable(Type.Number()),
    }),
  ),
  /** by name, never by result */
  schools: Type.Array(
    record({
      schoolCode: SchoolCode,
      school: Type.String(),
      raters: Type.Integer(),
      raw: shareOfPoints,
      corrected: nullable(Estimate),
    }),
  ),
});
export type RaterReport = Static<typeof RaterReport>;

// One evaluation ------------------------------------------------------------------------------------------------------

/** One school in a round, as its pages are headed. */
export const Evaluation = record({
  id: Id,
  roundId: Id,
  round: Type.String(),
  year: Year,
  schoolCode: SchoolCode,
  school: Type.String(),
  type: Type.String(),
  state: EvaluationStateName,
  since: nullable(IsoTime),
  selfEvaluationUntil: IsoDate,
  reviewUntil: IsoDate,
  onSiteUntil: IsoDate,
  /** null before feedback and where there is no appeal */
  appealUntil: nullable(IsoDate),
  late: nullable(Late),
  /** sides the caller acts for here; empty for a reader */
  sides: Type.Array(SideName),
  /** moves the caller can make now */
  moves: Type.Array(record({ to: EvaluationStateName, by: SideName, needsReason: Type.Boolean() })),
  /** changes with everything that can change the result */
  revision: RevisionNumber,
  isSample: Type.Boolean(),
});
export type Evaluation = Static<typeof Evaluation>;

/** A step of the way so far. Names of inspectors are left out. */
export const MoveRecord = record({
  from: EvaluationStateName,
  to: EvaluationStateName,
  side: SideName,
  reason: Type.String(),
  name: nullable(Type.String()),
  at: IsoTime,
});
export type MoveRecord = Static<typeof MoveRecord>;

export interface EvaluationReply {
  readonly evaluation: Evaluation;
  readonly scheme: Scheme;
  readonly history: readonly MoveRecord[];
}

/** What the school says about one leaf, or writes in one chapter. */
export const SelfEntry = record({
  place: SelfPlace,
  /** null = not judged; always null for a chapter */
  judgement: nullable(Judgement),
  words: Type.String(),
  revision: RevisionNumber,
  by: By,
});
export type SelfEntry = Static<typeof SelfEntry>;

export const EvidenceKind = oneOf(["file", "link", "figure"]);

/** A piece of evidence of a leaf (佐证材料). */
export const EvaluationEvidence = record({
  id: Id,
  place: SchemeCode,
  /** piece the leaf asks for; null = something else that supports it */
  item: nullable(SchemeCode),
  kind: EvidenceKind,
  title: Type.String(),
  /** of a link */
  url: nullable(Type.String()),
  /** of a file */
  file: nullable(
    record({ name: Type.String(), mediaType: Type.String(), bytes: Type.Integer(), sha256: Type.String() }),
  ),
  /** of a figure */
  figure: nullable(Type.Unsafe<HeldFigure>({ type: "object" })),
  by: By,
});
export type EvaluationEvidence = Static<typeof EvaluationEvidence>;

/** A figure of the school the platform already holds. */
export interface HeldFigure {
  /** "balance.R3.primary" */
  readonly key: string;
  readonly label: string;
  readonly value: number | string | null;
  readonly unit: string;
  /** why there is no value */
  readonly gap: Gap | null;
  /** where it comes from: "优质均衡 2025-2026 学年填报" */
  readonly source: string;
  /** ISO date of what it rests on; null = nothing reported yet */
  readonly asOf: string | null;
}

/** A figure a leaf's rule takes: filled in by itself when a part of the platform computes it, else typed by the school. */
export interface SchemeFigure {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** "balance", "growth"; null = reported by the school */
  readonly part: string | null;
  readonly value: number | string | null;
  readonly source: string;
  readonly asOf: string | null;
  /** why a part could not give it */
  readonly gap: Gap | null;
  readonly revision: number;
}

/** What a leaf had in the school's own last round. */
export interface PreviousLeaf {
  readonly place: string;
  readonly judgement: DomainJudgement | null;
  readonly words: string;
  /** shares of points */
  readonly self: number | null;
  readonly external: number | null;
  readonly share: number | null;
}

export interface SelfReply {
  readonly evaluation: Evaluation;
  /** false while the school still writes and the caller is somebody else: everything below is then empty */
  readonly isVisible: boolean;
  /** the caller may write now */
  readonly isOpen: boolean;
  readonly entries: readonly SelfEntry[];
  readonly evidence: readonly EvaluationEvidence[];
  readonly figures: readonly SchemeFigure[];
  /** figures that can be put in as evidence */
  readonly held: readonly HeldFigure[];
  /** the school's own last round; null = there is none */
  readonly previous: {
    readonly round: string;
    readonly year: number;
    readonly leaves: readonly PreviousLeaf[];
    readonly issues: readonly Issue[];
  } | null;
}

// Review --------------------------------------------------------------------------------------------------------------

/** What one inspector wrote about one leaf by one method. */
export const ReviewEntry = record({
  id: Uuid,
  evaluationId: Id,
  place: SchemeCode,
  party: SchemeCode,
  method: ReviewMethodName,
  judgement: nullable(Judgement),
  words: Type.String(),
  revision: RevisionNumber,
  /** of the caller's own making */
  isOwn: Type.Boolean(),
  /** null where the caller may not know */
  inspector: nullable(Type.String()),
  accountId: nullable(Id),
  /** server's clock */
  savedAt: IsoTime,
  /** device's clock, kept as it was */
  writtenAt: IsoTime,
  /** seconds the device was ahead of the server when it sent; null = within two minutes */
  clockOffSeconds: nullable(Type.Integer()),
  /** why it does not count; null = it counts */
  setApart: nullable(oneOf(["assignmentWithdrawn", "arrivedLate"])),
  photos: Type.Array(
    record({
      id: Uuid,
      caption: Type.String(),
      mediaType: Type.String(),
      bytes: Type.Integer(),
      takenAt: nullable(IsoTime),
    }),
  ),
});
export type ReviewEntry = Static<typeof ReviewEntry>;

/** An entry as a device sends it. */
export const EntryInput = record({
  id: Uuid,
  evaluationId: Id,
  place: SchemeCode,
  party: SchemeCode,
  method: ReviewMethodName,
  judgement: nullable(Judgement),
  words: text(8000),
  /** revision the device had; 0 = a new entry */
  baseRevision: RevisionNumber,
  writtenAt: DeviceTime,
});
export type EntryInput = Static<typeof EntryInput>;

/** What became of one entry that was sent. */
export const SyncResult = record({
  id: Uuid,
  outcome: oneOf([
    "stored",
    /** the same entry was stored before; nothing changed */
    "replayed",
    /** somebody (or another device) changed it meanwhile; `current` is what stands, nothing was overwritten */
    "conflict",
    /** stored, but it does not count: the assignment was withdrawn, or the ratings are closed */
    "setApart",
    /** not stored; `why` says why */
    "refused",
  ]),
  current: nullable(ReviewEntry),
  why: nullable(
    oneOf([
      "notAssigned",
      /** the school still writes its self-evaluation */
      "closed",
      "unknownLeaf",
      "partyNotAsked",
      "wrongKind",
      "unknownLevel",
      /** an interview carries words only */
      "interviewRatesNothing",
      /** the id belongs to another leaf, method or person */
      "idTaken",
      /** neither a judgement nor words */
      "empty",
    ]),
  ),
});
export type SyncResult = Static<typeof SyncResult>;

/** Everything an inspector needs at a school without a network. */
export interface OfflinePack {
  readonly madeAt: string;
  readonly schemes: readonly { readonly roundId: number; readonly scheme: Scheme }[];
  readonly evaluations: readonly {
    readonly evaluation: Evaluation;
    readonly party: string;
    readonly self: readonly SelfEntry[];
    /** without the files */
    readonly evidence: readonly EvaluationEvidence[];
    readonly entries: readonly ReviewEntry[];
  }[];
}

export interface ReviewReply {
  readonly evaluation: Evaluation;
  /** parties the caller rates for here; empty for a reader */
  readonly parties: readonly string[];
  readonly isOpen: boolean;
  readonly entries: readonly ReviewEntry[];
  readonly vetoes: readonly VetoEntry[];
  readonly exemptions: readonly ExemptionEntry[];
}

export const VetoEntry = record({
  veto: SchemeCode,
  /** null = not checked yet */
  hasOccurred: nullable(Type.Boolean()),
  words: Type.String(),
  by: nullable(By),
});
export type VetoEntry = Static<typeof VetoEntry>;

export const ExemptionEntry = record({ place: SchemeCode, reason: Type.String(), by: By });
export type ExemptionEntry = Static<typeof ExemptionEntry>;

// Moderation, feedback, appeal ----------------------------------------------------------------------------------------

/** A leaf and party as the commission settles it. */
export interface ModerationLeaf {
  readonly place: string;
  readonly party: string;
  /** shares of points; null = open */
  readonly self: number | null;
  readonly external: number | null;
  /** ratings that count, by inspector */
  readonly ratings: readonly {
    readonly accountId: number;
    readonly inspector: string;
    readonly judgement: DomainJudgement;
    readonly share: number | null;
    readonly method: ReviewMethod;
    readonly words: string;
  }[];
  /** highest minus lowest share among inspectors; null below two */
  readonly spread: number | null;
  /** the self-rating is above the external one by what the scheme flags */
  readonly isFlagged: boolean;
  readonly moderated: {
    readonly judgement: ModeratedJudgement["judgement"];
    readonly reason: string;
    readonly revision: number;
    readonly by: By;
  } | null;
}

export interface ModerationReply {
  readonly evaluation: Evaluation;
  readonly isOpen: boolean;
  /** in the order of the scheme; those to be talked about first is for the page to sort */
  readonly leaves: readonly ModerationLeaf[];
  /** entries kept apart */
  readonly setApart: readonly ReviewEntry[];
  readonly scorecard: Scorecard;
}

/** What the commission writes to the school. */
export const Feedback = record({
  strengths: Type.String(),
  concerns: Type.String(),
  nextSteps: Type.String(),
  revision: RevisionNumber,
  by: nullable(By),
});
export type Feedback = Static<typeof Feedback>;

export const Appeal = record({
  id: Id,
  /** leaves it is about; [] = the result as a whole */
  places: Type.Array(SchemeCode),
  words: Type.String(),
  by: By,
  answer: nullable(record({ isUpheld: Type.Boolean(), words: Type.String(), by: By })),
});
export type Appeal = Static<typeof Appeal>;

// Ledger --------------------------------------------------------------------------------------------------------------

/** An issue of the rectification ledger (问题台账). */
export const Issue = record({
  id: Id,
  evaluationId: Id,
  schoolCode: SchoolCode,
  school: Type.String(),
  round: Type.String(),
  year: Year,
  place: nullable(SchemeCode),
  title: Type.String(),
  words: Type.String(),
  state: IssueStateName,
  /** who sets it right; "" = not named yet */
  owner: Type.String(),
  dueOn: nullable(IsoDate),
  isOverdue: Type.Boolean(),
  /** moves the caller can make now */
  moves: Type.Array(IssueStateName),
  revision: RevisionNumber,
  /** name left out for the school */
  recorded: record({ name: nullable(Type.String()), at: IsoTime }),
});
export type Issue = Static<typeof Issue>;

/** A step of an issue: a move, or words and files in between. */
export const IssueStep = record({
  id: Id,
  /** null = no move */
  to: nullable(IssueStateName),
  side: SideName,
  words: Type.String(),
  files: Type.Array(record({ id: Id, name: Type.String(), mediaType: Type.String(), bytes: Type.Integer() })),
  /** null for an inspector where the caller is the school */
  name: nullable(Type.String()),
  at: IsoTime,
});
export type IssueStep = Static<typeof IssueStep>;

export const IssueInput = record({
  place: nullable(SchemeCode),
  title: text(200, 1),
  words: text(4000),
  owner: text(100),
  dueOn: nullable(IsoDate),
});
export type IssueInput = Static<typeof IssueInput>;

// Result --------------------------------------------------------------------------------------------------------------

/** A round of the school before this one. */
export interface ResultYear {
  readonly evaluationId: number;
  readonly round: string;
  readonly year: number;
  readonly scheme: string;
  readonly schemeVersion: string;
  /** leaves can be compared one by one */
  readonly isSameTree: boolean;
  readonly share: number | null;
  readonly band: { readonly id: string; readonly label: string } | null;
  /** share of points by area */
  readonly areas: readonly { readonly id: string; readonly label: string; readonly share: number | null }[];
}

/** Where the parties disagree about a leaf. */
export interface Disagreement {
  readonly place: string;
  /** shares of points */
  readonly self: number | null;
  readonly external: number | null;
  /** lowest and highest party */
  readonly parties: { readonly lowest: string; readonly highest: string; readonly spread: number } | null;
  readonly isFlagged: boolean;
}

export interface EvaluationResult {
  readonly evaluation: Evaluation;
  /** false: hidden from the caller at this state; the members below are then null or empty */
  readonly isVisible: boolean;
  readonly scorecard: Scorecard | null;
  /** decided: the scorecard is the stored one and `hash` is that of its inputs */
  readonly isFinal: boolean;
  /** hex sha256 over the canonical text of scheme, evidence and ratings */
  readonly hash: string | null;
  readonly decidedAt: string | null;
  /** leaves with the highest shares, best first, at most five; only those that reach the best third of their points */
  readonly strengths: readonly string[];
  /** leaves with the lowest shares, at most five; only those below two thirds of their points */
  readonly concerns: readonly string[];
  readonly disagreements: readonly Disagreement[];
  /** the school's own rounds before, latest first, at most two */
  readonly years: readonly ResultYear[];
  /** a gap says why there is none */
  readonly valueAdded: { readonly band: string; readonly label: string; readonly source: string } | Gap;
  /** 一校一品, in the school's own words; "" = nothing written */
  readonly character: string;
  readonly feedback: Feedback | null;
  readonly issues: readonly Issue[];
  readonly appeals: readonly Appeal[];
}

/** One node over all schools of a round. Shares of points; never by school. */
export interface NodeDistribution {
  readonly id: string;
  readonly label: string;
  readonly schools: number;
  /** null below ten schools */
  readonly quartiles: readonly [number, number, number] | null;
  readonly selfMean: number | null;
  readonly externalMean: number | null;
  /** schools below 60 % of the points; null below ten schools */
  readonly low: number | null;
}

/** A round as the district sees it: distributions and bands, no league table. */
export interface RoundSummary {
  readonly round: Round;
  /** schools whose scorecard the caller may see and that have points */
  readonly scored: number;
  /** best band first; null = not certain yet */
  readonly bands: readonly { readonly band: string | null; readonly label: string; readonly schools: number }[];
  readonly nodes: readonly NodeDistribution[];
  /** schools whose self-rating is flagged, by name */
  readonly flagged: readonly { readonly schoolCode: string; readonly school: string }[];
  /** by name, or by need for support */
  readonly schools: readonly {
    readonly evaluationId: number;
    readonly schoolCode: string;
    readonly school: string;
    readonly type: string;
    readonly band: { readonly id: string; readonly label: string } | null;
    /** areas below 60 % of their points */
    readonly weakAreas: readonly string[];
    readonly openIssues: number;
    /** weak areas, limits not met and overdue issues, counted; the more, the sooner somebody should help */
    readonly need: number;
  }[];
  readonly issues: { readonly open: number; readonly overdue: number; readonly closed: number };
}

const evidenceUpload = {
  maxBytes: 20 * 1024 * 1024,
  extensions: [".pdf", ".docx", ".xlsx", ".pptx", ".jpg", ".jpeg", ".png", ".txt", ".zip"],
} as const;
const photoUpload = { maxBytes: 10 * 1024 * 1024, extensions: [".jpg", ".jpeg", ".png"] } as const;
const uploadErrors = [
  "BODY_TOO_LARGE",
  "CONTENT_TYPE_REFUSED",
  "FILE_UNREADABLE",
  "EVALUATION_CLOSED",
  "CSRF_REFUSED",
] as const;

/** Everybody who may see something of a school. */
const readers = ["school.read"] as const;

export const evaluationRoutes = {
  // schemes
  listSchemes: defineRoute({
    part: "evaluation",
    summary: "Schemes to plan with, shipped and published, and the drafts of the district.",
    method: "GET",
    path: "/evaluation/schemes",
    access: readers,
    reply: record({ schemes: Type.Array(SchemeEntry), drafts: Type.Array(SchemeDraft) }),
    errors: [],
  }),
  readScheme: defineRoute({
    part: "evaluation",
    summary: "One version of a scheme, compiled and as text.",
    method: "GET",
    path: "/evaluation/schemes/:scheme/versions/:version",
    access: readers,
    params: record({ scheme: SchemeCode, version: SchemeVersion }),
    reply: domainRecord<SchemeReply>("entry, source, written, scheme"),
    errors: [],
  }),
  checkScheme: defineRoute({
    part: "evaluation",
    summary: "Compile the text of a scheme without keeping it.",
    method: "POST",
    path: "/evaluation/schemes/check",
    access: ["evaluation.manage"],
    body: record(schemeInput),
    reply: domainRecord<SchemeText>("source, written, problems, scheme"),
    errors: ["CSRF_REFUSED"],
  }),
  createSchemeDraft: defineRoute({
    part: "evaluation",
    summary: "A draft from a text, or as a copy of a scheme.",
    method: "POST",
    path: "/evaluation/drafts",
    access: ["evaluation.manage"],
    body: record({
      ...schemeInput,
      /** begin as a copy, under a new id unless a text comes with it */
      copyOf: Type.Optional(SchemeName),
    }),
    reply: domainRecord<SchemeDraftReply>("draft, source, written, problems, scheme"),
    errors: ["CSRF_REFUSED"],
  }),
  readSchemeDraft: defineRoute({
    part: "evaluation",
    summary: "A draft with what the compiler says about it.",
    method: "GET",
    path: "/evaluation/drafts/:id",
    access: ["evaluation.manage"],
    params: id,
    reply: domainRecord<SchemeDraftReply>("draft, source, written, problems, scheme"),
    errors: [],
  }),
  saveSchemeDraft: defineRoute({
    part: "evaluation",
    summary: "Keep the text of a draft, mistakes and all.",
    method: "PUT",
    path: "/evaluation/drafts/:id",
    access: ["evaluation.manage"],
    params: id,
    body: record({ ...schemeInput, revision: RevisionNumber }),
    reply: domainRecord<SchemeDraftReply>("draft, source, written, problems, scheme"),
    errors: ["ENTRY_CHANGED", "CSRF_REFUSED"],
  }),
  deleteSchemeDraft: defineRoute({
    part: "evaluation",
    summary: "Throw a draft away.",
    method: "DELETE",
    path: "/evaluation/drafts/:id",
    access: ["evaluation.manage"],
    params: id,
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
  previewScheme: defineRoute({
    part: "evaluation",
    summary: "Score an earlier round again by a draft.",
    method: "POST",
    path: "/evaluation/drafts/:id/preview",
    access: ["evaluation.manage"],
    params: id,
    body: record({
      /** the latest round with decided evaluations when left out */
      roundId: Type.Optional(Id),
    }),
    reply: SchemePreview,
    errors: ["SCHEME_INVALID", "NO_ROUND", "CSRF_REFUSED"],
  }),
  publishScheme: defineRoute({
    part: "evaluation",
    summary: "Publish a draft as a version that never changes again.",
    method: "POST",
    path: "/evaluation/drafts/:id/publish",
    access: ["evaluation.manage"],
    params: id,
    body: record({ revision: RevisionNumber }),
    reply: SchemeEntry,
    errors: ["SCHEME_INVALID", "ALREADY_EXISTS", "ENTRY_CHANGED", "CSRF_REFUSED"],
  }),

  // rounds
  listRounds: defineRoute({
    part: "evaluation",
    summary: "Rounds the caller may see, latest first.",
    method: "GET",
    path: "/evaluation/rounds",
    access: readers,
    reply: record({ rounds: Type.Array(Round) }),
    errors: [],
  }),
  listCandidates: defineRoute({
    part: "evaluation",
    summary: "Schools a scheme could be planned for in a year.",
    method: "GET",
    path: "/evaluation/candidates/:year",
    access: ["evaluation.manage"],
    params: year,
    query: record({ scheme: SchemeCode, version: SchemeVersion }),
    reply: record({ schools: Type.Array(Candidate) }),
    errors: [],
  }),
  createRound: defineRoute({
    part: "evaluation",
    summary: "Plan a round: the scheme is kept with it, an evaluation is made for every school.",
    method: "POST",
    path: "/evaluation/rounds",
    access: ["evaluation.manage"],
    body: record({
      ...RoundInput.properties,
      year: Year,
      scheme: SchemeCode,
      schemeVersion: SchemeVersion,
      schoolCodes: Type.Array(SchoolCode, { minItems: 1, maxItems: 2000 }),
    }),
    reply: Round,
    errors: ["CALENDAR_INVALID", "SCHOOL_UNKNOWN", "ALREADY_EXISTS", "CSRF_REFUSED"],
  }),
  readRound: defineRoute({
    part: "evaluation",
    summary: "A round with the scheme it was planned with.",
    method: "GET",
    path: "/evaluation/rounds/:id",
    access: readers,
    params: id,
    reply: domainRecord<RoundReply>("round, scheme"),
    errors: [],
  }),
  updateRound: defineRoute({
    part: "evaluation",
    summary: "Change name, calendar or note; a new last day holds for every school.",
    method: "PUT",
    path: "/evaluation/rounds/:id",
    access: ["evaluation.manage"],
    params: id,
    body: record({ ...RoundInput.properties, revision: RevisionNumber }),
    reply: Round,
    errors: ["CALENDAR_INVALID", "ENTRY_CHANGED", "CSRF_REFUSED"],
  }),
  addRoundSchools: defineRoute({
    part: "evaluation",
    summary: "Take more schools into a round.",
    method: "POST",
    path: "/evaluation/rounds/:id/schools",
    access: ["evaluation.manage"],
    params: id,
    body: record({ schoolCodes: Type.Array(SchoolCode, { minItems: 1, maxItems: 2000 }) }),
    reply: Round,
    errors: ["SCHOOL_UNKNOWN", "ALREADY_EXISTS", "CSRF_REFUSED"],
  }),
  removeRoundSchool: defineRoute({
    part: "evaluation",
    summary: "Take a school out of a round; only while it is planned.",
    method: "DELETE",
    path: "/evaluation/rounds/:id/schools/:code",
    access: ["evaluation.manage"],
    params: record({ id: Id, code: SchoolCode }),
    reply: nothing,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  readBoard: defineRoute({
    part: "evaluation",
    summary: "Where every school of a round stands.",
    method: "GET",
    path: "/evaluation/rounds/:id/board",
    access: readers,
    params: id,
    reply: record({ round: Round, rows: Type.Array(BoardRow) }),
    errors: [],
  }),
  listReminders: defineRoute({
    part: "evaluation",
    summary: "Who is late with what, longest first.",
    method: "GET",
    path: "/evaluation/rounds/:id/reminders",
    access: ["evaluation.manage"],
    params: id,
    reply: record({ reminders: Type.Array(Reminder) }),
    errors: [],
  }),
  moveEvaluations: defineRoute({
    part: "evaluation",
    summary: "Move several schools of a round; those that cannot be moved are named and left as they are.",
    method: "POST",
    path: "/evaluation/rounds/:id/moves",
    access: ["evaluation.manage"],
    params: id,
    body: record({
      schoolCodes: Type.Array(SchoolCode, { minItems: 1, maxItems: 2000 }),
      to: EvaluationStateName,
      reason: text(2000),
    }),
    reply: record({ moved: Type.Array(SchoolCode), refused: Type.Array(RefusedMove) }),
    errors: ["CSRF_REFUSED"],
  }),
  recordSurveyCounts: defineRoute({
    part: "evaluation",
    summary: "Satisfied and all answers by school, leaf and party; replaces what was recorded of the same.",
    method: "PUT",
    path: "/evaluation/rounds/:id/survey-counts",
    access: ["evaluation.manage"],
    params: id,
    body: record({
      /** where they come from, as it is shown */
      source: text(200, 1),
      counts: Type.Array(
        record({
          schoolCode: SchoolCode,
          place: SchemeCode,
          party: SchemeCode,
          satisfied: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
          answers: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
        }),
        { minItems: 1, maxItems: 20_000 },
      ),
    }),
    bodyBytes: 4 * 1024 * 1024,
    reply: record({ stored: Type.Integer() }),
    errors: ["JUDGEMENT_REFUSED", "SCHOOL_UNKNOWN", "EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  readRoundSummary: defineRoute({
    part: "evaluation",
    summary: "Distributions, bands and areas of concern of a round.",
    method: "GET",
    path: "/evaluation/rounds/:id/summary",
    access: ["assessment.read"],
    params: id,
    reply: domainRecord<RoundSummary>("round, scored, bands, nodes, flagged, schools, issues"),
    errors: [],
  }),
  readRaters: defineRoute({
    part: "evaluation",
    summary: "Agreement and severity of the raters of a round, raw beside corrected.",
    method: "GET",
    path: "/evaluation/rounds/:id/raters",
    access: ["evaluation.manage"],
    params: id,
    reply: RaterReport,
    errors: ["BUSY"],
  }),
  readRoundReport: defineRoute({
    part: "evaluation",
    summary: "The district's report of a round, as a page shows it.",
    method: "GET",
    path: "/evaluation/rounds/:id/report",
    access: ["assessment.read"],
    params: id,
    reply: domainRecord<ReportModel>("headings, figures, sentences, sources"),
    errors: [],
  }),
  downloadRoundReport: defineRoute({
    part: "evaluation",
    summary: "The district's report of a round as a file.",
    method: "GET",
    path: "/evaluation/rounds/:id/report/file",
    access: ["assessment.read"],
    params: id,
    query: record({ format: oneOf(["docx", "xlsx"]) }),
    reply: download,
    errors: ["BUSY"],
  }),

  // inspectors
  listInspectors: defineRoute({
    part: "evaluation",
    summary: "Who may review, with load and conflicts.",
    method: "GET",
    path: "/evaluation/rounds/:id/inspectors",
    access: ["evaluation.manage"],
    params: id,
    reply: record({ inspectors: Type.Array(Inspector) }),
    errors: [],
  }),
  listAssignments: defineRoute({
    part: "evaluation",
    summary: "Who reviews which school of a round.",
    method: "GET",
    path: "/evaluation/rounds/:id/assignments",
    access: ["evaluation.manage"],
    params: id,
    reply: record({ assignments: Type.Array(Assignment) }),
    errors: [],
  }),
  assignInspectors: defineRoute({
    part: "evaluation",
    summary: "Assign inspectors to schools; all or none.",
    method: "POST",
    path: "/evaluation/rounds/:id/assignments",
    access: ["evaluation.manage"],
    params: id,
    body: record({ assignments: Type.Array(NewAssignment, { minItems: 1, maxItems: 5000 }) }),
    reply: record({ assignments: Type.Array(Assignment) }),
    errors: ["CONFLICT_OF_INTEREST", "ALREADY_EXISTS", "SCHOOL_UNKNOWN", "EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  planAssignments: defineRoute({
    part: "evaluation",
    summary: "Propose assignments: no conflicts, balanced load, enough overlap. Stores nothing.",
    method: "POST",
    path: "/evaluation/rounds/:id/assignments/plan",
    access: ["evaluation.manage"],
    params: id,
    body: record({
      party: SchemeCode,
      /** everybody who may review when left out */
      accountIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 500 })),
      ratersPerSchool: Type.Integer({ minimum: 1, maximum: 9 }),
      /** another seed gives another plan of the same quality */
      seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    }),
    reply: AssignmentPlan,
    errors: ["CSRF_REFUSED"],
  }),
  withdrawAssignment: defineRoute({
    part: "evaluation",
    summary: "Withdraw an inspector from a school. What comes in later is kept apart.",
    method: "POST",
    path: "/evaluation/assignments/:id/withdraw",
    access: ["evaluation.manage"],
    params: id,
    body: record({
      reason: text(500, 1),
      /** false: what was entered before does not count either */
      keepsEntries: Type.Boolean(),
    }),
    reply: Assignment,
    errors: ["ALREADY_EXISTS", "CSRF_REFUSED"],
  }),
  listConflicts: defineRoute({
    part: "evaluation",
    summary: "Pairs of inspectors and schools that must not meet.",
    method: "GET",
    path: "/evaluation/conflicts",
    access: ["evaluation.manage"],
    reply: record({ conflicts: Type.Array(Conflict) }),
    errors: [],
  }),
  recordConflict: defineRoute({
    part: "evaluation",
    summary: "Record a conflict of interest.",
    method: "POST",
    path: "/evaluation/conflicts",
    access: ["evaluation.manage"],
    body: record({
      accountId: Id,
      schoolCode: SchoolCode,
      kind: ConflictKind,
      note: text(500),
      until: nullable(IsoDate),
    }),
    reply: record({
      conflict: Conflict,
      /** assignments that stand against it and should be withdrawn */
      standing: Type.Array(Assignment),
    }),
    errors: ["ALREADY_EXISTS", "SCHOOL_UNKNOWN", "CSRF_REFUSED"],
  }),
  deleteConflict: defineRoute({
    part: "evaluation",
    summary: "Remove a conflict of interest recorded by mistake.",
    method: "DELETE",
    path: "/evaluation/conflicts/:id",
    access: ["evaluation.manage"],
    params: id,
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),

  // one evaluation
  listOwnEvaluations: defineRoute({
    part: "evaluation",
    summary: "Evaluations the caller fills in or reviews, latest round first.",
    method: "GET",
    path: "/evaluation/own",
    access: ["evaluation.fill", "evaluation.review"],
    reply: record({ evaluations: Type.Array(Evaluation) }),
    errors: [],
  }),
  readEvaluation: defineRoute({
    part: "evaluation",
    summary: "One evaluation: where it stands, its scheme, the way so far.",
    method: "GET",
    path: "/evaluation/evaluations/:id",
    access: readers,
    params: id,
    reply: domainRecord<EvaluationReply>("evaluation, scheme, history"),
    errors: [],
  }),
  moveEvaluation: defineRoute({
    part: "evaluation",
    summary: "Move one evaluation to another state. Feedback opens the time for appeals; a decision stores the result.",
    method: "POST",
    path: "/evaluation/evaluations/:id/move",
    access: ["evaluation.manage", "evaluation.review", "evaluation.fill"],
    params: id,
    body: record({
      to: EvaluationStateName,
      reason: text(2000),
      /** state the caller saw; the move is refused when it is another by now */
      from: EvaluationStateName,
    }),
    reply: Evaluation,
    errors: ["EVALUATION_MOVE_REFUSED", "CHANGED_MEANWHILE", "CSRF_REFUSED"],
  }),
  readSelf: defineRoute({
    part: "evaluation",
    summary: "The self-evaluation with evidence, figures and the school's last round beside it.",
    method: "GET",
    path: "/evaluation/evaluations/:id/self",
    access: readers,
    params: id,
    reply: domainRecord<SelfReply>("evaluation, isVisible, isOpen, entries, evidence, figures, held, previous"),
    errors: [],
  }),
  saveSelfEntry: defineRoute({
    part: "evaluation",
    summary: "Keep judgement and words of one leaf or chapter.",
    method: "PUT",
    path: "/evaluation/evaluations/:id/self/:place",
    access: ["evaluation.fill"],
    params: record({ id: Id, place: SelfPlace }),
    body: record({ judgement: nullable(Judgement), words: text(8000), revision: RevisionNumber }),
    reply: SelfEntry,
    errors: ["JUDGEMENT_REFUSED", ...conflictErrors],
  }),
  listSelfVersions: defineRoute({
    part: "evaluation",
    summary: "Every version of one leaf's self-evaluation, latest first.",
    method: "GET",
    path: "/evaluation/evaluations/:id/self/:place/versions",
    access: readers,
    params: record({ id: Id, place: SelfPlace }),
    reply: record({ versions: Type.Array(SelfEntry) }),
    errors: [],
  }),
  addEvaluationFile: defineRoute({
    part: "evaluation",
    summary: "Attach a file to a leaf. Programs and web pages are refused by their content.",
    method: "POST",
    path: "/evaluation/evaluations/:id/self/:place/files",
    access: ["evaluation.fill"],
    params: record({ id: Id, place: SchemeCode }),
    query: record({ item: Type.Optional(SchemeCode) }),
    upload: evidenceUpload,
    reply: EvaluationEvidence,
    errors: uploadErrors,
  }),
  addEvaluationLink: defineRoute({
    part: "evaluation",
    summary: "Attach an address to a leaf.",
    method: "POST",
    path: "/evaluation/evaluations/:id/self/:place/links",
    access: ["evaluation.fill"],
    params: record({ id: Id, place: SchemeCode }),
    body: record({
      item: nullable(SchemeCode),
      title: text(200, 1),
      url: Type.String({ pattern: "^https?://[^\\s/$.?#].[^\\s]*$", maxLength: 2000 }),
    }),
    reply: EvaluationEvidence,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  addEvaluationFigure: defineRoute({
    part: "evaluation",
    summary: "Attach a figure the platform already holds, as it stands now.",
    method: "POST",
    path: "/evaluation/evaluations/:id/self/:place/figures",
    access: ["evaluation.fill"],
    params: record({ id: Id, place: SchemeCode }),
    body: record({ item: nullable(SchemeCode), key: text(100, 1) }),
    reply: EvaluationEvidence,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  deleteEvaluationEvidence: defineRoute({
    part: "evaluation",
    summary: "Remove a piece of evidence; only while the school still writes.",
    method: "DELETE",
    path: "/evaluation/evidence/:id",
    access: ["evaluation.fill"],
    params: id,
    reply: nothing,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  readEvaluationFile: defineRoute({
    part: "evaluation",
    summary: "Download an evidence file.",
    method: "GET",
    path: "/evaluation/evidence/:id/file",
    access: readers,
    params: id,
    reply: download,
    errors: [],
  }),
  saveSchemeFigure: defineRoute({
    part: "evaluation",
    summary: "Type a figure that no part of the platform computes; null = known to be missing.",
    method: "PUT",
    path: "/evaluation/evaluations/:id/figures/:key",
    access: ["evaluation.fill"],
    params: record({ id: Id, key: SchemeCode }),
    body: record({
      value: nullable(Type.Union([Type.Number({ minimum: -1e12, maximum: 1e12 }), text(60, 1)])),
      revision: RevisionNumber,
    }),
    reply: domainRecord<SchemeFigure>("key, label, unit, part, value, source, asOf, gap, revision"),
    errors: ["JUDGEMENT_REFUSED", ...conflictErrors],
  }),

  // review
  readReview: defineRoute({
    part: "evaluation",
    summary: "Ratings of an evaluation: one's own until they are moderated, all for the commission.",
    method: "GET",
    path: "/evaluation/evaluations/:id/review",
    access: readers,
    params: id,
    reply: domainRecord<ReviewReply>("evaluation, parties, isOpen, entries, vetoes, exemptions"),
    errors: [],
  }),
  readOfflinePack: defineRoute({
    part: "evaluation",
    summary: "Everything an inspector takes along to the schools assigned.",
    method: "GET",
    path: "/evaluation/pack",
    access: ["evaluation.review"],
    query: record({ evaluationId: Type.Optional(Id) }),
    reply: domainRecord<OfflinePack>("madeAt, schemes, evaluations"),
    errors: [],
  }),
  syncEntries: defineRoute({
    part: "evaluation",
    summary: "Send entries, written online or off. Each is answered for itself; sending again changes nothing.",
    method: "POST",
    path: "/evaluation/entries",
    access: ["evaluation.review"],
    body: record({
      /** clock of the device as it sends */
      deviceNow: DeviceTime,
      entries: Type.Array(EntryInput, { minItems: 1, maxItems: 200 }),
    }),
    bodyBytes: 8 * 1024 * 1024,
    reply: record({
      serverNow: IsoTime,
      /** seconds the device is ahead; null = within two minutes */
      clockOffSeconds: nullable(Type.Integer()),
      results: Type.Array(SyncResult),
    }),
    errors: ["CSRF_REFUSED"],
  }),
  addEntryPhoto: defineRoute({
    part: "evaluation",
    summary: "Attach a photo to an entry; sending it again changes nothing.",
    method: "PUT",
    path: "/evaluation/entries/:entry/photos/:photo",
    access: ["evaluation.review"],
    params: record({ entry: Uuid, photo: Uuid }),
    query: record({ caption: Type.Optional(text(200)), takenAt: Type.Optional(DeviceTime) }),
    upload: photoUpload,
    reply: record({ id: Uuid, isReplayed: Type.Boolean() }),
    errors: uploadErrors,
  }),
  readEntryPhoto: defineRoute({
    part: "evaluation",
    summary: "A photo of an entry.",
    method: "GET",
    path: "/evaluation/photos/:photo",
    access: ["evaluation.review"],
    params: record({ photo: Uuid }),
    reply: download,
    errors: [],
  }),
  deleteEntryPhoto: defineRoute({
    part: "evaluation",
    summary: "Remove one's own photo while one still rates.",
    method: "DELETE",
    path: "/evaluation/photos/:photo",
    access: ["evaluation.review"],
    params: record({ photo: Uuid }),
    reply: nothing,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  setVeto: defineRoute({
    part: "evaluation",
    summary: "Record whether a veto has occurred.",
    method: "PUT",
    path: "/evaluation/evaluations/:id/vetoes/:veto",
    access: ["evaluation.manage"],
    params: record({ id: Id, veto: SchemeCode }),
    body: record({ hasOccurred: nullable(Type.Boolean()), words: text(2000) }),
    reply: VetoEntry,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  setVetoes: defineRoute({
    part: "evaluation",
    summary: "Record for every school of a round at once that no veto has occurred, where nothing else is recorded.",
    method: "POST",
    path: "/evaluation/rounds/:id/vetoes/cleared",
    access: ["evaluation.manage"],
    params: id,
    body: record({ words: text(2000) }),
    reply: record({ recorded: Type.Integer() }),
    errors: ["CSRF_REFUSED"],
  }),
  setExemption: defineRoute({
    part: "evaluation",
    summary: "Leave a node out for a school, where the scheme allows it; an empty reason takes it back.",
    method: "PUT",
    path: "/evaluation/evaluations/:id/exemptions/:place",
    access: ["evaluation.manage"],
    params: record({ id: Id, place: SchemeCode }),
    body: record({ reason: text(500) }),
    reply: record({ exemption: nullable(ExemptionEntry) }),
    errors: ["JUDGEMENT_REFUSED", "EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),

  // moderation, feedback, appeal
  readModeration: defineRoute({
    part: "evaluation",
    summary: "Leaf by leaf what each inspector said, what was settled, and the scorecard it makes.",
    method: "GET",
    path: "/evaluation/evaluations/:id/moderation",
    access: ["evaluation.manage"],
    params: id,
    reply: domainRecord<ModerationReply>("evaluation, isOpen, leaves, setApart, scorecard"),
    errors: [],
  }),
  moderateLeaf: defineRoute({
    part: "evaluation",
    summary: "Settle what a party says about a leaf; null takes it back.",
    method: "PUT",
    path: "/evaluation/evaluations/:id/moderation/:place/:party",
    access: ["evaluation.manage"],
    params: record({ id: Id, place: SchemeCode, party: SchemeCode }),
    body: record({ judgement: nullable(Judgement), reason: text(2000, 1), revision: RevisionNumber }),
    reply: record({ revision: RevisionNumber }),
    errors: ["JUDGEMENT_REFUSED", ...conflictErrors],
  }),
  readFeedback: defineRoute({
    part: "evaluation",
    summary: "What the commission writes to the school.",
    method: "GET",
    path: "/evaluation/evaluations/:id/feedback",
    access: readers,
    params: id,
    reply: record({ feedback: nullable(Feedback) }),
    errors: [],
  }),
  saveFeedback: defineRoute({
    part: "evaluation",
    summary: "Write to the school; it sees the words from feedback on.",
    method: "PUT",
    path: "/evaluation/evaluations/:id/feedback",
    access: ["evaluation.manage"],
    params: id,
    body: record({ strengths: text(4000), concerns: text(4000), nextSteps: text(4000), revision: RevisionNumber }),
    reply: Feedback,
    errors: conflictErrors,
  }),
  appeal: defineRoute({
    part: "evaluation",
    summary: "Appeal against the feedback, within the deadline.",
    method: "POST",
    path: "/evaluation/evaluations/:id/appeals",
    access: ["evaluation.fill"],
    params: id,
    body: record({ places: Type.Array(SchemeCode, { maxItems: 100 }), words: text(4000, 1) }),
    reply: Appeal,
    errors: ["EVALUATION_MOVE_REFUSED", "CSRF_REFUSED"],
  }),
  answerAppeal: defineRoute({
    part: "evaluation",
    summary: "Answer an appeal: upheld goes back to moderation, otherwise it is decided.",
    method: "POST",
    path: "/evaluation/evaluations/:id/appeals/:appeal/answer",
    access: ["evaluation.manage"],
    params: record({ id: Id, appeal: Id }),
    body: record({ isUpheld: Type.Boolean(), words: text(4000, 1) }),
    reply: Appeal,
    errors: ["EVALUATION_MOVE_REFUSED", "ALREADY_EXISTS", "CSRF_REFUSED"],
  }),

  // result
  readResult: defineRoute({
    part: "evaluation",
    summary: "A school's result, as far as the caller may see it.",
    method: "GET",
    path: "/evaluation/evaluations/:id/result",
    access: readers,
    params: id,
    reply: domainRecord<EvaluationResult>("evaluation, isVisible, scorecard, isFinal, hash, years, valueAdded …"),
    errors: [],
  }),
  readEvaluationReport: defineRoute({
    part: "evaluation",
    summary: "A school's report as a page shows it.",
    method: "GET",
    path: "/evaluation/evaluations/:id/report",
    access: readers,
    params: id,
    reply: domainRecord<ReportModel>("headings, figures, sentences, sources"),
    errors: [],
  }),
  downloadEvaluationReport: defineRoute({
    part: "evaluation",
    summary: "A school's report as a file.",
    method: "GET",
    path: "/evaluation/evaluations/:id/report/file",
    access: ["report.export"],
    params: id,
    query: record({ format: oneOf(["docx", "xlsx"]) }),
    reply: download,
    errors: ["BUSY"],
  }),

  // ledger
  listIssues: defineRoute({
    part: "evaluation",
    summary: "Issues of the rectification ledger, overdue first, then by due day.",
    method: "GET",
    path: "/evaluation/issues",
    access: readers,
    query: record({
      ...paging,
      roundId: Type.Optional(Id),
      evaluationId: Type.Optional(Id),
      schoolCode: Type.Optional(SchoolCode),
      state: Type.Optional(IssueStateName),
      overdue: Type.Optional(Type.Boolean()),
    }),
    reply: record({
      ...pageOf(Issue).properties,
      /** of all that match but for `state` and `overdue` */
      counts: record({ states: Type.Record(Type.String(), Type.Integer()), overdue: Type.Integer() }),
    }),
    errors: [],
  }),
  readIssue: defineRoute({
    part: "evaluation",
    summary: "An issue with what became of it.",
    method: "GET",
    path: "/evaluation/issues/:id",
    access: readers,
    params: id,
    reply: record({ issue: Issue, steps: Type.Array(IssueStep) }),
    errors: [],
  }),
  recordIssue: defineRoute({
    part: "evaluation",
    summary: "Record what a review found wrong.",
    method: "POST",
    path: "/evaluation/evaluations/:id/issues",
    access: ["evaluation.manage", "evaluation.review"],
    params: id,
    body: IssueInput,
    reply: Issue,
    errors: ["EVALUATION_CLOSED", "CSRF_REFUSED"],
  }),
  updateIssue: defineRoute({
    part: "evaluation",
    summary: "Change wording, owner or due day.",
    method: "PUT",
    path: "/evaluation/issues/:id",
    access: ["evaluation.manage"],
    params: id,
    body: record({ ...IssueInput.properties, revision: RevisionNumber }),
    reply: Issue,
    errors: ["ENTRY_CHANGED", "CSRF_REFUSED"],
  }),
  moveIssue: defineRoute({
    part: "evaluation",
    summary: "Hand over, report as rectified, send back, close or withdraw.",
    method: "POST",
    path: "/evaluation/issues/:id/move",
    access: ["evaluation.manage", "evaluation.review", "evaluation.fill"],
    params: id,
    body: record({ to: IssueStateName, words: text(4000) }),
    reply: Issue,
    errors: ["ISSUE_MOVE_REFUSED", "CSRF_REFUSED"],
  }),
  addIssueFile: defineRoute({
    part: "evaluation",
    summary: "Attach evidence of what was done.",
    method: "POST",
    path: "/evaluation/issues/:id/files",
    access: ["evaluation.manage", "evaluation.review", "evaluation.fill"],
    params: id,
    query: record({ words: Type.Optional(text(1000)) }),
    upload: evidenceUpload,
    reply: IssueStep,
    errors: uploadErrors,
  }),
  readIssueFile: defineRoute({
    part: "evaluation",
    summary: "Download a file of an issue.",
    method: "GET",
    path: "/evaluation/issue-files/:id",
    access: readers,
    params: id,
    reply: download,
    errors: [],
  }),
};
