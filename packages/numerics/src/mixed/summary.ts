/**
 * Mergeable summaries: what a nested model needs of a data set, small enough to send and safe to add. Fitting the sum
 * of the summaries of any partition gives the fit of all rows, so children's rows need not leave their database.
 *
 * A summary holds, per group, counts and cross-products of columns centered near their means; sums of summaries are
 * compensated (Neumaier), so that neither the number nor the order of the parts shows in the result.
 */
import { NumericsFault } from "../fault.ts";
import type { MissingRows } from "./design.ts";
import { buildDesign } from "./design.ts";
import type { FitOptions, MixedFit } from "./fit.ts";
import { fitNested, stopCheck } from "./fit.ts";
import { parseFormula } from "./formula.ts";
import type { Layout, LevelStatistics, NestedStatistics } from "./statistics.ts";
import { checkGroups, countNested, nestFactors, planLayout } from "./statistics.ts";
import type { Table } from "./table.ts";

/** The summary of some rows for one formula. Treat as opaque; made by `summarizeRows` and `summarizeGroups`. */
export interface MixedSummary {
  readonly formula: string;
  readonly statistics: NestedStatistics;
  readonly missing: MissingRows;
  readonly isWeighted: boolean;
}

export interface SummaryOptions extends Pick<FitOptions, "weights" | "offset" | "timeLimitSeconds" | "signal"> {
  /** names of the factors from the smallest groups to the largest; needed when a part has as many of one as of the other */
  readonly order?: readonly string[];
  /** take origin and scale from this summary, which makes adding cheaper; any other summary merges too */
  readonly like?: MixedSummary;
}

/**
 * Summarizes rows (a chunk, a school, a day) for a formula whose random factors are nested.
 *
 * Factors among the fixed effects must be given as {@link FactorColumn}s with the same levels in every part.
 */
export function summarizeRows(formula: string, table: Table, options: SummaryOptions = {}): MixedSummary {
  const check = stopCheck(options, performance.now());
  const design = buildDesign(parseFormula(formula), table, { ...options, keepUnusedLevels: true });
  const nesting = nestFactors(design.factors, design.rows, design.count, options.order);
  if (!nesting) throw crossedFault(design.factors.map(({ name }) => name));
  const planned = planLayout(design);
  const like = options.like?.statistics.layout;
  const isAlike = like !== undefined && like.names.join("\n") === planned.layout.names.join("\n");
  const plan = isAlike ? { layout: like, columns: planned.columns } : planned;
  const statistics = countNested(design, plan, nesting, check);
  return { formula, statistics, missing: design.missing, isWeighted: design.weights !== null };
}

function crossedFault(names: readonly string[]): NumericsFault {
  return new NumericsFault("SUMMARY_INVALID", {
    problem: `the factors ${names.join(", ")} are not nested, so the model cannot be fitted from sums; fit it from rows`,
  });
}

/** Counts and sums of one innermost group, as one line of a GROUP BY gives them. */
export interface GroupSums {
  /** the group's keys from the innermost factor to the outermost */
  readonly keys: readonly string[];
  /** number of rows */
  readonly n: number;
  /** [k] Σ (x − origin) for each column */
  readonly sums: readonly number[];
  /** [k (k + 1) / 2] Σ (x − origin)(y − origin), lower triangle row by row */
  readonly products: readonly number[];
}

/**
 * A summary from grouped sums (SQL's GROUP BY), without rows.
 *
 * @param formula  numeric columns only; an interaction is a column of its own, named `a:b`
 * @param columns  names in the order of the sums, the outcome among them
 * @param origin   what was subtracted from each column before squaring; take a value near the mean for columns that are
 *                 far from 0 for their spread. Default 0
 */
