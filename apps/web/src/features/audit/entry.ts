/** One entry of the audit in words. */

/** Actions one may filter by; an entry of another action is shown under its own name. */
export const auditActions = [
  "session.signIn", "session.refuse", "session.lock", "session.signOut", "account.create", "account.update",
  "account.changePassword", "organisation.place", "organisation.rename", "organisation.retype",
  "organisation.regroup", "organisation.merge", "organisation.close", "import.check", "import.discard",
  "return.load", "return.undo", "return.move", "return.setDeadline", "return.resolveComment", "evidence.add",
  "evidence.delete", "scenario.create", "scenario.update", "scenario.delete", "report.export", "pupils.load",
  "pupils.read",
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
