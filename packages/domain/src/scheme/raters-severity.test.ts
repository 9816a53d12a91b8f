import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fitMixed, groupEffects } from "@xingfu/numerics";
import { parse } from "yaml";
import { describe, expect, it, test } from "vitest";
import { leafPoints, measureAgreement, measureRaters, roundRatings } from "./index.ts";
import type { MeasuredRater, RoundRating } from "./index.ts";
import { knownRound } from "./testing/round.ts";
import { compiled, ratingsOf } from "./testing/written.ts";

const valueOf = (rater: MeasuredRater | undefined): number => {
  if (!rater || "why" in rater.severity) throw new Error(JSON.stringify(rater));
  return rater.severity.value;
};

describe("measureRaters", () => {
  it("agrees with the mixed model of fixed schools and random raters", () => {
    const { ratings, points } = knownRound(4, { schools: 120, raters: 14 });
    const { raters, spread } = measureRaters(ratings, points);
    // a visit is the mean of its leaves by their points, which are the same leaves for all
    const visits = new Map<string, { rater: string; school: string; sum: number; outOf: number }>();
    for (const { rater, school, node, share } of ratings) {
      const visit = visits.get(`${rater} ${school}`) ?? { rater, school, sum: 0, outOf: 0 };
      visit.sum += points.get(node)! * share;
      visit.outOf += points.get(node)!;
      visits.set(`${rater} ${school}`, visit);
    }
    const rows = [...visits.values()];
    const fit = fitMixed("share ~ school + (1 | rater)", {
      share: rows.map(({ sum, outOf }) => sum / outOf),
      school: rows.map(({ school }) => school),
      rater: rows.map(({ rater }) => rater),
    });
    const [effects] = groupEffects(fit);
    const modes = Array.from(effects!.modes);
    const loads = raters.map(({ schools }) => schools);
    const all = loads.reduce((sum, load) => sum + load, 0);
    const mean = modes.reduce((sum, mode, r) => sum + (mode * loads[r]!) / all, 0);
    // REML plugs in one ratio of variances, here it is integrated over: with 120 schools a difference of little weight
    raters.forEach((rater, r) => expect(Math.abs(valueOf(rater) + modes[r]! - mean)).toBeLessThan(0.0005));
    if ("why" in spread) throw new Error("no spread");
    expect(Math.abs(spread.visits.value / fit.sigma - 1)).toBeLessThan(0.02);
    expect(spread.raters.lower).toBeLessThan(fit.random[0]!.sd[0]!);
    expect(spread.raters.upper).toBeGreaterThan(fit.random[0]!.sd[0]!);
  });

  it("gives the same for any order of the ratings", () => {
    const { ratings, points } = knownRound(5, { schools: 30, raters: 8, rates: 0.7 });
    const found = measureRaters(ratings, points);
    expect(measureRaters(ratings.toReversed(), points)).toEqual(found);
  });

  it("moves no points of the round as a whole when every rater is corrected", () => {
    const { ratings, points } = knownRound(6);
    let moved = 0;
    for (const { raw, corrected } of measureRaters(ratings, points).schools)
      moved += "why" in corrected ? NaN : corrected.value - raw;
    expect(Math.abs(moved)).toBeLessThan(1e-9);
  });

  it("does not take a rater who is sent to weak schools for a strict one", () => {
    // two raters each of the upper and the lower half, who see alike; two others everywhere
    const ratings: RoundRating[] = [];
    const noise = knownRound(8, { schools: 40, raters: 6, severitySd: 0, leafSd: 0 }).ratings;
    const chance = (at: number): number => noise[at]!.share - 0.5;
    for (let s = 0; s < 40; s++) {
      const level = s < 20 ? 0.3 : 0.7;
      const pair = s < 20 ? ["weak1", "weak2"] : ["good1", "good2"];
      for (const rater of [pair[s % 2]!, "all1", "all2"])
        ratings.push({ rater, school: `s${s}`, node: "a", share: level + 0.1 * chance(ratings.length) });
    }
    const { raters } = measureRaters(ratings, new Map([["a", 1]]));
    for (const rater of raters) expect(Math.abs(valueOf(rater)), rater.rater).toBeLessThan(0.02);
  });

  it("corrects nobody with too few schools, and no school that such a rater has judged, and says so", () => {
    const { ratings, points } = knownRound(9, { schools: 40, raters: 8 });
    const guest = ratings
      .filter(({ school }) => school === "s0001" || school === "s0002")
      .map((rating) => ({ ...rating, rater: "guest" }));
    const unique = [...new Map(guest.map((rating) => [`${rating.school} ${rating.node}`, rating])).values()];
    const { raters, schools } = measureRaters([...ratings, ...unique], points);
    expect(raters.find(({ rater }) => rater === "guest")).toEqual({
      rater: "guest",
      schools: 2,
      sharedSchools: 2,
      group: 0,
      severity: { why: "too-few", have: 2, need: 4 },
    });
    const open = schools.filter(({ corrected }) => "why" in corrected);
    expect(open.map(({ school, corrected }) => [school, corrected])).toEqual([
      ["s0001", { why: "depends", on: ["guest"] }],
      ["s0002", { why: "depends", on: ["guest"] }],
    ]);
    for (const { raw } of open) expect(raw).toBeGreaterThan(0);
  });

  it("compares within groups only, and not at all who shares no school or no leaf", () => {
    const [one, other] = [knownRound(10), knownRound(11)];
    const moved = other.ratings.map((rating) => ({
      ...rating,
      rater: `x${rating.rater}`,
      school: `x${rating.school}`,
    }));
    const alone = one.ratings
      .filter(({ rater }) => rater === "r0001")
      .map((rating) => ({ ...rating, rater: "alone", school: `only ${rating.school}` }));
    // judges a leaf that nobody else judges
    const apart = one.ratings
      .filter(({ rater, node }) => rater === "r0002" && node === "n0001")
      .map((rating) => ({ ...rating, rater: "apart", node: "extra" }));
    const points = new Map([...one.points, ...other.points, ["extra", 2]]);
    const found = measureRaters([...one.ratings, ...moved, ...alone, ...apart], points);
    expect(found.groups).toBe(2);
    const groupOf = new Map(found.raters.map(({ rater, group }) => [rater, group]));
    expect(new Set(one.ratings.map(({ rater }) => groupOf.get(rater)))).toEqual(new Set([0]));
    expect(new Set(moved.map(({ rater }) => groupOf.get(rater)))).toEqual(new Set([1]));
    for (const name of ["alone", "apart"])
      expect(found.raters.find(({ rater }) => rater === name)).toMatchObject({
        group: null,
        sharedSchools: 0,
        severity: { why: "not-connected" },
      });
    // within a group severity is about its own mean
    for (const group of [0, 1]) {
      const own = found.raters.filter((rater) => rater.group === group);
      const mean = own.reduce((sum, rater) => sum + valueOf(rater) / own.length, 0);
      expect(Math.abs(mean)).toBeLessThan(0.01);
    }
  });

  it("corrects a school that one rater has judged alone by what the rater does elsewhere", () => {
    const { ratings, points } = knownRound(12);
    const single = ratings
      .filter(
        ({ rater, school }) => rater === "r0003" && school === ratings.find((own) => own.rater === "r0003")!.school,
      )
      .map((rating) => ({ ...rating, school: "single" }));
    const { schools, raters } = measureRaters([...ratings, ...single], points);
    const found = schools.find(({ school }) => school === "single")!;
    if ("why" in found.corrected) throw new Error("not corrected");
    expect(found.corrected.value - found.raw).toBeCloseTo(valueOf(raters[2]), 9);
    const others = schools.flatMap(({ corrected }) => ("why" in corrected ? [] : [corrected.upper - corrected.lower]));
    expect(found.corrected.upper - found.corrected.lower).toBe(Math.max(...others));
  });

  it("gives reasons where nothing can be estimated", () => {
    const few = measureRaters(knownRound(13, { raters: 4 }).ratings, knownRound(13, { raters: 4 }).points);
    expect(few.spread).toEqual({ why: "too-few", have: 4, need: 5 });
    expect(few.schools[0]!.corrected).toEqual(few.spread);
    expect(few.raters[0]!.severity).toEqual(few.spread);
    const same = knownRound(14);
    const agreed = measureRaters(
      same.ratings.map((rating) => ({ ...rating, share: 0.8 })),
      same.points,
    );
    expect(agreed.spread).toEqual({ why: "no-denominator", item: "differencesBetweenVisits" });
    expect(agreed.schools[0]!.raw).toBeCloseTo(0.8, 12);
    expect(measureRaters([], new Map()).raters).toEqual([]);
    const alone = measureRaters(knownRound(15, { perSchool: 1 }).ratings, knownRound(15, { perSchool: 1 }).points);
    expect(alone.groups).toBe(0);
    expect(alone.raters.every(({ severity }) => "why" in severity && severity.why === "not-connected")).toBe(true);
  });

  it("lists what cannot be used", () => {
    const { ratings, points } = knownRound(16);
    const first = ratings[0]!;
    const bad: RoundRating[] = [
      { ...first, node: "nowhere" },
      { ...first, rater: "x", share: 1.2 },
      { ...first, rater: "y", share: NaN },
      { ...first, rater: "z", share: 0.4 },
      { ...first, rater: "z", share: 0.5 },
      first,
    ];
    const { unused, raters } = measureRaters([...ratings, ...bad], points);
    expect(unused.map(({ rating, why }) => [rating.rater, why])).toEqual([
      ["x", "implausible"],
      ["y", "implausible"],
      ["z", "contradicts"],
      ["z", "contradicts"],
      [first.rater, "unknownNode"],
    ]);
    expect(raters).toEqual(measureRaters(ratings, points).raters);
  });
});