export function summarizeGroups(
  formula: string,
  columns: readonly string[],
  groups: readonly GroupSums[],
  origin: readonly number[] = columns.map(() => 0),
): MixedSummary {
  const parsed = parseFormula(formula);
  if (groups.length === 0) throw new NumericsFault("DATA_INSUFFICIENT", { problem: "there are no groups" });
  const k = columns.length;
  const width = (k * (k + 1)) / 2;
  for (const { n, sums, products, keys } of groups) {
    const isSound =
      sums.length === k && products.length === width && n > 0 && [n, ...sums, ...products].every(Number.isFinite);
    if (!isSound) {
      throw new NumericsFault("SUMMARY_INVALID", {
        problem: `group ${keys.join(":")}: expected n > 0, ${k} finite sums and ${width} finite products`,
      });
    }
  }
  const indexOf = (name: string): number => {
    const at = columns.indexOf(name);
    if (at >= 0) return at;
    throw new NumericsFault("COLUMN_UNKNOWN", {
      column: name,
      known: columns,
      problem: `there are no sums for "${name}"; the columns are ${columns.join(", ")}`,
    });
  };
  // grand mean and spread of each column, about the origin
  let total = 0;
  const mean = new Float64Array(k);
  const square = new Float64Array(k);
  for (const { n, sums, products } of groups) {
    total += n;
    for (let j = 0; j < k; j++) {
      mean[j]! += sums[j]!;
      square[j]! += products[(j * (j + 1)) / 2 + j]!;
    }
  }
  for (let j = 0; j < k; j++) mean[j]! /= total;

  const { fixed, random, response } = parsed;
  const isCentered = fixed.hasIntercept;
  /** −1 is the constant */
  const sources: number[] = [];
  const names: string[] = [];
  const raw: boolean[] = [];
  const add = (name: string, source: number, isRaw: boolean): number => {
    names.push(name);
    sources.push(source);
    raw.push(isRaw);
    return names.length - 1;
  };
  if (fixed.hasIntercept) add("(Intercept)", -1, true);
  for (const term of fixed.terms) add(term.join(":"), indexOf(term.join(":")), !isCentered);
  const p = names.length;
  const responseName = response.kind === "name" ? response.name : "";
  add(responseName, indexOf(responseName), !isCentered);
  const factorNames = [...new Set(random.map(({ group }) => group.join(":")))];
  const factors = factorNames.map((name) => {
    const zIndex: number[] = [];
    const zNames: string[] = [];
    const blocks: number[][] = [];
    for (const { slopes, group } of random) {
      if (group.join(":") !== name) continue;
      const mustBeRaw = !isCentered || !slopes.hasIntercept;
      const block: number[] = [];
      for (const zName of [
        ...(slopes.hasIntercept ? ["(Intercept)"] : []),
        ...slopes.terms.map((term) => term.join(":")),
      ]) {
        const source = zName === "(Intercept)" ? -1 : indexOf(zName);
        let at = names.findIndex((other, i) => i !== p && other === zName && (source < 0 || raw[i] === mustBeRaw));
        if (at < 0) at = add(zName, source, source < 0 || mustBeRaw);
        block.push(zIndex.length);
        zIndex.push(at);
        zNames.push(zName);
      }
      blocks.push(block);
    }
    return { name, zIndex: Int32Array.from(zIndex), zNames, blocks };
  });

  const m = names.length;
  /** W = scale (x − originOfSums − shift) */
  const shift = Float64Array.from(sources, (source, j) => (source < 0 ? 0 : raw[j] ? -origin[source]! : mean[source]!));
  const scale = Float64Array.from(sources, (source, j) => {
    if (source < 0) return 1;
    const about = raw[j] ? mean[source]! + origin[source]! : 0;
    const spread = Math.sqrt(Math.max(0, square[source]! / total - mean[source]! ** 2) + about ** 2);
    return spread > 0 ? 2 ** -Math.round(Math.log2(spread)) : 1;
  });
  const product = (group: GroupSums, i: number, j: number): number => {
    const a = sources[i]!;
    const b = sources[j]!;
    const sumA = a < 0 ? group.n : group.sums[a]!;
    const sumB = b < 0 ? group.n : group.sums[b]!;
    if (a < 0 && b < 0) return group.n;
    if (a < 0) return scale[j]! * (sumB - group.n * shift[j]!);
    if (b < 0) return scale[i]! * (sumA - group.n * shift[i]!);
    const [low, high] = a < b ? [a, b] : [b, a];
    const both = group.products[(high * (high + 1)) / 2 + low]!;
    return scale[i]! * scale[j]! * (both - shift[i]! * (sumB - group.n * shift[j]!) - shift[j]! * sumA);
  };

  const m0 = p + 1;
  const cross = new Float64Array(m0 * m0);
  for (const group of groups) {
    for (let i = 0; i < m0; i++) for (let j = 0; j < m0; j++) cross[i * m0 + j]! += product(group, i, j);
  }
  // factors from the innermost: as many keys as factors
  if (groups.some(({ keys }) => keys.length !== factors.length)) {
    throw new NumericsFault("SUMMARY_INVALID", {
      problem: `each group needs ${factors.length} keys, one for each of ${factorNames.join(", ")}, the innermost first`,
    });
  }
  const keyLists: string[][] = factors.map(() => []);
  const codes = factors.map((_, l) => {
    const seen = new Map<string, number>();
    return Int32Array.from(groups, ({ keys }) => {
      // an inner key counts within its outer ones
      const key = keys.slice(l).join(":");
      let code = seen.get(key);
      if (code === undefined) {
        code = seen.size;
        seen.set(key, code);
        keyLists[l]!.push(key);
      }
      return code;
    });
  });
  const layout: Layout = {
    names,
    p,
    origin: Float64Array.from(sources, (source, j) => (source < 0 ? 0 : origin[source]! + shift[j]!)),
    scale,
    isCentered,
    zIndex: factors.map(({ zIndex }) => zIndex),
  };
  const levels = factors.map((factor, l): LevelStatistics => {
    const q = factor.zIndex.length;
    const size = keyLists[l]!.length;
    const products = new Float64Array(size * q * m);
    let parents: Int32Array | null = null;
    if (l + 1 < factors.length) {
      parents = new Int32Array(size);
      for (let g = 0; g < groups.length; g++) parents[codes[l]![g]!] = codes[l + 1]![g]!;
    }
    groups.forEach((group, g) => {
      for (let i = 0; i < q; i++) {
        for (let j = 0; j < m; j++) products[(codes[l]![g]! * q + i) * m + j]! += product(group, factor.zIndex[i]!, j);
      }
    });
    const keys = keyLists[l]!;
    return { ...factor, size, products, parents, levelName: (code) => keys[code]! };
  });
  const rows = groups.reduce((sum, { n }) => sum + n, 0);
  const statistics: NestedStatistics = { layout, rows, sumLogWeights: 0, cross, levels };
  return { formula, statistics, missing: { rows: 0, byColumn: {} }, isWeighted: false };
}

