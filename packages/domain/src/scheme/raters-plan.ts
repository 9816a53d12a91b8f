/**
 * Who visits which school: nobody where there is a conflict of interest, everybody about equally often, and with enough schools
 * in common that the severity of raters can be told afterwards.
 */

import type { Random } from "@xingfu/numerics";
import { seededRandom } from "@xingfu/numerics";
import { separateParts } from "./raters.ts";

/** What ties a rater to a school. */
export type TieKind =
  /** works there */
  | "employed"
  /** worked there; counts for three years */
  | "formerSchool"
  /** a relative works or learns there */
  | "relative"
  /** declared by the rater or the school, whatever the reason */
  | "declared";

export interface Tie {
  readonly rater: string;
  readonly school: string;
  readonly kind: TieKind;
  /** "formerSchool": the last day there, YYYY-MM-DD; null = not known, which counts as a conflict */
  readonly until?: string | null;
}

/** A rater who may not visit a school, and why. */
export interface Conflict {
  readonly rater: string;
  readonly school: string;
  readonly kind: TieKind;
}

/** Years after which a former school is no longer a conflict (a district rule). */
export const formerSchoolYears = 3;

/**
 * The ties that are conflicts on a day. A former school is one until the same day three years after the last day there, that
 * day included.
 *
 * @param on  day of the visits, YYYY-MM-DD
 */
export function conflictsOn(ties: readonly Tie[], on: string): readonly Conflict[] {
  return ties
    .filter(({ kind, until }) => {
      if (kind !== "formerSchool" || until === undefined || until === null) return true;
      const ends = `${String(Number(until.slice(0, 4)) + formerSchoolYears).padStart(4, "0")}${until.slice(4)}`;
      return on <= ends;
    })
    .map(({ rater, school, kind }) => ({ rater, school, kind }));
}

export interface PlanRequest {
  readonly schools: readonly string[];
  readonly raters: readonly { readonly rater: string; readonly mostSchools?: number }[];
  readonly conflicts: readonly Conflict[];
  /** raters of each school */
  readonly perSchool: number;
  /** with one rater per school: schools that get a second one, so that raters can be compared; default 0 */
  readonly doubled?: number;
  /** schools that each rater shares with others; default 4, as `measureRaters` asks; 0 = severity is not to be estimated */
  readonly minShared?: number;
  readonly seed: number;
}

/** The rule that stands in the way, and where. */
export type PlanObstacle =
  /** too many of the raters have a conflict at the school */
  | {
      readonly rule: "conflict";
      readonly school: string;
      readonly free: number;
      readonly need: number;
      readonly conflicts: readonly Conflict[];
    }
  /** these schools need more visits than the raters free for them may make */
  | {
      readonly rule: "load";
      readonly schools: readonly string[];
      readonly raters: readonly string[];
      readonly places: number;
      readonly need: number;
    }
  /** these raters would share too few schools with others */
  | { readonly rule: "shared"; readonly raters: readonly string[]; readonly need: number }
  /** no chain of shared schools leads from one group to the other */
  | { readonly rule: "connected"; readonly groups: readonly (readonly string[])[] }
  /** the request contradicts itself */
  | { readonly rule: "request"; readonly field: string; readonly problem: string };

export interface VisitPlan {
  /** in the order of the request; raters in the order of the request */
  readonly visits: readonly { readonly school: string; readonly raters: readonly string[] }[];
  readonly loads: readonly { readonly rater: string; readonly schools: number; readonly shared: number }[];
}

export type PlanResult =
  | { readonly isFeasible: true; readonly plan: VisitPlan }
  | { readonly isFeasible: false; readonly obstacles: readonly PlanObstacle[] };

/**
 * A plan by the rules, the same for the same seed.
 *
 * Visits are given out one by one, each to the rater with the fewest who can be reached by passing visits on, which keeps loads as
 * equal as conflicts and limits allow (Harvey et al. 2006). Then visits are exchanged, until pairs of raters meet about equally
 * often and everybody can be compared with everybody.
 */
