/** Roles sit on nodes of the organisation tree and hold for everything below the node. */

/** Kinds of node: 区县 集团 学校 校区 年级 班级 */
export const nodeKinds = ["district", "group", "school", "campus", "grade", "class"] as const;
export type NodeKind = (typeof nodeKinds)[number];

export const roles = [
  "administrator", // 系统管理员: accounts, roles, organisation, settings
  "officer", // 区教委评估人员: everything about the district's data and assessments
  "inspector", // 督学: reads, records findings
  "viewer", // 领导查看: reads
  "groupHead", // 集团负责人: reads the member schools
  "principal", // 校长: reads and submits the school's return
  "clerk", // 学校填报员: fills in and submits the school's return
] as const;
export type Role = (typeof roles)[number];

/** Kinds of node each role may sit on. */
export const roleNodes: Readonly<Record<Role, readonly NodeKind[]>> = {
  administrator: ["district"],
  officer: ["district"],
  inspector: ["district"],
  viewer: ["district"],
  groupHead: ["group"],
  principal: ["school"],
  clerk: ["school"],
};

export const actions = [
  "assessment.read", // the district's assessment
  "school.read", // one school's figures
  "return.fill", // import and edit a return
  "return.submit",
  "return.verify", // return to the school, verify, lock
  "finding.record", // reviewed items, evidence, vetoes
  "scenario.use", // what-if
  "report.export",
  "pupils.read", // names on the roll; each read is logged
  "growth.run", // declare value-added schemes, run them
  "evaluation.manage", // schemes and rounds of school evaluation: plan, assign, moderate, decide, publish
  "evaluation.review", // rate the schools one is assigned to
  "evaluation.fill", // self-evaluation of one's own school
  "survey.manage", // build, open and close surveys
  "accounts.manage",
  "organisation.manage",
  "audit.read",
] as const;
export type Action = (typeof actions)[number];

/** What each role may do on its node and below. Row-level security enforces where; this says what. */
export const permissions: Readonly<Record<Role, readonly Action[]>> = {
  administrator: ["accounts.manage", "organisation.manage", "audit.read"],
  officer: [
    "assessment.read",
    "school.read",
    "return.fill",
    "return.submit",
    "return.verify",
    "finding.record",
    "scenario.use",
    "report.export",
    "audit.read",
    "organisation.manage",
    "growth.run",
    "evaluation.manage",
    "evaluation.review",
    "survey.manage",
  ],
  inspector: ["assessment.read", "school.read", "finding.record", "scenario.use", "report.export", "evaluation.review"],
  viewer: ["assessment.read", "school.read", "scenario.use", "report.export"],
  groupHead: ["school.read", "report.export"],
  principal: ["school.read", "return.fill", "return.submit", "report.export", "pupils.read", "evaluation.fill"],
  clerk: ["school.read", "return.fill", "return.submit", "evaluation.fill"],
};

/** One role on one node. */
export interface Grant {
  readonly role: Role;
  readonly nodeId: number;
  readonly nodeKind: NodeKind;
}

/** Whether any of the grants allows the action somewhere; where is for the database to say. */
export function may(grants: readonly Grant[], action: Action): boolean {
  return grants.some((grant) => permissions[grant.role].includes(action));
}
