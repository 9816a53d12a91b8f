/** Schemes to plan with: those that ship, those the district has published, and drafts with what the compiler says. */

import type { SchemeEntry, SchemeText } from "@xingfu/contract";
import { canonicalText } from "@xingfu/domain/base";
import type { Scheme } from "@xingfu/domain/scheme";
import { compileScheme, entryAt, loadScheme, schemeHeadings } from "@xingfu/standards";
import { readSchemeText, writeSchemeText } from "@xingfu/standards/text";
import { findPublishedScheme } from "@xingfu/store";
import type { DraftText, PublishedScheme, SchemeName, Transaction } from "@xingfu/store";
import { sha256 } from "../hash.ts";
import { Refusal } from "../refusal.ts";
import { invalid } from "../validation.ts";

/** hex sha256 of the canonical text of a compiled scheme */
export function hashOf(scheme: Scheme): string {
  return sha256(canonicalText(scheme));
}

type Written = Readonly<Record<string, unknown>>;

/** The text of a request that gives a text or a record. */
export function sourceOf(input: {
  readonly source?: string | undefined;
  readonly written?: Written | undefined;
}): string {
  if (input.source !== undefined) return input.source;
  if (input.written !== undefined) return writeSchemeText(input.written);
  throw invalid("body/source", "缺少方案文本");
}

/** A text with everything that is wrong with it; wording of official guides is taken by reference. */
export function compileText(source: string): SchemeText {
  const { written, problem } = readSchemeText(source);
  if (written === null) {
    const words = problem?.message ?? "not a record";
    return {
      source,
      written: null,
      problems: [
        {
          path: "",
          problem: `文本无法读取：${words}`,
          mend: "按 YAML 格式检查该行的缩进、冒号和引号",
          line: problem?.line ?? null,
        },
      ],
      scheme: null,
    };
  }
  const { scheme, problems } = compileScheme(written, "scheme", { entryOf: entryAt, sources: {} });
  return {
    source,
    written,
    problems: problems.map(({ path, problem: what, mend }) => ({ path, problem: what, mend, line: null })),
    scheme: problems.length === 0 ? scheme : null,
  };
}

/** What a draft keeps beside its text. */
export function draftOf({ source, written, problems }: SchemeText): DraftText {
  const word = (key: string, most: number): string | null => {
    const value = written?.[key];
    return typeof value === "string" && value !== "" ? value.slice(0, most) : null;
  };
  return {
    source,
    title: word("title", 200),
    scheme: word("id", 60),
    version: word("version", 40),
    problemCount: problems.length,
  };
}

/** A version to plan with, and where it comes from. */
export interface KnownScheme {
  readonly scheme: Scheme;
  readonly hash: string;
  readonly source: string;
  readonly written: Written;
  readonly published: PublishedScheme | null;
}

const shipped = new Map<string, Promise<KnownScheme | null>>();

/** A scheme that ships. @throws RangeError for a name that does not: it is written in code, never typed */
export async function shippedScheme({ scheme, version }: SchemeName): Promise<KnownScheme> {
  const known = await findShipped(scheme, version);
  if (known === null) throw new RangeError(`no scheme ${scheme} ${version}`);
  return known;
}

function findShipped(id: string, version: string): Promise<KnownScheme | null> {
  const key = `${id} ${version}`;
  let known = shipped.get(key);
  if (known === undefined) {
    known = loadScheme(id, version).then((found) =>
      found === undefined
        ? null
        : {
            scheme: found.scheme,
            hash: hashOf(found.scheme),
            source: writeSchemeText(found.written),
            written: found.written,
            published: null,
          },
    );
    // names come from outside; only those that ship are kept
    if (schemeHeadings.some((heading) => heading.id === id && heading.version === version)) shipped.set(key, known);
  }
  return known;
}

/** @throws NOT_FOUND when neither ships nor was published by the district */
export async function findScheme(tx: Transaction, { scheme, version }: SchemeName): Promise<KnownScheme> {
  const own = await findShipped(scheme, version);
  if (own !== null) return own;
  const published = await findPublishedScheme(tx, { scheme, version });
  if (published === null) throw new Refusal("NOT_FOUND", {});
  const { written } = readSchemeText(published.source);
  return {
    scheme: published.scheme,
    hash: published.hash,
    source: published.source,
    written: written ?? {},
    published,
  };
}

/** Every scheme that ships, in the order of the library. */
export async function shippedSchemes(): Promise<readonly KnownScheme[]> {
  const all = await Promise.all(schemeHeadings.map(({ id, version }) => findShipped(id, version)));
  return all.filter((known) => known !== null);
}

/** Whether a name belongs to a scheme that ships. */
export function isShipped({ id, version }: Scheme): boolean {
  return schemeHeadings.some((heading) => heading.id === id && heading.version === version);
}

/** What a list says about a version. @param rounds  planned with it, by "id version" */
export function entryOf({ scheme, hash, published }: KnownScheme, rounds: ReadonlyMap<string, number>): SchemeEntry {
  return {
    scheme: scheme.id,
    version: scheme.version,
    title: scheme.title,
    origin: published === null ? "shipped" : "district",
    isDistrictRule: scheme.isDistrictRule,
    schoolTypes: [...scheme.schoolTypes],
    points: scheme.points,
    leafCount: scheme.nodes.filter((node) => node.leaf !== null).length,
    usedByRounds: rounds.get(`${scheme.id} ${scheme.version}`) ?? 0,
    effectiveFrom: scheme.effectiveFrom,
    effectiveTo: scheme.effectiveTo,
    hash,
    copiedFrom: published?.copiedFrom ?? null,
    published: published === null ? null : { ...published.published },
  };
}

/**
 * The text of a copy: a district's own scheme under an id of its own, in force from a day on. A scheme that says nothing of
 * where its points come from says now that they are the district's.
 */
export function copyText({ written }: KnownScheme, day: string): string {
  const id = typeof written["id"] === "string" ? written["id"].replace(/^example-/, "") : "scheme";
  const title = typeof written["title"] === "string" ? written["title"].replace("（示例）", "") : "";
  return writeSchemeText({
    tag: "D",
    source: "区级规则",
    checkedOn: day,
    ...written,
    id: id.startsWith("district-") ? id : `district-${id}`,
    version: `${day.slice(0, 4)}.1`,
    title,
    districtRule: true,
    effectiveFrom: day,
  });
}
