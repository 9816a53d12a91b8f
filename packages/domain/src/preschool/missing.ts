/** What is missing to every limit, and the way there that moves fewest. */

import { keeps } from "../base/index.ts";
import { areas, countClasses } from "./assess.ts";
import type { PreschoolAssessment } from "./assess.ts";
import type { PreschoolFacts } from "./facts.ts";
import type { PreschoolRules } from "./rules.ts";

/** An amount that is missing; whole where it counts people, classes or books. */
export interface Shortfall {
  /** id of the condition */
  readonly condition: string;
  readonly unit: "children" | "classes" | "teachers" | "people" | "m2" | "books";
  /** of the whole district; > 0 */
  readonly amount: number;
  /** where: for C1 every kindergarten below its limit, for A2 and A3 the fewest kindergartens that would be enough, largest first */
  readonly at: readonly { readonly schoolCode: string; readonly amount: number }[];
}

/**
 * Shortfalls of the conditions that are not met and whose figures are known, in the order of the assessment.
 *
 * A1: children to enrol. A2, A3: children in kindergartens that would have to become inclusive or public; the fewest
 * kindergartens are the largest ones. C1: area or books, kindergarten by kindergarten. C2: classes above their size too many. C3:
 * teachers to appoint. C4: teachers and heads without a certificate.
 */
export function missingPreschool(
  assessment: PreschoolAssessment,
  facts: PreschoolFacts,
  rules: PreschoolRules,
): readonly Shortfall[] {
  const found: Shortfall[] = [];
  for (const { id, verdict, numerator, denominator, limit, failing } of assessment.items.flatMap(
    ({ conditions }) => conditions,
  )) {
    if (verdict !== "notMet" || limit === null) continue;
    const area = Object.entries(areas).find(([key]) => id === `C1.${key}`)?.[1];
    if (area) {
      const at = failing.flatMap((one) => {
        if (one.verdict !== "notMet") return [];
        const { pupils, [area.item]: have } = facts.kindergartens.find(
          ({ schoolCode }) => schoolCode === one.schoolCode,
        )!;
        const short = one.limit * pupils! - have!;
        return [{ schoolCode: one.schoolCode, amount: area.item === "books" ? whole(short) : short }];
      });
      const unit = area.item === "books" ? "books" : "m2";
      found.push({ condition: id, unit, amount: at.reduce((sum, one) => sum + one.amount, 0), at });
      continue;
    }
    if (id === "C3.ratio" && failing.every(({ gap }) => gap === null)) {
      const pupils = facts.kindergartens.reduce((sum, one) => sum + one.pupils!, 0);
      const teachers = facts.kindergartens.reduce((sum, one) => sum + one.teachers!, 0);
      found.push({ condition: id, unit: "teachers", amount: whole(pupils / limit - teachers), at: [] });
      continue;
    }
    if (numerator === null || denominator === null) continue;
    const amount = whole(limit * denominator - numerator);
    if (id === "A1") found.push({ condition: id, unit: "children", amount, at: [] });
    if (id === "A2" || id === "A3")
      found.push({ condition: id, unit: "children", amount, at: fewest(id, amount, facts) });
    if (id === "C2.size") {
      const at = facts.kindergartens.flatMap((one) => {
        const count = countClasses(one, rules);
        return count && count.sure < count.all ? [{ schoolCode: one.schoolCode, amount: count.all - count.sure }] : [];
      });
      found.push({ condition: id, unit: "classes", amount, at });
    }
    if (id === "C4.certified") found.push({ condition: id, unit: "people", amount, at: [] });
  }
  return found;
}

/** Rounded up, but not for a rounding error above a whole number. */
function whole(amount: number): number {
  const near = Math.round(amount);
  return keeps(amount, "atMost", near) ? near : Math.ceil(amount);
}

/** The fewest kindergartens whose children are enough. */
function fewest(id: "A2" | "A3", amount: number, facts: PreschoolFacts): Shortfall["at"] {
  const at: { schoolCode: string; amount: number }[] = [];
  let left = amount;
  const candidates = facts.kindergartens
    .filter(({ ownership, isInclusive }) => ownership === "private" && (id === "A3" || isInclusive !== true))
    .toSorted((a, b) => b.pupils! - a.pupils! || (a.schoolCode < b.schoolCode ? -1 : 1));
  // while it is not told who is inclusive, nobody can be named
  if (id === "A2" && candidates.some(({ isInclusive }) => isInclusive === null)) return [];
  for (const { schoolCode, pupils } of candidates) {
    if (left <= 0) break;
    at.push({ schoolCode, amount: pupils! });
    left -= pupils!;
  }
  return at;
}
