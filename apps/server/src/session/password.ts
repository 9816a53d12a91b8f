/** Password hashes: argon2id, a bounded number at once, the same work for a name nobody has. */

import { randomBytes, randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { Refusal } from "../refusal.ts";

/** KiB, passes, lanes. */
export interface HashCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/**
 * Above the least that OWASP recommends for argon2id (19 MiB, 2 passes). One cost for all: were issued passwords
 * cheaper, the time of a refusal would tell which names exist.
 */
export const standardCost: HashCost = { memoryCost: 32_768, timeCost: 2, parallelism: 1 };

/** Hashes at once: each holds 32 MiB and a thread of libuv's four. */
const atOnce = 2;
/** Beyond this the last one would wait some seconds. */
const mostWaiting = 40;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** false for a null hash, after the same work as for a real one */
  verify(encoded: string | null, password: string): Promise<boolean>;
}

/** Hashing behind one queue; a full queue refuses with BUSY. */
export function createPasswords(cost: HashCost = standardCost): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  const decoy = hash(randomBytes(32), cost); // nobody knows its password

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (waiting.length >= mostWaiting) throw new Refusal("BUSY", { retryAfterSeconds: 10 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift(); // hands its place on, so `running` stays
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password.normalize("NFC"), cost)),
    verify: (encoded, password) =>
      inTurn(async () => {
        const matches = await verify(encoded ?? (await decoy), password.normalize("NFC"));
        return matches && encoded !== null;
      }),
  };
}

/** Shortest password that is taken. */
export const leastPasswordLength = 10;

/** Passwords everybody tries first; compared in lower case. */
const common = new Set([
  "1234567890",
  "0123456789",
  "password123",
  "qwertyuiop",
  "1q2w3e4r5t",
  "admin12345",
  "a123456789",
]);

/**
 * Why a new password is refused, as a Chinese sentence; null = it is taken. Long and not the name is the rule; no
 * mixture of kinds of characters is asked for.
 */
export function passwordWeakness(password: string, name: string): string | null {
  const lower = password.toLowerCase();
  if ([...password].length < leastPasswordLength) return `密码至少需要${leastPasswordLength}个字符`;
  if (new Set(password).size < 5) return "密码中不同的字符太少";
  if (common.has(lower)) return "密码过于常见";
  if (name.length >= 3 && lower.includes(name.toLowerCase())) return "密码不能包含用户名";
  return null;
}

/** Characters that are not mistaken for one another on paper. */
const legible = "abcdefghjkmnpqrstuvwxyz23456789";

/** A first password to hand over: 12 characters, about 59 bits, in groups of four. */
export function makePassword(): string {
  const characters = Array.from({ length: 12 }, () => legible[randomInt(legible.length)]);
  return [0, 4, 8].map((start) => characters.slice(start, start + 4).join("")).join("-");
}