describe("measureAgreement", () => {
  it("measures every leaf, and ranks a leaf that raters see alike above one they see differently", () => {
    const clear = knownRound(20, {
      schools: 100,
      leaves: 3,
      errorSd: 0.02,
      severitySd: 0.01,
      leafSd: 0.01,
      visitSd: 0.01,
    });
    const vague = knownRound(20, { schools: 100, leaves: 3, errorSd: 0.2 });
    const [one, other] = [clear, vague].map(({ ratings, points }) => measureAgreement(ratings, points).leaves);
    expect(one!.map(({ node, schools, paired, ratings }) => [node, schools, paired, ratings])).toEqual(
      [...clear.points.keys()].map((node) => [node, 100, 100, 300]),
    );
    one!.forEach(({ result }, at) => {
      const vagueResult = other![at]!.result;
      if ("why" in result || "why" in vagueResult) throw new Error("no agreement");
      expect(result.band).toBe("reliable");
      expect(vagueResult.band).toBe("unreliable");
      expect(result.alpha.lower!).toBeGreaterThan(vagueResult.alpha.upper!);
      // α of single ratings estimates what ICC(A,1) does
      expect(Math.abs(result.agreement.single.value - result.alpha.value)).toBeLessThan(0.02);
      expect(result.consistency.single.value).toBeGreaterThanOrEqual(result.agreement.single.value);
      expect(result.agreement.average.value).toBeGreaterThan(result.agreement.single.value);
      expect(result.perSchool).toBeCloseTo(3, 12);
    });
  });

  it("says why a leaf has none", () => {
    const { ratings, points } = knownRound(21, { leaves: 2 });
    const leaves = measureAgreement(
      ratings
        .map((rating) => (rating.node === "n0001" ? { ...rating, share: 1 } : rating))
        .filter(({ node, school }) => node === "n0001" || school < "s0008"),
      points,
    ).leaves;
    expect(leaves.map(({ result }) => result)).toEqual([
      { why: "no-denominator", item: "differencesBetweenRatings" },
      { why: "too-few", have: 7, need: 10 },
    ]);
  });
});

test("ratings of a party become shares of points by the rule of each leaf", () => {
  const scheme = compiled(parse(readFileSync(join(import.meta.dirname, "cases/hand-written.yaml"), "utf8")));
  expect([...leafPoints(scheme, "commission")]).toEqual([
    ["plan", 30],
    ["report", 20],
  ]);
  expect([...leafPoints(scheme, "parents")]).toEqual([]);
  const ratings = ratingsOf([
    ["plan", "commission", "r1", "B"],
    ["plan", "self", "school", "A"],
    ["report", "commission", "r1", false],
    ["report", "commission", "r2", "A"],
    ["plan", "commission", "r2", "Z"],
    ["clubs", "commission", "r2", "A"],
    ["voice", "parents", "all", [164, 200]],
  ]);
  expect(roundRatings(scheme, "commission", [{ school: "s1", ratings }])).toEqual([
    { rater: "r1", school: "s1", node: "plan", share: 0.8 },
    { rater: "r1", school: "s1", node: "report", share: 0 },
  ]);
  expect(roundRatings(scheme, "parents", [{ school: "s1", ratings }])).toEqual([]);
});
