/** Invented rounds whose true severities and scores are known. */
import type { Random } from "@xingfu/numerics";
import { seededRandom } from "@xingfu/numerics";
import type { RoundRating } from "../index.ts";

export interface RoundOptions {
  readonly schools?: number;
  readonly leaves?: number;
  readonly raters?: number;
  readonly perSchool?: number;
  /** standard deviations, in shares of points: severity; a rater's view of one school, of one leaf; a single judgement */
  readonly severitySd?: number;
  readonly visitSd?: number;
  readonly leafSd?: number;
  readonly errorSd?: number;
  /** share of the leaves that a rater judges at a school */
  readonly rates?: number;
  /** the share given for what a rater thinks, such as a level of a rubric; without it the thought itself, within 0–1 */
  readonly scale?: (thought: number) => number;
  /** two raters of each school are chosen so that the strictest go to the weakest schools */
  readonly sentToWeak?: boolean;
}

export interface KnownRound {
  readonly ratings: readonly RoundRating[];
  readonly points: ReadonlyMap<string, number>;
  /** share of all points that a rater takes off beyond the mean of all raters of the round, by rater */
  readonly severity: ReadonlyMap<string, number>;
  /** share of all points by the mean of all raters of the round, by school */
  readonly score: ReadonlyMap<string, number>;
}

/** A round in which every school is visited by raters drawn at random, each about equally often. */
export function knownRound(seed: number, options: RoundOptions = {}): KnownRound {
  const { schools = 60, leaves = 12, raters = 12, perSchool = 3 } = options;
  const { severitySd = 0.05, visitSd = 0.03, leafSd = 0.03, errorSd = 0.08, rates = 1 } = options;
  const { scale = (thought: number) => Math.min(Math.max(thought, 0), 1), sentToWeak = false } = options;
  const random = seededRandom(seed);
  const code = (prefix: string, at: number): string => `${prefix}${String(at + 1).padStart(4, "0")}`;
  const points = new Map(Array.from({ length: leaves }, (_, l) => [code("n", l), 1 + random.integer(4)]));
  let outOf = 0;
  for (const full of points.values()) outOf += full;

  const raw = Array.from({ length: raters }, () => severitySd * random.normal());
  if (sentToWeak) raw.sort((a, b) => b - a);
  const leaning = raw.map(() => Array.from({ length: leaves }, () => leafSd * random.normal()));
  // severity on the whole is the leaning on all leaves by their points; the mean of all raters is the standard
  const whole = raw.map((one, r) => {
    let sum = 0;
    [...points.values()].forEach((full, l) => (sum += (full / outOf) * leaning[r]![l]!));
    return one + sum;
  });
  const center = whole.reduce((sum, one) => sum + one / raters, 0);
  const severity = new Map(whole.map((one, r) => [code("r", r), one - center]));

  const levels = Array.from({ length: schools }, () => 0.55 + 0.08 * random.normal());
  if (sentToWeak) levels.sort((a, b) => a - b);
  const ratings: RoundRating[] = [];
  const leafLevels: number[][] = [];
  const score = new Map<string, number>();
  const turn: number[] = [];
  levels.forEach((level, s) => {
    const own = Array.from({ length: leaves }, () => level + 0.08 * random.normal());
    leafLevels.push(own);
    let sum = 0;
    [...points.values()].forEach((full, l) => (sum += (full / outOf) * own[l]!));
    score.set(code("s", s), sum - center);
    const here = new Set<number>();
    while (here.size < perSchool) {
      if (sentToWeak) {
        // two from the same end of the list of raters, the others from anywhere
        const near = Math.floor((s / schools) * raters) + random.integer(3) - 1;
        here.add(here.size < 2 ? Math.min(Math.max(near, 0), raters - 1) : random.integer(raters));
      } else {
        if (turn.length === 0) turn.push(...shuffled(raters, random));
        const next = turn.findIndex((rater) => !here.has(rater));
        if (next < 0) turn.push(...shuffled(raters, random));
        else here.add(turn.splice(next, 1)[0]!);
      }
    }
    for (const r of here) {
      const view = visitSd * random.normal();
      let judged = 0;
      [...points.keys()].forEach((node, l) => {
        const thought = own[l]! - raw[r]! - leaning[r]![l]! + view + errorSd * random.normal();
        const isJudged = rates === 1 || random.uniform() < rates || (judged === 0 && l === leaves - 1);
        if (!isJudged) return;
        judged += 1;
        ratings.push({ rater: code("r", r), school: code("s", s), node, share: scale(thought) });
      });
    }
  });
  if (options.scale) {
    // what all raters would give on the scale, on average over their views and chance
    const chance = seededRandom(seed + 0x10000);
    const taken = new Float64Array(raters);
    leafLevels.forEach((own, s) => {
      const given = Float64Array.from({ length: raters }, (_, r) => {
        let sum = 0;
        for (let draw = 0; draw < 16; draw++) {
          const view = visitSd * chance.normal();
          [...points.values()].forEach((full, l) => {
            const thought = own[l]! - raw[r]! - leaning[r]![l]! + view + errorSd * chance.normal();
            sum += ((full / outOf) * scale(thought)) / 16;
          });
        }
        return sum;
      });
      const mean = given.reduce((sum, one) => sum + one / raters, 0);
      score.set(code("s", s), mean);
      given.forEach((one, r) => (taken[r]! += (mean - one) / schools));
    });
    taken.forEach((one, r) => severity.set(code("r", r), one));
  }
  return { ratings, points, severity, score };
}

function shuffled(size: number, random: Random): number[] {
  const order = Array.from({ length: size }, (_, at) => at);
  for (let at = size - 1; at > 0; at--) {
    const other = random.integer(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
