/** Accounts and the roles they hold. */

import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute, download } from "./route.ts";
import { ImportIssue } from "./returns.ts";
import { RoleOnNode } from "./session.ts";
import { Id, IsoTime, RoleName, nullable, pageOf, paging, record, text } from "./shapes.ts";

export const Account = record({
  id: Id,
  name: Type.String(),
  displayName: Type.String(),
  isActive: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  /** null = not locked out */
  lockedUntil: nullable(IsoTime),
  lastSignInAt: nullable(IsoTime),
  createdAt: IsoTime,
  roles: Type.Array(RoleOnNode),
});
export type Account = Static<typeof Account>;

export const GrantInput = record({ role: RoleName, nodeId: Id });

/** Sign-in name: letters of any script, digits, and . _ - @ */
const AccountName = Type.String({ minLength: 2, maxLength: 60, pattern: "^[\\p{L}\\p{N}._@-]+$" });

/** A password that was made for somebody; shown once. */
export const IssuedPassword = record({
  accountId: Id,
  name: Type.String(),
  displayName: Type.String(),
  password: Type.String(),
});
export type IssuedPassword = Static<typeof IssuedPassword>;

export const accountsRoutes = {
  listAccounts: defineRoute({
    part: "accounts",
    summary: "Accounts, by name.",
    method: "GET",
    path: "/accounts",
    access: ["accounts.manage"],
    query: record({ ...paging, search: Type.Optional(text(100)), role: Type.Optional(RoleName) }),
    reply: pageOf(Account),
    errors: [],
  }),
  createAccount: defineRoute({
    part: "accounts",
    summary: "Create an account with a first password that must be changed.",
    method: "POST",
    path: "/accounts",
    access: ["accounts.manage"],
    body: record({
      name: AccountName,
      displayName: text(60, 1),
      roles: Type.Array(GrantInput, { minItems: 1, maxItems: 20 }),
    }),
    reply: IssuedPassword,
    errors: ["ALREADY_EXISTS", "BUSY", "CSRF_REFUSED"],
  }),
  updateAccount: defineRoute({
    part: "accounts",
    summary: "Change name, activity or roles, end a lock-out, or issue a new password.",
    method: "PATCH",
    path: "/accounts/:id",
    access: ["accounts.manage"],
    params: record({ id: Id }),
    body: record({
      displayName: Type.Optional(text(60, 1)),
      isActive: Type.Optional(Type.Boolean()),
      roles: Type.Optional(Type.Array(GrantInput, { minItems: 1, maxItems: 20 })),
      unlock: Type.Optional(Type.Literal(true)),
      resetPassword: Type.Optional(Type.Literal(true)),
    }),
    reply: record({ account: Account, issued: nullable(IssuedPassword) }),
    errors: ["BUSY", "CSRF_REFUSED"],
  }),
  createAccounts: defineRoute({
    part: "accounts",
    summary: "Create many accounts from a sheet: all or none.",
    method: "POST",
    path: "/accounts/bulk",
    access: ["accounts.manage"],
    upload: { maxBytes: 4 * 1024 * 1024, extensions: [".xlsx", ".csv"] },
    reply: record({ created: Type.Array(IssuedPassword), issues: Type.Array(ImportIssue) }),
    errors: ["BODY_TOO_LARGE", "CONTENT_TYPE_REFUSED", "FILE_UNREADABLE", "ALREADY_EXISTS", "BUSY", "CSRF_REFUSED"],
  }),
  downloadAccountsTemplate: defineRoute({
    part: "accounts",
    summary: "The sheet for creating many accounts.",
    method: "GET",
    path: "/accounts/template",
    access: ["accounts.manage"],
    reply: download,
    errors: [],
  }),
};
