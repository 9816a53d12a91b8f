/** Who a request comes from: cookie, session, token against forged requests. */

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "@xingfu/contract";
import { permissions } from "@xingfu/domain/access";
import type { Action, Grant } from "@xingfu/domain/access";
import type { Actor, FoundSession, RoleOnNode, Store } from "@xingfu/store";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";
import type { SharedReads } from "../shared.ts";

export const cookieName = "xingfu_session";

declare module "fastify" {
  interface FastifyRequest {
    /** null = nobody */
    signedIn: SignedIn | null;
  }
}

/** The person behind a request. */
export interface SignedIn {
  readonly actor: Actor;
  readonly found: FoundSession;
  readonly grants: readonly Grant[];
  readonly mustChangePassword: boolean;
  readonly tokenHash: Uint8Array;
  readonly csrfToken: string;
}

export interface Sessions {
  /** null when there is no cookie or nobody knows it; "expired" when its time is over */
  find(request: FastifyRequest): Promise<SignedIn | "expired" | null>;
  /** refuses a request that another site made in the person's name */
  checkOrigin(request: FastifyRequest, session: SignedIn | null): void;
  /** opens a session for an account and sets its cookie */
  open(request: FastifyRequest, reply: FastifyReply, actor: Actor): Promise<SignedIn>;
  /** ends the session and takes the cookie back */
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly shared: SharedReads;
  readonly isHttps: boolean;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { store } = options;
  const cookie = { path: "/", httpOnly: true, sameSite: "lax", secure: options.isHttps } as const;

  async function findByToken(token: string): Promise<SignedIn | "expired" | null> {
    const tokenHash = createHash("sha256").update(token).digest();
    // a page asks for several things at once with one cookie
    const found = await options.shared.read(`session ${tokenHash.toString("hex")}`, () =>
      store.gate.findSession(tokenHash),
    );
    if (found === null) return null;
    if (found.isExpired) return "expired";
    return {
      actor: { districtId: found.districtId, accountId: found.accountId },
      found,
      grants: found.roles.map(({ role, nodeId, nodeKind }) => ({ role, nodeId, nodeKind })),
      mustChangePassword: found.mustChangePassword,
      tokenHash,
      csrfToken: csrfTokenOf(token),
    };
  }

  return {
    async find(request) {
      const token = request.cookies[cookieName];
      // 32 bytes in base64url; anything else was never ours
      return token === undefined || !/^[\w-]{43}$/.test(token) ? null : findByToken(token);
    },

    checkOrigin(request, session) {
      const site = request.headers["sec-fetch-site"];
      if (site !== undefined && site !== "same-origin" && site !== "none") throw new Refusal("CSRF_REFUSED", {});
      const origin = request.headers.origin;
      if (origin !== undefined && !isSameHost(origin, request)) throw new Refusal("CSRF_REFUSED", {});
      if (session === null) return;
      const given = request.headers["x-csrf-token"];
      if (typeof given !== "string" || !areEqual(given, session.csrfToken)) throw new Refusal("CSRF_REFUSED", {});
    },

    async open(request, reply, actor) {
      const token = randomBytes(32).toString("base64url");
      const tokenHash = createHash("sha256").update(token).digest();
      await store.gate.openSession({
        ...actor,
        tokenHash,
        idleSeconds: options.idleSeconds,
        absoluteSeconds: options.absoluteSeconds,
        address: request.ip,
      });
      const session = await findByToken(token);
      if (session === null || session === "expired") throw new Refusal("SIGN_IN_REFUSED", {});
      reply.setCookie(cookieName, token, { ...cookie, maxAge: options.absoluteSeconds });
      return session;
    },

    async end(request, reply) {
      if (request.signedIn !== null) await store.gate.endSession(request.signedIn.tokenHash);
      reply.clearCookie(cookieName, cookie);
    },
  };
}

/** What the wire says of a session. */
export function sessionReply(session: SignedIn): Session {
  const { found, grants } = session;
  return {
    accountId: found.accountId,
    name: found.name,
    displayName: found.displayName,
    mustChangePassword: found.mustChangePassword,
    district: { code: found.district.code, name: found.district.name, isSample: found.district.isSample },
    roles: found.roles.map((role) => ({ ...role })),
    actions: [...new Set(grants.flatMap((grant): readonly Action[] => permissions[grant.role]))],
    scope: scopeOf(found.roles),
    csrfToken: session.csrfToken,
    expiresAt: found.expiresAt,
    idleSeconds: found.idleSeconds,
  };
}

/** Names who sees the same rows: everybody with the same roles on the same nodes. */
export function reachOf(session: SignedIn): string {
  const nodes = session.grants.map((grant) => `${grant.role}@${grant.nodeId}`).toSorted();
  return `${session.actor.districtId} ${nodes.join(" ")}`;
}

/** Widest reach of a person's roles. */
export function scopeOf(roles: readonly RoleOnNode[]): Session["scope"] {
  const kinds = new Set(roles.map((role) => role.nodeKind));
  if (kinds.has("district")) return "district";
  if (kinds.has("group")) return "group";
  return kinds.size > 0 ? "school" : "none";
}

/** Bound to the session's token, so nothing more need be stored; it tells nothing of the token. */
function csrfTokenOf(token: string): string {
  return createHmac("sha256", token).update("csrf").digest("base64url");
}

function areEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Hosts with their ports, the usual port of the protocol left out on both sides. */
function isSameHost(origin: string, request: FastifyRequest): boolean {
  const own = `${request.protocol}://${request.host}`;
  return URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host;
}
