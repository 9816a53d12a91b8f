/** One entry of the audit in words. */

import type { TFunction } from "i18next";
import { moment } from "../../lib/format.ts";

/** Actions one may filter by; an entry of another action is shown under its own name. */
export const auditActions = [
  "session.signIn",
  "session.refuse",
  "session.lock",
  "session.signOut",
  "account.create",
  "account.update",
  "account.changePassword",
  "organisation.place",
  "organisation.rename",
  "organisation.retype",
  "organisation.regroup",
  "organisation.merge",
  "organisation.close",
  "import.check",
  "import.discard",
  "return.load",
  "return.undo",
  "return.move",
  "return.setDeadline",
  "return.resolveComment",
  "evidence.add",
  "evidence.delete",
  "scenario.create",
  "scenario.update",
  "scenario.delete",
  "report.export",
  "pupils.load",
  "pupils.read",
  "growth.load",
  "growth.undo",
  "growth.read",
  "growth.declare",
  "growth.run",
  "growth.cancel",
  "growth.done",
] as const;

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
/** Members of a list that are named; a longer one is counted. */
const namedAtMost = 6;

/** The detail of an entry on one line: "学年：2025；行数：210". */
export function detailWords(detail: unknown, t: TFunction): string {
  if (detail === null || detail === undefined) return "";
  if (typeof detail === "boolean") return t(detail ? "common:table.yes" : "common:table.no");
  if (typeof detail === "string") return isoTime.test(detail) ? moment(detail) : detail.replace(/[。.；;]+$/u, "");
  if (typeof detail !== "object") return JSON.stringify(detail);
  if (Array.isArray(detail)) {
    const named = detail
      .slice(0, namedAtMost)
      .map((entry) => detailWords(entry, t))
      .join(t("common:list.comma"));
    return detail.length > namedAtMost ? t("audit:many", { named, count: detail.length }) : named;
  }
  return Object.entries(detail)
    .filter(
      ([, value]) =>
        value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    )
    .map(([name, value]) => {
      const words = name === "from" || name === "to" ? stateWords(value, t) : detailWords(value, t);
      return `${t(`audit:field.${name}`, { defaultValue: name })}${t("common:list.colon")}${words}`;
    })
    .join(t("common:list.semicolon"));
}

function stateWords(value: unknown, t: TFunction): string {
  return typeof value === "string" ? t(`common:returnState.${value}`, { defaultValue: value }) : detailWords(value, t);
}

/** What it was done to: "school 2150000012" becomes "学校 2150000012", "187 schools" becomes "187 所学校". */
export function subjectWords(subject: string | null, t: TFunction): string | null {
  if (subject === null) return null;
  const counted = /^(\d+) schools$/.exec(subject)?.[1];
  if (counted !== undefined) return t("audit:schools", { count: Number(counted) });
  const [kind = "", ...rest] = subject.split(" ");
  return `${t(`audit:kind.${kind}`, { defaultValue: kind })} ${rest.join(" ")}`.trim();
}
