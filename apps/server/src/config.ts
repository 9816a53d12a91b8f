/** The environment, read once and checked as a whole. */

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Refusal } from "./refusal.ts";

export interface Config {
  readonly port: number;
  readonly host: string;
  /** embedded database and files; unused when databaseUrl is given */
  readonly dataFolder: string;
  /** any PostgreSQL ≥ 15; null = the embedded one */
  readonly databaseUrl: string | null;
  /** served over https: cookies are Secure and browsers are told to stay on https */
  readonly isHttps: boolean;
  /** a proxy in front sets X-Forwarded-For */
  readonly isBehindProxy: boolean;
  /** minutes without a request after which a session ends */
  readonly sessionIdleMinutes: number;
  /** hours after which a session ends in any case */
  readonly sessionHours: number;
  /** requests one address may send per minute */
  readonly requestsPerMinute: number;
  /** sign-ins one address may try per minute */
  readonly signInsPerMinute: number;
  /** answers to surveys one address may hand in per minute, as many at once */
  readonly surveyAnswersPerMinute: number;
  /** bearer token for the metrics; null = only from this machine */
  readonly metricsToken: string | null;
  readonly logLevel: LogLevel;
  /**
   * Connections to the database. Twice the cores and one more keep a machine busy that also runs the database; with more
   * of them fifty readers at once wait longer, not shorter.
   */
  readonly poolSize: number;
}

/** The embedded database takes 60 connections, for several of our processes. */
const mostByDefault = 25;

const logLevels = ["silent", "error", "warn", "info", "debug"] as const;
type LogLevel = (typeof logLevels)[number];

/**
 * The configuration in `env`. What is left out has a default; what is wrong refuses to start with CONFIG_INVALID.
 *
 *     PORT HOST XINGFU_DATA DATABASE_URL XINGFU_HTTPS XINGFU_PROXY XINGFU_IDLE_MINUTES XINGFU_SESSION_HOURS
 *     XINGFU_REQUESTS_PER_MINUTE XINGFU_SIGN_INS_PER_MINUTE XINGFU_METRICS_TOKEN XINGFU_LOG XINGFU_POOL
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return {
    port: integer(env, "PORT", 3000, 0, 65_535),
    host: env["HOST"] || "localhost",
    dataFolder: resolve(env["XINGFU_DATA"] || ".xingfu"),
    databaseUrl: databaseUrl(env["DATABASE_URL"]),
    isHttps: flag(env, "XINGFU_HTTPS"),
    isBehindProxy: flag(env, "XINGFU_PROXY"),
    sessionIdleMinutes: integer(env, "XINGFU_IDLE_MINUTES", 120, 1, 1_440),
    sessionHours: integer(env, "XINGFU_SESSION_HOURS", 12, 1, 168),
    requestsPerMinute: integer(env, "XINGFU_REQUESTS_PER_MINUTE", 6_000, 1, 100_000_000),
    signInsPerMinute: integer(env, "XINGFU_SIGN_INS_PER_MINUTE", 60, 1, 100_000_000),
    surveyAnswersPerMinute: integer(env, "XINGFU_SURVEY_ANSWERS_PER_MINUTE", 600, 1, 100_000_000),
    metricsToken: env["XINGFU_METRICS_TOKEN"] || null,
    logLevel: logLevel(env["XINGFU_LOG"]),
    poolSize: integer(env, "XINGFU_POOL", Math.min(2 * availableParallelism() + 1, mostByDefault), 2, 200),
  };
}

function integer(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Refusal("CONFIG_INVALID", { name, problem: `应为 ${least}–${most} 的整数，现为“${text}”` });
  }
  return value;
}

function flag(env: Readonly<Record<string, string | undefined>>, name: string): boolean {
  const text = env[name] ?? "";
  if (text === "" || text === "0") return false;
  if (text === "1") return true;
  throw new Refusal("CONFIG_INVALID", { name, problem: `应为 0 或 1，现为“${text}”` });
}

function logLevel(text: string | undefined): LogLevel {
  if (text === undefined || text === "") return "warn";
  const level = logLevels.find((candidate) => candidate === text);
  if (level === undefined) {
    throw new Refusal("CONFIG_INVALID", { name: "XINGFU_LOG", problem: `应为 ${logLevels.join("、")} 之一` });
  }
  return level;
}

/** The address is not repeated in the message: it may hold a password. */
function databaseUrl(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Refusal("CONFIG_INVALID", { name: "DATABASE_URL", problem: "应为 postgresql:// 开头的地址" });
  }
  return text;
}
