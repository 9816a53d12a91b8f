import { describe, expect, it, test } from "vitest";
import { conflictsOn, measureRaters, planVisits } from "./index.ts";
import type { PlanObstacle, PlanRequest, VisitPlan } from "./index.ts";

const schoolCodes = (size: number): string[] =>
  Array.from({ length: size }, (_, at) => `s${String(at).padStart(3, "0")}`);
const raterCodes = (size: number): string[] =>
  Array.from({ length: size }, (_, at) => `r${String(at).padStart(2, "0")}`);

function requestOf(schools: number, raters: number, rest: Partial<PlanRequest> = {}): PlanRequest {
  return {
    schools: schoolCodes(schools),
    raters: raterCodes(raters).map((rater) => ({ rater })),
    conflicts: [],
    perSchool: 3,
    seed: 1,
    ...rest,
  };
}

function planOf(request: PlanRequest): VisitPlan {
  const result = planVisits(request);
  if (!result.isFeasible) throw new Error(JSON.stringify(result.obstacles));
  return result.plan;
}

function obstaclesOf(request: PlanRequest): readonly PlanObstacle[] {
  const result = planVisits(request);
  return result.isFeasible ? [] : result.obstacles;
}

/** Every rule of the request, looked at in the plan itself. */
function check(request: PlanRequest, plan: VisitPlan): void {
  const barred = new Set(request.conflicts.map(({ rater, school }) => `${rater} ${school}`));
  expect(plan.visits.map(({ school }) => school)).toEqual(request.schools);
  const counted = new Map(request.raters.map(({ rater }) => [rater, { schools: 0, shared: 0 }]));
  let extra = 0;
  for (const { school, raters } of plan.visits) {
    expect(new Set(raters).size).toBe(raters.length);
    extra += raters.length - request.perSchool;
    expect(raters.length - request.perSchool).toBeOneOf([0, 1]);
    for (const rater of raters) {
      expect(barred.has(`${rater} ${school}`)).toBe(false);
      counted.get(rater)!.schools += 1;
      if (raters.length > 1) counted.get(rater)!.shared += 1;
    }
  }
  expect(extra).toBe(request.doubled ?? 0);
  expect(plan.loads).toEqual(request.raters.map(({ rater }) => ({ rater, ...counted.get(rater)! })));
  for (const { rater, mostSchools } of request.raters)
    expect(counted.get(rater)!.schools).toBeLessThanOrEqual(mostSchools ?? Infinity);
  for (const { shared } of counted.values()) expect(shared).toBeGreaterThanOrEqual(request.minShared ?? 4);
}