function refuse(problem: string): never {
  throw new NumericsFault("SUMMARY_INVALID", { problem });
}

/** Adds the summaries of a partition. Groups are matched by name. @throws SUMMARY_INVALID */
export function mergeSummaries(parts: readonly MixedSummary[]): MixedSummary {
  const first = parts[0];
  if (!first) throw new NumericsFault("SUMMARY_INVALID", { problem: "there is nothing to merge" });
  if (parts.length === 1) return first;
  const { layout } = first.statistics;
  const m = layout.names.length;
  for (const part of parts) {
    if (part.formula !== first.formula) refuse("the summaries are of different formulas");
    if (part.statistics.layout.names.join("\n") !== layout.names.join("\n")) {
      refuse(
        "the summaries have different columns; give factors among the fixed effects the same levels in every part",
      );
    }
    if (part.statistics.levels.some((level, l) => level.name !== first.statistics.levels[l]!.name)) {
      refuse("the parts order their factors differently; name them from the innermost in the option order");
    }
  }
  const rebased = parts.map((part) => rebase(part.statistics, layout));
  const cross = new CompensatedSum(first.statistics.cross.length);
  for (const part of rebased) cross.add(part.cross, 0, 0, part.cross.length);

  const maps: Int32Array[][] = [];
  const keyLists = first.statistics.levels.map((_, l) => {
    const seen = new Map<string, number>();
    maps.push(
      rebased.map((part) => {
        const level = part.levels[l]!;
        return Int32Array.from({ length: level.size }, (_, g) => {
          const key = level.levelName(g);
          const code = seen.get(key) ?? seen.size;
          seen.set(key, code);
          return code;
        });
      }),
    );
    return [...seen.keys()];
  });
  const levels = first.statistics.levels.map((level, l): LevelStatistics => {
    const step = level.zIndex.length * m;
    const keys = keyLists[l]!;
    const sum = new CompensatedSum(keys.length * step);
    const parents = level.parents ? new Int32Array(keys.length).fill(-1) : null;
    rebased.forEach((part, i) => {
      const own = part.levels[l]!;
      const to = maps[l]![i]!;
      for (let g = 0; g < own.size; g++) {
        sum.add(own.products, g * step, to[g]! * step, step);
        if (!parents) continue;
        const parent = maps[l + 1]![i]![own.parents![g]!]!;
        if (parents[to[g]!] !== -1 && parents[to[g]!] !== parent)
          throw crossedFault([level.name, first.statistics.levels[l + 1]!.name]);
        parents[to[g]!] = parent;
      }
    });
    return { ...level, size: keys.length, products: sum.result(), parents, levelName: (code) => keys[code]! };
  });
  const byColumn: Record<string, number> = {};
  for (const { missing } of parts) {
    for (const [name, rows] of Object.entries(missing.byColumn)) byColumn[name] = (byColumn[name] ?? 0) + rows;
  }
  return {
    formula: first.formula,
    isWeighted: parts.some(({ isWeighted }) => isWeighted),
    missing: { rows: parts.reduce((sum, { missing }) => sum + missing.rows, 0), byColumn },
    statistics: {
      layout,
      rows: rebased.reduce((sum, { rows }) => sum + rows, 0),
      sumLogWeights: rebased.reduce((sum, { sumLogWeights }) => sum + sumLogWeights, 0),
      cross: cross.result(),
      levels,
    },
  };
}

