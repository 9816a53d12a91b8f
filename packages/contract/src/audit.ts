/** Who did what, and who looked at whose names. */

import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute } from "./route.ts";
import { Id, IsoDate, IsoTime, nullable, pageOf, paging, record, text } from "./shapes.ts";

export const AuditEntry = record({
  id: Id,
  at: IsoTime,
  accountId: nullable(Id),
  /** name of the account, or what stood for it (e.g. a sign-in name that was refused) */
  account: nullable(Type.String()),
  /** e.g. "session.signIn", "return.load", "pupils.read" */
  action: Type.String(),
  /** what it was done to, e.g. "school 2150000012" */
  subject: nullable(Type.String()),
  detail: Type.Unknown(),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const auditRoutes = {
  listAudit: defineRoute({
    part: "audit",
    summary: "The audit, newest first.",
    method: "GET",
    path: "/audit",
    access: ["audit.read"],
    query: record({
      ...paging,
      action: Type.Optional(text(60)),
      accountId: Type.Optional(Id),
      subject: Type.Optional(text(200)),
      from: Type.Optional(IsoDate),
      to: Type.Optional(IsoDate),
    }),
    reply: pageOf(AuditEntry),
    errors: [],
  }),
};
