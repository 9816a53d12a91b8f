/** One entry of the audit in words. */

/** Actions one may filter by; an entry of another action is shown under its own name. */
export const auditActions = [
  "session.signIn", "session.signInRefused", "session.signOut", "session.passwordChanged", "account.created",
  "account.updated", "account.passwordReset", "account.unlocked", "school.changed", "return.checked", "return.loaded",
  "return.undone", "return.moved", "return.deadline", "finding.recorded", "veto.recorded", "evidence.added",
  "evidence.removed", "scenario.saved", "scenario.deleted", "report.exported", "pupils.read", "pupils.loaded",
] as const;

/** The detail of an entry on one line: "sections: staff, classes; rows: 210". */
export function detailWords(detail: unknown): string {
  if (detail === null || detail === undefined) return "";
  if (typeof detail !== "object") return String(detail);
  if (Array.isArray(detail)) return detail.map(detailWords).join(", ");
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => `${name}: ${typeof value === "object" ? detailWords(value) : String(value)}`)
    .join("; ");
}
