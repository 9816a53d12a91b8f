/** Signing in and out, and who one is. */

import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute, nothing } from "./route.ts";
import { ActionName, Id, IsoTime, NodeKindName, RoleName, nullable, oneOf, record, text } from "./shapes.ts";

/** One role of the signed-in person, with the node it sits on. */
export const RoleOnNode = record({
  role: RoleName,
  nodeId: Id,
  nodeKind: NodeKindName,
  nodeName: Type.String(),
  /** 学校标识码 when the node is a school */
  schoolCode: nullable(Type.String()),
});
export type RoleOnNode = Static<typeof RoleOnNode>;

/** The signed-in person: name, place, what they may do, and the token every change must carry. */
export const Session = record({
  accountId: Id,
  /** sign-in name */
  name: Type.String(),
  displayName: Type.String(),
  mustChangePassword: Type.Boolean(),
  district: record({ code: Type.String(), name: Type.String(), isSample: Type.Boolean() }),
  roles: Type.Array(RoleOnNode),
  actions: Type.Array(ActionName),
  /** widest reach of the roles */
  scope: oneOf(["district", "group", "school", "none"]),
  /** goes into the header `x-csrf-token` of every request that changes something */
  csrfToken: Type.String(),
  /** absolute end of the session */
  expiresAt: IsoTime,
  /** seconds without a request after which the session ends */
  idleSeconds: Type.Integer(),
});
export type Session = Static<typeof Session>;

/** A district of this database, for choosing one when signing in. */
export const DistrictName = record({ code: Type.String(), name: Type.String(), isSample: Type.Boolean() });
export type DistrictName = Static<typeof DistrictName>;

export const sessionRoutes = {
  signIn: defineRoute({
    part: "session",
    summary: "Sign in with name and password; sets the session cookie.",
    method: "POST",
    path: "/session",
    access: "public",
    body: record({
      name: text(100, 1),
      password: text(200, 1),
      /** 行政区划代码; may be left out while there is only one district */
      district: Type.Optional(text(20, 1)),
    }),
    reply: Session,
    errors: ["SIGN_IN_REFUSED", "SIGN_IN_LOCKED", "CSRF_REFUSED", "BUSY"],
  }),
  readSession: defineRoute({
    part: "session",
    summary: "Who is signed in (null when nobody is), and the districts one may sign in to.",
    method: "GET",
    path: "/session",
    access: "public",
    reply: record({ session: nullable(Session), districts: Type.Array(DistrictName) }),
    errors: [],
  }),
  signOut: defineRoute({
    part: "session",
    summary: "End the session.",
    method: "DELETE",
    path: "/session",
    access: "public",
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
  changePassword: defineRoute({
    part: "session",
    summary: "Change one's own password; every other session of the account ends.",
    method: "POST",
    path: "/session/password",
    access: "signedIn",
    body: record({ current: text(200, 1), next: text(200, 1) }),
    reply: Session,
    errors: ["SIGN_IN_REFUSED", "SIGN_IN_LOCKED", "PASSWORD_WEAK", "CSRF_REFUSED", "BUSY"],
  }),
};