export function planVisits(request: PlanRequest): PlanResult {
  const { schools, raters, perSchool, seed, doubled = 0, minShared = 4 } = request;
  const refused = checkRequest(request);
  if (refused.length > 0) return { isFeasible: false, obstacles: refused };
  const random = seededRandom(seed);
  const order = shuffled(schools.length, random);
  const second = new Set(perSchool === 1 ? order.slice(0, doubled) : []);
  const need = schools.map((_, s) => perSchool + (second.has(s) ? 1 : 0));
  const board = boardOf(request, shuffled(raters.length, random));

  const blocked = schools.flatMap((school, s): readonly PlanObstacle[] => {
    const free = board.mayVisit[s]!.length;
    if (free >= need[s]!) return [];
    const conflicts = request.conflicts.filter((conflict) => conflict.school === school);
    return [{ rule: "conflict", school, free, need: need[s]!, conflicts }];
  });
  if (blocked.length > 0) return { isFeasible: false, obstacles: blocked };

  // rounds of one visit for each school, so that no school is left with the raters nobody else wants
  for (let round = 0; round < perSchool + 1; round++) {
    for (const s of order) {
      if (need[s]! <= round) continue;
      const stuck = give(board, s);
      if (stuck) return { isFeasible: false, obstacles: [overload(request, board, need, stuck)] };
    }
  }
  spread(board, random);
  if (minShared > 0) {
    connect(board, minShared);
    mend(board, minShared);
  }

  const shared = sharedOf(board);
  const obstacles: PlanObstacle[] = [];
  if (minShared > 0) {
    const few = raters.filter((_, r) => shared[r]! < minShared).map(({ rater }) => rater);
    if (few.length > 0) obstacles.push({ rule: "shared", raters: few, need: minShared });
    const groups = groupsOf(board);
    if (groups.length > 1)
      obstacles.push({
        rule: "connected",
        groups: groups.map((group) => group.map((r) => raters[r]!.rater)),
      });
  }
  if (obstacles.length > 0) return { isFeasible: false, obstacles };
  return {
    isFeasible: true,
    plan: {
      visits: schools.map((school, s) => ({
        school,
        raters: [...board.visitors[s]!].toSorted((a, b) => a - b).map((r) => raters[r]!.rater),
      })),
      loads: raters.map(({ rater }, r) => ({ rater, schools: board.loads[r]!, shared: shared[r]! })),
    },
  };
}

function checkRequest(request: PlanRequest): readonly PlanObstacle[] {
  const { schools, raters, conflicts, perSchool, doubled = 0, minShared = 4 } = request;
  const found: PlanObstacle[] = [];
  const refuse = (field: string, problem: string): void => void found.push({ rule: "request", field, problem });
  const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  const names = new Set(raters.map(({ rater }) => rater));
  const places = new Set(schools);
  if (places.size < schools.length) refuse("schools", "a school stands in it twice");
  if (schools.length === 0) refuse("schools", "there is none");
  if (names.size < raters.length) refuse("raters", "a rater stands in it twice");
  if (raters.length === 0) refuse("raters", "there is none");
  if (!isCount(perSchool, 1)) refuse("perSchool", `${perSchool} is no number of raters`);
  if (!isCount(doubled, 0) || doubled > schools.length) refuse("doubled", `${doubled} is no number of these schools`);
  else if (doubled > 0 && perSchool > 1) refuse("doubled", "every school has several raters already");
  if (!isCount(minShared, 0)) refuse("minShared", `${minShared} is no number of schools`);
  for (const { rater, mostSchools } of raters)
    if (mostSchools !== undefined && !isCount(mostSchools, 0))
      refuse("mostSchools", `${mostSchools} is no number of schools (${rater})`);
  for (const { rater, school } of conflicts) {
    if (!names.has(rater)) refuse("conflicts", `${rater} is not among the raters`);
    if (!places.has(school)) refuse("conflicts", `${school} is not among the schools`);
  }
  return found;
}

