/** What inspectors write down leaf by leaf, and which of it counts as a rating. */

import type { Judgement, Rating } from "./rating.ts";

/** 资料查阅 现场查验 观察走访 访谈 */
export const reviewMethods = ["documentReview", "onSiteCheck", "observation", "interview"] as const;
export type ReviewMethod = (typeof reviewMethods)[number];

/** Chapters of a self-evaluation beside its leaves: 成效与经验, 一校一品, 存在问题, 改进计划. They carry words, no judgement. */
export const selfChapters = ["chapter:strengths", "chapter:character", "chapter:problems", "chapter:plans"] as const;
export type SelfChapter = (typeof selfChapters)[number];

/** What one inspector wrote about one leaf by one method. */
export interface ReviewEntry {
  readonly node: string;
  readonly party: string;
  /** code of the inspector in this evaluation; never a name */
  readonly rater: string;
  readonly method: ReviewMethod;
  /** null = words only; always null for an interview */
  readonly judgement: Judgement | null;
  /** instant of the server's clock at which it was last changed, ISO */
  readonly revisedAt: string;
  /** false for an entry that is kept apart, for instance of an inspector who was withdrawn */
  readonly isCounted: boolean;
}

/** What the commission settled for a party and leaf; it takes the place of that party's ratings. */
export interface ModeratedJudgement {
  readonly node: string;
  readonly party: string;
  readonly judgement: Judgement;
}

/** Code under which a moderated judgement counts. */
export const moderatedRater = "moderated";

/**
 * Of each inspector the entry that counts, one for each leaf and party.
 *
 * An inspector may look at a leaf by several methods. What was seen at the school takes the place of what the papers
 * said, and of several looks at the school the one revised last counts. Interviews are notes and rate nothing.
 */
export function countedEntries<E extends ReviewEntry>(
  entries: readonly E[],
): readonly (E & { readonly judgement: Judgement })[] {
  const latest = new Map<string, E & { readonly judgement: Judgement }>();
  for (const entry of entries) {
    const { judgement, method, node, party, rater } = entry;
    if (judgement === null || !entry.isCounted || method === "interview") continue;
    const key = JSON.stringify([node, party, rater]);
    const other = latest.get(key);
    if (other === undefined || takesPlaceOf(entry, other)) latest.set(key, { ...entry, judgement });
  }
  return [...latest.values()];
}

function takesPlaceOf(entry: ReviewEntry, other: ReviewEntry): boolean {
  const isOnPaper = entry.method === "documentReview";
  if (isOnPaper !== (other.method === "documentReview")) return !isOnPaper;
  if (entry.revisedAt !== other.revisedAt) return Date.parse(entry.revisedAt) > Date.parse(other.revisedAt);
  return reviewMethods.indexOf(entry.method) < reviewMethods.indexOf(other.method); // so that the order of input is nothing
}

/** The ratings that count: those of the entries that count, or what the commission settled in their place. */
export function countedRatings(
  entries: readonly ReviewEntry[],
  moderated: readonly ModeratedJudgement[],
): readonly Rating[] {
  const settled = new Set(moderated.map(({ node, party }) => JSON.stringify([node, party])));
  return [
    ...countedEntries(entries)
      .filter(({ node, party }) => !settled.has(JSON.stringify([node, party])))
      .map(({ node, party, rater, judgement }) => ({ node, party, rater, judgement })),
    ...moderated.map(({ node, party, judgement }) => ({ node, party, rater: moderatedRater, judgement })),
  ];
}