describe("planVisits", () => {
  it("plans a district of 209 schools with conflicts: loads equal, pairs spread, everybody comparable", () => {
    const conflicts = raterCodes(40).flatMap((rater, r) =>
      [0, 1, 2].map((k) => ({ rater, school: schoolCodes(209)[(r * 5 + k * 67) % 209]!, kind: "relative" as const })),
    );
    const request = requestOf(209, 40, { conflicts });
    const plan = planOf(request);
    check(request, plan);
    const loads = plan.loads.map(({ schools }) => schools);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
    const met = new Map<string, number>();
    for (const { raters } of plan.visits)
      for (const a of raters) for (const b of raters) if (a < b) met.set(`${a} ${b}`, (met.get(`${a} ${b}`) ?? 0) + 1);
    // 627 meetings over 780 pairs: most pairs meet at most once
    expect(Math.max(...met.values())).toBeLessThanOrEqual(2);
    expect(met.size).toBeGreaterThan(550);
    const ratings = plan.visits.flatMap(({ school, raters }) =>
      raters.map((rater) => ({ rater, school, node: "a", share: 0.5 })),
    );
    expect(measureRaters(ratings, new Map([["a", 1]])).groups).toBe(1);
  });

  it("gives the same plan for the same seed and another for another", () => {
    const [a, b, c] = [7, 7, 8].map((seed) => planOf(requestOf(50, 10, { seed })));
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  it("keeps to what a rater may visit at most, and evens out the others", () => {
    const raters = raterCodes(8).map((rater, r) => (r === 0 ? { rater, mostSchools: 5 } : { rater }));
    const request = requestOf(40, 8, { raters });
    const plan = planOf(request);
    check(request, plan);
    const [first, ...others] = plan.loads.map(({ schools }) => schools);
    expect(first).toBe(5);
    expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
  });

  it("passes visits on where only that leaves everybody an equal load", () => {
    // r00 … r02 may only visit the first six schools, of which every school needs one
    const conflicts = raterCodes(3).flatMap((rater) =>
      schoolCodes(18)
        .slice(6)
        .map((school) => ({ rater, school, kind: "declared" as const })),
    );
    const loads = (seed: number) =>
      planOf(requestOf(18, 9, { conflicts, perSchool: 1, minShared: 0, seed })).loads.map(({ schools }) => schools);
    for (let seed = 1; seed <= 20; seed++) expect(loads(seed)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  it("with one rater per school doubles as many as asked, so that raters share schools", () => {
    const request = requestOf(60, 6, { perSchool: 1, doubled: 14, minShared: 4 });
    for (let seed = 1; seed <= 20; seed++) check(request, planOf({ ...request, seed }));
    expect(obstaclesOf({ ...request, doubled: 8 })).toEqual([
      { rule: "shared", need: 4, raters: expect.any(Array) as string[] },
    ]);
    const alone = obstaclesOf({ ...request, doubled: 0 });
    expect(alone.map(({ rule }) => rule)).toEqual(["shared", "connected"]);
  });

  it("joins groups that conflicts would leave apart, and says so when they cannot be joined", () => {
    const [schools, raters] = [schoolCodes(12), raterCodes(6)];
    const halves = (but: readonly string[]) =>
      raters.flatMap((rater, r) =>
        schools
          .filter((school, s) => s < 6 !== r < 3 && !but.includes(`${rater} ${school}`))
          .map((school) => ({ rater, school, kind: "declared" as const })),
      );
    const request = requestOf(12, 6, { perSchool: 2, minShared: 2 });
    expect(obstaclesOf({ ...request, conflicts: halves([]) })).toEqual([
      { rule: "connected", groups: [raters.slice(0, 3), raters.slice(3)] },
    ]);
    const bridged = { ...request, conflicts: halves(["r00 s007", "r05 s002"]) };
    for (let seed = 1; seed <= 20; seed++) check(bridged, planOf({ ...bridged, seed }));
  });

  it("names the school at which too many have a conflict", () => {
    const conflicts = raterCodes(4)
      .slice(1)
      .map((rater) => ({ rater, school: "s002", kind: "formerSchool" as const }));
    expect(obstaclesOf(requestOf(10, 4, { conflicts }))).toEqual([
      { rule: "conflict", school: "s002", free: 1, need: 3, conflicts },
    ]);
  });

  it("proves that limits stand in the way: the raters named may make fewer visits than the schools named need from them", () => {
    const raters = raterCodes(5).map((rater) => ({ rater, mostSchools: 5 }));
    const [all] = obstaclesOf(requestOf(10, 5, { raters }));
    expect(all).toEqual({ rule: "load", schools: schoolCodes(10), raters: raterCodes(5), places: 25, need: 30 });
    // six schools that only r00 may visit, who may visit four; the other raters have room
    const conflicts = raterCodes(5)
      .slice(1)
      .flatMap((rater) => schoolCodes(6).map((school) => ({ rater, school, kind: "relative" as const })));
    const limited = raterCodes(5).map((rater) => ({ rater, mostSchools: rater === "r00" ? 4 : 50 }));
    const [some] = obstaclesOf(requestOf(10, 5, { perSchool: 1, minShared: 0, raters: limited, conflicts }));
    expect(some).toEqual({ rule: "load", schools: schoolCodes(6), raters: ["r00"], places: 4, need: 6 });
  });

  it("refuses a request that contradicts itself, naming the field", () => {
    const fields = (rest: Partial<PlanRequest>) =>
      obstaclesOf(requestOf(10, 5, rest)).map((obstacle) => obstacle.rule === "request" && obstacle.field);
    expect(fields({ schools: ["a", "a"] })).toEqual(["schools"]);
    expect(fields({ raters: [], schools: [] })).toEqual(["schools", "raters"]);
    expect(fields({ perSchool: 0 })).toEqual(["perSchool"]);
    expect(fields({ doubled: 2 })).toEqual(["doubled"]);
    expect(fields({ minShared: -1 })).toEqual(["minShared"]);
    expect(fields({ conflicts: [{ rater: "x", school: "y", kind: "declared" }] })).toEqual(["conflicts", "conflicts"]);
    expect(fields({ raters: [{ rater: "a", mostSchools: 0.5 }] })).toEqual(["mostSchools"]);
  });
});

test("a former school is a conflict until the same day three years on; other ties always are", () => {
  const former = (until: string | null) =>
    conflictsOn([{ rater: "r", school: "s", kind: "formerSchool", until }], "2026-05-20");
  expect(former("2023-05-20")).toEqual([{ rater: "r", school: "s", kind: "formerSchool" }]);
  expect(former("2023-05-19")).toEqual([]);
  expect(former("2026-08-31")).toHaveLength(1);
  expect(former(null)).toHaveLength(1);
  // three years after a 29 February: the day that does not exist still ends with February
  expect(
    conflictsOn([{ rater: "r", school: "s", kind: "formerSchool", until: "2024-02-29" }], "2027-02-28"),
  ).toHaveLength(1);
  expect(conflictsOn([{ rater: "r", school: "s", kind: "formerSchool", until: "2024-02-29" }], "2027-03-01")).toEqual(
    [],
  );
  for (const kind of ["employed", "relative", "declared"] as const)
    expect(conflictsOn([{ rater: "r", school: "s", kind }], "2026-05-20")).toEqual([{ rater: "r", school: "s", kind }]);
});