/** Fits the model from the summaries of all parts of the data. The result has no fitted values, for there are no rows. */
export function fitSummaries(parts: readonly MixedSummary[], options: FitOptions = {}): MixedFit {
  const started = performance.now();
  const { formula, statistics, missing, isWeighted } = mergeSummaries(parts);
  const sizes = statistics.levels.map(({ name, size, zIndex }) => ({ name, size, q: zIndex.length }));
  checkGroups(sizes, statistics.rows, isWeighted);
  const check = stopCheck(options, started);
  const fit = fitNested(statistics, null, null, { formula, missing, options, started, check });
  check.release();
  return fit;
}

/** Σ in two doubles per entry: the second keeps what rounding drops from the first. */
class CompensatedSum {
  private readonly high: Float64Array;
  private readonly low: Float64Array;

  constructor(size: number) {
    this.high = new Float64Array(size);
    this.low = new Float64Array(size);
  }

  add(values: Float64Array, from: number, to: number, count: number): void {
    const { high, low } = this;
    for (let i = 0; i < count; i++) {
      const a = high[to + i]!;
      const b = values[from + i]!;
      const sum = a + b;
      low[to + i]! += Math.abs(a) >= Math.abs(b) ? a - sum + b : b - sum + a;
      high[to + i] = sum;
    }
  }

  result(): Float64Array {
    return this.high.map((value, i) => value + this.low[i]!);
  }
}

/** The same statistics with another layout's origin and scale: W′ = W R with R diagonal but for the shift's row. */
function rebase(statistics: NestedStatistics, to: Layout): NestedStatistics {
  const from = statistics.layout;
  const m = from.names.length;
  const m0 = from.p + 1;
  let isSame = true;
  for (let j = 0; j < m; j++) if (from.origin[j] !== to.origin[j] || from.scale[j] !== to.scale[j]) isSame = false;
  if (isSame) return statistics;
  const ratio = Float64Array.from(to.scale, (scale, j) => scale / from.scale[j]!);
  const shift = Float64Array.from(to.scale, (scale, j) => (from.origin[j]! - to.origin[j]!) * scale);
  const cross = new Float64Array(m0 * m0);
  for (let i = 0; i < m0; i++) {
    for (let j = 0; j < m0; j++) {
      const a = statistics.cross;
      cross[i * m0 + j] =
        ratio[i]! * ratio[j]! * a[i * m0 + j]! +
        (shift[i] === 0 && shift[j] === 0
          ? 0
          : shift[i]! * ratio[j]! * a[j]! + ratio[i]! * shift[j]! * a[i * m0]! + shift[i]! * shift[j]! * a[0]!);
    }
  }
  const levels = statistics.levels.map((level) => {
    const q = level.zIndex.length;
    const products = new Float64Array(level.products.length);
    const intercept = level.zIndex.indexOf(0);
    for (let g = 0; g < level.size; g++) {
      for (let k = 0; k < q; k++) {
        const z = level.zIndex[k]!;
        for (let j = 0; j < m; j++) {
          const old = (row: number, column: number): number => level.products[(g * q + row) * m + column]!;
          let value = ratio[z]! * (ratio[j]! * old(k, j) + (shift[j] === 0 ? 0 : shift[j]! * old(k, 0)));
          if (shift[z] !== 0)
            value += shift[z]! * (ratio[j]! * old(intercept, j) + (shift[j] === 0 ? 0 : shift[j]! * old(intercept, 0)));
          products[(g * q + k) * m + j] = value;
        }
      }
    }
    return { ...level, products };
  });
  return { ...statistics, layout: { ...from, origin: to.origin, scale: to.scale }, cross, levels };
}