function shuffled(size: number, random: Random): number[] {
  const order = Array.from({ length: size }, (_, at) => at);
  for (let at = size - 1; at > 0; at--) {
    const other = random.integer(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

/** A plan while it is being made. */
interface Board {
  /** [schools] raters without a conflict there, in a drawn order */
  readonly mayVisit: readonly (readonly number[])[];
  readonly isFree: readonly ReadonlySet<number>[];
  readonly visitors: readonly Set<number>[];
  /** [raters] schools of each */
  readonly tours: readonly Set<number>[];
  readonly loads: Int32Array;
  readonly limits: Float64Array;
}

function boardOf({ schools, raters, conflicts }: PlanRequest, order: readonly number[]): Board {
  const barred = new Set(conflicts.map(({ rater, school }) => JSON.stringify([rater, school])));
  const mayVisit = schools.map((school) =>
    order.filter((r) => !barred.has(JSON.stringify([raters[r]!.rater, school]))),
  );
  return {
    mayVisit,
    isFree: mayVisit.map((free) => new Set(free)),
    visitors: schools.map(() => new Set<number>()),
    tours: raters.map(() => new Set<number>()),
    loads: new Int32Array(raters.length),
    limits: Float64Array.from(raters, ({ mostSchools }) => mostSchools ?? Infinity),
  };
}

function assign({ visitors, tours, loads }: Board, rater: number, school: number): void {
  visitors[school]!.add(rater);
  tours[rater]!.add(school);
  loads[rater]! += 1;
}

function release({ visitors, tours, loads }: Board, rater: number, school: number): void {
  visitors[school]!.delete(rater);
  tours[rater]!.delete(school);
  loads[rater]! -= 1;
}

/**
 * Gives a school one more visitor: breadth first over raters, where a rater is followed by those who can take over one of the
 * rater's schools, to the one with the fewest schools below the limit.
 *
 * @returns the raters that were reached when none of them may take another school
 */
function give(board: Board, school: number): readonly number[] | undefined {
  const { mayVisit, visitors, tours, loads, limits } = board;
  const from = new Map<number, { readonly rater: number; readonly school: number } | null>();
  const queue: number[] = [];
  for (const rater of mayVisit[school]!) {
    if (visitors[school]!.has(rater)) continue;
    from.set(rater, null);
    queue.push(rater);
  }
  let best = -1;
  for (let at = 0; at < queue.length; at++) {
    const rater = queue[at]!;
    if (loads[rater]! < limits[rater]! && (best < 0 || loads[rater]! < loads[best]!)) best = rater;
    for (const other of tours[rater]!) {
      for (const next of mayVisit[other]!) {
        if (from.has(next) || visitors[other]!.has(next)) continue;
        from.set(next, { rater, school: other });
        queue.push(next);
      }
    }
  }
  if (best < 0) return queue;
  let taker = best;
  for (let step = from.get(taker); step; step = from.get(taker)) {
    release(board, step.rater, step.school);
    assign(board, taker, step.school);
    taker = step.rater;
  }
  assign(board, taker, school);
  return undefined;
}

/**
 * The raters reached are all at their limits, and some schools have too few others: each takes from them what the others free for
 * it cannot give, and together that is more than they may make.
 */
function overload(
  { schools, raters }: PlanRequest,
  { isFree, limits }: Board,
  need: readonly number[],
  reached: readonly number[],
): PlanObstacle {
  const full = new Set(reached);
  let places = 0;
  for (const rater of full) places += limits[rater]!;
  let wanted = 0;
  const short = schools.filter((_, s) => {
    let others = 0;
    for (const rater of isFree[s]!) if (!full.has(rater)) others += 1;
    wanted += Math.max(0, need[s]! - others);
    return need[s]! > others;
  });
  return {
    rule: "load",
    schools: short,
    raters: [...full].toSorted((a, b) => a - b).map((r) => raters[r]!.rater),
    places,
    need: wanted,
  };
}

/** How often each pair of raters meets: [raters × raters]. */
function meetingsOf({ visitors, loads }: Board): Int32Array {
  const n = loads.length;
  const meetings = new Int32Array(n * n);
  for (const here of visitors) for (const a of here) for (const b of here) if (a !== b) meetings[a * n + b]! += 1;
  return meetings;
}

/** Passes over all schools; most of what there is to gain is gained in the first few. */
const spreadPasses = 12;

/** Exchanges visits between schools so that pairs meet evenly: only what lowers Σ meetings² over pairs is kept. */
function spread(board: Board, random: Random): void {
  const { visitors, isFree, loads } = board;
  const n = loads.length;
  const size = visitors.length;
  const meetings = meetingsOf(board);
  let change = 0; // of Σ meetings² over pairs
  const count = (school: number, rater: number, by: 1 | -1): void => {
    for (const other of visitors[school]!) {
      if (other === rater) continue;
      change += 2 * by * meetings[rater * n + other]! + 1;
      meetings[rater * n + other]! += by;
      meetings[other * n + rater]! += by;
    }
  };
  const exchange = (s: number, a: number, t: number, b: number): number => {
    change = 0;
    count(s, a, -1);
    count(t, b, -1);
    swap(board, s, a, t, b);
    count(s, b, 1);
    count(t, a, 1);
    return change;
  };
  for (let pass = 0; pass < spreadPasses; pass++) {
    let exchanged = 0;
    for (let s = 0; s < size; s++) {
      for (const a of [...visitors[s]!]) {
        // partners are drawn: all pairs of schools would cost their square
        for (let attempt = 0; attempt < 8; attempt++) {
          const t = random.integer(size);
          if (t === s || visitors[t]!.has(a) || !isFree[t]!.has(a)) continue;
          const b = [...visitors[t]!].find((other) => !visitors[s]!.has(other) && isFree[s]!.has(other));
          if (b === undefined) continue;
          if (exchange(s, a, t, b) < 0) {
            exchanged += 1;
            break;
          }
          exchange(s, b, t, a);
        }
      }
    }
    if (exchanged === 0) return;
  }
}

/** Rater a of school s and rater b of school t change places. */
function swap(board: Board, s: number, a: number, t: number, b: number): void {
  release(board, a, s);
  release(board, b, t);
  assign(board, b, s);
  assign(board, a, t);
}

/** Raters by groups that a chain of shared schools joins. */
function groupsOf({ visitors, loads }: Board): number[][] {
  const parts = separateParts(loads.length);
  for (const here of visitors) {
    const [first, ...others] = here;
    for (const other of others) parts.join(first!, other);
  }
  const groups = new Map<number, number[]>();
  for (let r = 0; r < loads.length; r++) {
    const part = parts.of(r);
    const group = groups.get(part);
    if (group) group.push(r);
    else groups.set(part, [r]);
  }
  return [...groups.values()];
}

/**
 * Joins groups of raters as far as that can be done: by exchanging visits, and where conflicts leave no exchange, by giving one visit to
 * a rater of another group, because being comparable is worth more than equal loads.
 */
function connect(board: Board, minShared: number): void {
  for (let groups = groupsOf(board); groups.length > 1; groups = groupsOf(board)) {
    const groupOf = new Int32Array(board.loads.length);
    groups.forEach((group, g) => group.forEach((r) => (groupOf[r] = g)));
    const isJoined = (): boolean => groupsOf(board).length < groups.length;
    if (!joinByExchange(board, groupOf, isJoined) && !joinByGift(board, groupOf, isJoined, minShared)) return;
  }
}

function joinByExchange(board: Board, groupOf: Int32Array, isJoined: () => boolean): boolean {
  for (const [s, a, t, b] of exchanges(board, (one, other) => groupOf[one] !== groupOf[other])) {
    swap(board, s, a, t, b);
    if (isJoined()) return true;
    swap(board, s, b, t, a);
  }
  return false;
}

function joinByGift(board: Board, groupOf: Int32Array, isJoined: () => boolean, minShared: number): boolean {
  const { mayVisit, visitors, loads, limits } = board;
  const shared = sharedOf(board);
  for (let s = 0; s < visitors.length; s++) {
    if (visitors[s]!.size < 2) continue;
    for (const giver of [...visitors[s]!]) {
      if (shared[giver]! <= minShared) continue;
      for (const taker of mayVisit[s]!) {
        if (groupOf[taker] === groupOf[giver] || loads[taker]! >= limits[taker]!) continue;
        release(board, giver, s);
        assign(board, taker, s);
        if (isJoined()) return true;
        release(board, taker, s);
        assign(board, giver, s);
      }
    }
  }
  return false;
}

/** Every allowed exchange that changes who meets whom: of a rater a of school s with a rater b of school t. */
function* exchanges(
  { visitors, isFree }: Board,
  isWanted: (a: number, b: number, s: number, t: number) => boolean,
): Generator<readonly [number, number, number, number]> {
  for (let s = 0; s < visitors.length; s++) {
    for (let t = 0; t < visitors.length; t++) {
      if (s === t || visitors[s]!.size + visitors[t]!.size < 3) continue;
      for (const a of [...visitors[s]!]) {
        if (visitors[t]!.has(a) || !isFree[t]!.has(a)) continue;
        for (const b of [...visitors[t]!]) {
          if (visitors[s]!.has(b) || !isFree[s]!.has(b) || !isWanted(a, b, s, t)) continue;
          yield [s, a, t, b];
        }
      }
    }
  }
}

/** Schools that each rater shares with others. */
function sharedOf({ tours, visitors }: Board): number[] {
  return tours.map((tour) => {
    let shared = 0;
    for (const school of tour) if (visitors[school]!.size > 1) shared += 1;
    return shared;
  });
}

/** Exchanges visits so that raters who share too few schools share more, as long as somebody has some to spare. */
function mend(board: Board, minShared: number): void {
  for (;;) {
    const shared = sharedOf(board);
    const lacking = shared.findIndex((count) => count < minShared);
    if (lacking < 0) return;
    const before = groupsOf(board).length;
    let isMended = false;
    const useful = exchanges(
      board,
      (a, b, s, t) =>
        shared[a]! < minShared &&
        shared[b]! > minShared &&
        board.visitors[s]!.size === 1 &&
        board.visitors[t]!.size > 1,
    );
    for (const [s, a, t, b] of useful) {
      swap(board, s, a, t, b);
      isMended = groupsOf(board).length <= before;
      if (isMended) break;
      swap(board, s, b, t, a);
    }
    if (!isMended) return;
  }
}
