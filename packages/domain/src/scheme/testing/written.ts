/** Schemes, evidence and ratings as test cases write them. */
import { compileScheme, entryAt } from "@xingfu/standards";
import type { Scheme } from "@xingfu/standards";
import type { Evidence, Judgement, Rating } from "../index.ts";

/** The compiled scheme; throws with every problem when it does not compile. */
export function compiled(raw: unknown): Scheme {
  const { scheme, problems } = compileScheme(raw, "test", { entryOf: (reference) => entryAt(reference), sources: {} });
  if (!scheme) throw new Error(problems.map(({ path, problem, mend }) => `${path}: ${problem}; ${mend}`).join("\n"));
  return scheme;
}

/** "A" is a level, true and false a yes and a no, [satisfied, answers] a survey. */
export type WrittenJudgement = string | boolean | readonly [number, number];
/** node, party, rater, judgement */
export type WrittenRating = readonly [string, string, string, WrittenJudgement];

function judgementOf(written: WrittenJudgement): Judgement {
  if (typeof written === "string") return { kind: "rubric", level: written };
  if (typeof written === "boolean") return { kind: "yesNo", isMet: written };
  return { kind: "survey", satisfied: written[0], answers: written[1] };
}

export function ratingsOf(written: readonly WrittenRating[]): Rating[] {
  return written.map(([node, party, rater, judgement]) => ({ node, party, rater, judgement: judgementOf(judgement) }));
}

type Pairs<V> = Readonly<Record<string, V>> | readonly (readonly [string, V])[];

function pairsOf<V>(written: Pairs<V> | undefined): readonly (readonly [string, V])[] {
  if (written === undefined) return [];
  return Array.isArray(written)
    ? (written as readonly (readonly [string, V])[])
    : Object.entries(written as Record<string, V>);
}

export interface WrittenEvidence {
  /** "node/item" */
  readonly documents?: readonly string[];
  readonly figures?: Pairs<number | string | null>;
  readonly exemptions?: readonly string[];
  readonly vetoes?: Pairs<boolean | null>;
}

export function evidenceOf({ documents = [], figures, exemptions = [], vetoes }: WrittenEvidence): Evidence {
  return {
    documents: documents.map((path) => ({ node: path.split("/")[0] ?? "", item: path.split("/")[1] ?? "" })),
    figures: pairsOf(figures).map(([key, value]) => ({ key, value, source: "test" })),
    exemptions: exemptions.map((node) => ({ node, reason: "test" })),
    vetoes: pairsOf(vetoes).map(([veto, hasOccurred]) => ({ veto, hasOccurred })),
  };
}
