/**
 * The secrets that open a form without an account. A *token* opens it once; a *link* as often as it was made for. Both
 * come from 128 random bits; of a token only the hash is kept. A token also carries 48 bits that only its survey can
 * have made, so that one that was used is told from one that never was although nothing of it is kept.
 */

import { createHash, randomBytes } from "node:crypto";

export interface SurveyKey {
  readonly districtId: number;
  readonly surveyId: number;
  /** SHA-256 of the random part, 32 bytes */
  readonly hash: Uint8Array;
  /** null = a link that several people use */
  readonly mac: Uint8Array | null;
}

const randomBytesCount = 16;
const macBytes = 6;

/** 128 random bits and their hash. */
export function newSecret(): { readonly secret: Uint8Array; readonly hash: Buffer } {
  const secret = randomBytes(randomBytesCount);
  return { secret, hash: hashOf(secret) };
}

function hashOf(secret: Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** "1.5.kQ…": what stands behind the # of an address. */
export function writeSurveyKey(
  districtId: number,
  surveyId: number,
  secret: Uint8Array,
  mac: Uint8Array | null,
): string {
  const code = Buffer.concat(mac === null ? [secret] : [secret, mac]).toString("base64url");
  return `${districtId}.${surveyId}.${code}`;
}

/** null when the text was never one of ours. */
export function readSurveyKey(text: string): SurveyKey | null {
  const parts = /^(\d{1,9})\.(\d{1,9})\.([\w-]{22}|[\w-]{30})$/.exec(text);
  if (parts === null) return null;
  const code = Buffer.from(parts[3] ?? "", "base64url");
  const mac = code.length === randomBytesCount + macBytes ? code.subarray(randomBytesCount) : null;
  if (mac === null && code.length !== randomBytesCount) return null;
  return {
    districtId: Number(parts[1]),
    surveyId: Number(parts[2]),
    hash: hashOf(code.subarray(0, randomBytesCount)),
    mac,
  };
}
