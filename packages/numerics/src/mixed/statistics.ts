/**
 * What a nested model needs to know of the data, and how it is counted: one pass over the rows, then no row again.
 *
 * W = [X | y | extra] are the columns of the model, shifted by `origin` and multiplied by `scale`; extra holds columns
 * of Z that are not columns of X. Rows are multiplied by the square root of their weight. Per group g of a level with
 * effects Z the statistic is Z_gᵀ W_g [q × m]; over all rows it is WᵀW of the columns of X and y.
 */
import { NumericsFault } from "../fault.ts";
import { factorize } from "../linear/cholesky.ts";
import type { KernelFunctions } from "../linear/compiled.ts";
import { kernelsOn } from "../linear/compiled.ts";
import type { Design, DesignColumn, DesignFactor } from "./design.ts";
import { fillColumn } from "./design.ts";

/** The columns of W and how Z is found among them. */
export interface Layout {
  /** [m] names; the first p are X's, then the response, then the extra columns of Z */
  readonly names: readonly string[];
  readonly p: number;
  readonly origin: Float64Array;
  /** powers of two near 1 / standard deviation, so that scaling loses no digit */
  readonly scale: Float64Array;
  /** true when X has an intercept and so the columns are centered */
  readonly isCentered: boolean;
  /** per factor, in the design's order: column of W for each column of Z */
  readonly zIndex: readonly Int32Array[];
}

/** One grouping factor of a nested chain. */
export interface LevelStatistics {
  readonly name: string;
  readonly size: number;
  /** [q] columns of W that make Z */
  readonly zIndex: Int32Array;
  readonly zNames: readonly string[];
  readonly blocks: readonly (readonly number[])[];
  /** [size × q × m] Zᵀ W of each group, row-major */
  readonly products: Float64Array;
  /** [size] group of the next level up; null at the top */
  readonly parents: Int32Array | null;
  readonly levelName: (group: number) => string;
}

/** Everything the fit of a nested model needs. Levels run from the smallest groups to the largest. */
export interface NestedStatistics {
  readonly layout: Layout;
  readonly rows: number;
  /** Σ log weight */
  readonly sumLogWeights: number;
  /** [(p + 1) × (p + 1)] WᵀW of the columns of X and y, both triangles */
  readonly cross: Float64Array;
  readonly levels: readonly LevelStatistics[];
}

/** Rows handled at a time: a block of a dozen columns stays in the first-level cache. */
const BLOCK_ROWS = 256;
/** Rows looked at to choose origin and scale; they need only be near. */
const SAMPLE_ROWS = 128;

/** Chooses columns, origins and scales from a sample of the rows. */
export function planLayout(design: Design): { layout: Layout; columns: readonly DesignColumn[] } {
  const isCentered = design.fixed[0]?.atoms.length === 0;
  const response: DesignColumn = { name: design.responseName, atoms: [{ kind: "numeric", values: design.response }] };
  const columns: DesignColumn[] = [...design.fixed, response];
  const p = design.fixed.length;
  const isRaw: boolean[] = columns.map(() => !isCentered);
  const zIndex = design.factors.map((factor) => {
    const index = new Int32Array(factor.columns.length);
    for (const block of factor.blocks) {
      const hasIntercept = block.some((k) => factor.columns[k]!.atoms.length === 0);
      for (const k of block) {
        const column = factor.columns[k]!;
        // a centered column stands for x only beside an intercept of its own block
        const mustBeRaw = !isCentered || !hasIntercept;
        let at = columns.findIndex(
          (other, i) => i !== p && other.name === column.name && (isRaw[i] === mustBeRaw || column.atoms.length === 0),
        );
        if (at < 0) {
          at = columns.length;
          columns.push(column);
          isRaw.push(mustBeRaw);
        }
        index[k] = at;
      }
    }
    return index;
  });

  const m = columns.length;
  const origin = new Float64Array(m);
  const scale = new Float64Array(m).fill(1);
  const size = Math.min(design.count, SAMPLE_ROWS);
  const stride = Math.floor(design.count / size);
  const sampled = Int32Array.from({ length: size }, (_, r) => (design.rows ? design.rows[r * stride]! : r * stride));
  const sample = new Float64Array(size);
  for (let j = 0; j < m; j++) {
    if (columns[j]!.atoms.length === 0) continue;
    fillColumn(columns[j]!, sampled, 0, size, 0, 1, sample, 0);
    if (j === p && design.offset) for (let r = 0; r < size; r++) sample[r]! -= design.offset[sampled[r]!]!;
    let mean = 0;
    for (let r = 0; r < size; r++) mean += (sample[r]! - mean) / (r + 1);
    let squares = 0;
    const center = isRaw[j] ? 0 : mean;
    for (let r = 0; r < size; r++) squares += (sample[r]! - center) ** 2;
    const spread = Math.sqrt(squares / size);
    if (spread > Math.abs(mean) * 1e-12) scale[j] = 2 ** -Math.round(Math.log2(spread));
    else if (mean !== 0) scale[j] = 2 ** -Math.round(Math.log2(Math.abs(mean)));
    // a multiple of a sixteenth of the scale: whole numbers stay exact after the shift
    const grain = 1 / (16 * scale[j]!);
    if (!isRaw[j]) origin[j] = spread > Math.abs(mean) * 1e-12 ? Math.round(mean / grain) * grain : mean;
  }
  const layout = { names: columns.map((column) => column.name), p, origin, scale, isCentered, zIndex };
  return { layout, columns };
}

/** Orders factors from the most groups to the fewest and finds each one's parents, or says that they cross. */
export function nestFactors(
  factors: readonly DesignFactor[],
  rows: Int32Array | null,
  count: number,
  names?: readonly string[],
): { order: readonly number[]; parents: readonly (Int32Array | null)[] } | undefined {
  const rank = (i: number): number => (names ? names.indexOf(factors[i]!.name) : -factors[i]!.size);
  const order = factors.map((_, i) => i).toSorted((a, b) => rank(a) - rank(b));
  const parents: (Int32Array | null)[] = [];
  for (let l = 0; l < order.length; l++) {
    const inner = factors[order[l]!]!;
    const outer = order[l + 1] === undefined ? undefined : factors[order[l + 1]!]!;
    if (!outer) {
      parents.push(null);
      continue;
    }
    const parent = new Int32Array(inner.size).fill(-1);
    if (!findParents(inner.codes, outer.codes, rows, count, parent)) return undefined;
    parents.push(parent);
  }
  return { order, parents };
}

function findParents(
  inner: Int32Array,
  outer: Int32Array,
  rows: Int32Array | null,
  count: number,
  parent: Int32Array,
): boolean {
  for (let r = 0; r < count; r++) {
    const i = rows ? rows[r]! : r;
    const g = inner[i]!;
    const o = outer[i]!;
    if (parent[g] !== o) {
      if (parent[g] !== -1) return false;
      parent[g] = o;
    }
  }
  return true;
}

/** One pass over the rows of a nested design. @param check  called once per block; throws to stop */
export function countNested(
  design: Design,
  plan: { layout: Layout; columns: readonly DesignColumn[] },
  nesting: { order: readonly number[]; parents: readonly (Int32Array | null)[] },
  check: () => void,
): NestedStatistics {
  const { layout } = plan;
  const factors = nesting.order.map((i) => design.factors[i]!);
  const zIndex = nesting.order.map((i) => layout.zIndex[i]!);
  const pass = new RowPass(
    design,
    plan,
    factors.map(({ size }, l) => size * zIndex[l]!.length),
  );
  let sumLogWeights = 0;
  for (let start = 0; start < design.count; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, design.count - start);
    if ((start & 0xffff) === 0) check();
    sumLogWeights += pass.read(start, count);
    for (let l = 0; l < factors.length; l++) {
      const z = zIndex[l]!;
      let isLoaded = false;
      for (let k = 0; k < z.length; k++) {
        // what the level below also has is added up from there
        if (l > 0 && zIndex[l - 1]!.includes(z[k]!)) continue;
        if (!isLoaded) pass.load(factors[l]!.codes, start, count);
        isLoaded = true;
        pass.addToGroups(l, z.length, k, z[k]!, count);
      }
    }
  }
  for (let l = 1; l < factors.length; l++) {
    const below = zIndex[l - 1]!;
    zIndex[l]!.forEach((z, k) => {
      const from = below.indexOf(z);
      if (from >= 0) pass.addUp(l, zIndex[l]!.length, k, below.length, from, nesting.parents[l - 1]!);
    });
  }
  return {
    layout,
    rows: design.count,
    sumLogWeights,
    cross: pass.cross(),
    levels: factors.map((factor, l) => ({
      name: factor.name,
      size: factor.size,
      zIndex: zIndex[l]!,
      zNames: factor.columns.map((column) => column.name),
      blocks: factor.blocks,
      products: pass.products(l),
      parents: nesting.parents[l]!,
      levelName: factor.levelName,
    })),
  };
}

/**
 * Rows of W, block by block, in the memory of the compiled loops; WᵀW of the columns of X and y is added up on the way,
 * and Zᵀ W of groups as asked.
 */
export class RowPass {
  /** [m × BLOCK_ROWS] the columns of the block read last, one after another */
  readonly block: Float64Array;
  private readonly design: Design;
  private readonly plan: { layout: Layout; columns: readonly DesignColumn[] };
  private readonly functions: KernelFunctions;
  private readonly memory: Float64Array;
  private readonly whole: Int32Array;
  /** columns multiplied with each other, in whole tiles; those added are 0 or not looked at */
  private readonly width: number;
  private readonly m: number;
  // places in the memory, in doubles
  private readonly sums: number;
  private readonly codes: number;
  private readonly one: number;
  private readonly groups: readonly { readonly at: number; readonly rows: number }[];

  /** @param rows  per factor, groups times effects: rows of Zᵀ W */
  constructor(design: Design, plan: { layout: Layout; columns: readonly DesignColumn[] }, rows: readonly number[]) {
    this.design = design;
    this.plan = plan;
    const m = plan.columns.length;
    this.m = m;
    this.width = Math.ceil((plan.layout.p + 1) / 4) * 4;
    this.sums = Math.max(m, this.width) * BLOCK_ROWS;
    this.codes = this.sums + this.width * this.width;
    this.one = this.codes + BLOCK_ROWS / 2;
    let end = this.one + 2;
    this.groups = rows.map((count) => {
      const at = end;
      end += count * m;
      return { at, rows: count };
    });
    const { buffer, functions } = kernelsOn(end * 8);
    this.functions = functions;
    this.memory = new Float64Array(buffer);
    this.whole = new Int32Array(buffer);
    this.block = this.memory.subarray(0, m * BLOCK_ROWS);
    this.memory[this.one] = 1;
  }

  /** Reads a block and adds up its WᵀW. @returns Σ log weight of its rows */
  read(start: number, count: number): number {
    const { functions, width, sums } = this;
    const sumLogWeights = this.fill(start, count);
    const even = count + (count % 2);
    if (even > count) for (let j = 0; j < width; j++) this.memory[j * BLOCK_ROWS + count] = 0;
    for (let i = 0; i < this.plan.layout.p + 1; i += 2) {
      const columns = Math.min(width, Math.ceil((i + 2) / 4) * 4);
      functions.tile(
        (sums + i * width) * 8,
        width * 8,
        i * BLOCK_ROWS * 8,
        BLOCK_ROWS * 8,
        0,
        BLOCK_ROWS * 8,
        columns * BLOCK_ROWS * 8,
        even * 8,
      );
    }
    return sumLogWeights;
  }

  private fill(start: number, count: number): number {
    const { block, functions, memory } = this;
    const { layout, columns } = this.plan;
    const { rows, offset, weights } = this.design;
    for (let j = 0; j < columns.length; j++) {
      const { atoms } = columns[j]!;
      const at = j * BLOCK_ROWS;
      const origin = layout.origin[j]!;
      const scale = layout.scale[j]!;
      const only = atoms[0];
      if (rows === null && atoms.length === 1 && only?.kind === "numeric") {
        memory.set(only.values.subarray(start, start + count), at);
        functions.shift(at * 8, (count + 1) >> 1, origin, scale);
      } else if (only !== undefined || start === 0 || weights !== null) {
        // the constant stays from block to block
        fillColumn(columns[j]!, rows, start, count, origin, scale, block, at);
      }
    }
    if (offset) {
      const scale = layout.scale[layout.p]!;
      const at = layout.p * BLOCK_ROWS;
      for (let r = 0; r < count; r++) block[at + r]! -= offset[rows ? rows[start + r]! : start + r]! * scale;
    }
    if (!weights) return 0;
    let sumLogWeights = 0;
    for (let r = 0; r < count; r++) {
      const weight = weights[rows ? rows[start + r]! : start + r]!;
      sumLogWeights += Math.log(weight);
      const root = Math.sqrt(weight);
      for (let j = 0; j < columns.length; j++) block[j * BLOCK_ROWS + r]! *= root;
    }
    return sumLogWeights;
  }

  /** Takes the groups of the rows of a block. @returns [count] valid until the next are loaded */
  load(codes: Int32Array, start: number, count: number): Int32Array {
    const { rows } = this.design;
    const at = this.codes * 2;
    if (rows === null) this.whole.set(codes.subarray(start, start + count), at);
    else for (let r = 0; r < count; r++) this.whole[at + r] = codes[rows[start + r]!]!;
    return this.whole.subarray(at, at + count);
  }

  /** Zᵀ W of the groups loaded last: effect k of q of a factor, whose values are column z of W. */
  addToGroups(factor: number, q: number, k: number, z: number, count: number): void {
    const step = q * this.m * 8;
    const to = (this.groups[factor]!.at + k * this.m) * 8;
    const column = BLOCK_ROWS * 8;
    this.functions.group(0, 8, column, this.m, z * column, 8, this.codes * 8, count, to, step);
  }

  /** Effect k of q of a factor from effect `from` of `qBelow` of the factor before it. */
  addUp(factor: number, q: number, k: number, qBelow: number, from: number, parents: Int32Array): void {
    const { m } = this;
    const step = qBelow * m * 8;
    const source = (this.groups[factor - 1]!.at + from * m) * 8;
    const to = (this.groups[factor]!.at + k * m) * 8;
    for (let start = 0; start < parents.length; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, parents.length - start);
      this.whole.set(parents.subarray(start, start + count), this.codes * 2);
      const first = source + start * step;
      this.functions.group(first, step, 8, m, this.one * 8, 0, this.codes * 8, count, to, q * m * 8);
    }
  }

  /** [rows × m] Zᵀ W of a factor */
  products(factor: number): Float64Array {
    const { at, rows } = this.groups[factor]!;
    return this.memory.slice(at, at + rows * this.m);
  }

  /** [(p + 1) × (p + 1)] WᵀW of the columns of X and y, both triangles */
  cross(): Float64Array {
    const { width, sums } = this;
    const size = this.plan.layout.p + 1;
    const cross = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const value = -this.memory[sums + i * width + j]!;
        cross[i * size + j] = value;
        cross[j * size + i] = value;
      }
    }
    return cross;
  }
}

export const blockRows = BLOCK_ROWS;

/**
 * Which columns of X say something new, in order, judged from their cross-products: a column whose part orthogonal to
 * the earlier ones is below rounding is dropped.
 *
 * @param raw  [p] sums of squares before centering, to see a column that is constant but for rounding
 * @returns indices of the columns kept
 */
export function independentColumns(cross: Float64Array, stride: number, p: number): number[] {
  const kept: number[] = [];
  const l: Float64Array[] = [];
  for (let j = 0; j < p; j++) {
    const row = new Float64Array(kept.length + 1);
    let rest = cross[j * stride + j]!;
    for (let k = 0; k < kept.length; k++) {
      let sum = cross[j * stride + kept[k]!]!;
      for (let i = 0; i < k; i++) sum -= row[i]! * l[k]![i]!;
      row[k] = sum / l[k]![k]!;
      rest -= row[k]! * row[k]!;
    }
    // 1e-11 in squares: the digits left after cross-products of centered, scaled columns in doubles
    if (!(rest > cross[j * stride + j]! * 1e-11) || !(rest > 0)) continue;
    row[kept.length] = Math.sqrt(rest);
    l.push(row);
    kept.push(j);
  }
  return kept;
}

/** The same statistics for X without the columns not kept. */
export function keepColumns(statistics: NestedStatistics, kept: readonly number[]): NestedStatistics {
  const { layout } = statistics;
  const m = layout.names.length;
  const m0 = layout.p + 1;
  const used = new Set<number>();
  for (const level of statistics.levels) for (const z of level.zIndex) used.add(z);
  const p = kept.length;
  // a dropped column of X that is also a column of Z lives on as an extra column
  const order = [...kept, layout.p];
  for (let j = 0; j < m; j++) if (!order.includes(j) && (j > layout.p || used.has(j))) order.push(j);
  const to = new Int32Array(m).fill(-1);
  order.forEach((from, at) => {
    to[from] = at;
  });
  const cross = new Float64Array((p + 1) * (p + 1));
  for (let i = 0; i <= p; i++) {
    for (let j = 0; j <= p; j++) cross[i * (p + 1) + j] = statistics.cross[order[i]! * m0 + order[j]!]!;
  }
  return {
    ...statistics,
    layout: {
      names: order.map((j) => layout.names[j]!),
      p,
      origin: Float64Array.from(order, (j) => layout.origin[j]!),
      scale: Float64Array.from(order, (j) => layout.scale[j]!),
      isCentered: layout.isCentered,
      zIndex: layout.zIndex.map((index) => index.map((z) => to[z]!)),
    },
    cross,
    levels: statistics.levels.map((level) => {
      const q = level.zIndex.length;
      const products = new Float64Array(level.size * q * order.length);
      for (let row = 0; row < level.size * q; row++) {
        for (let j = 0; j < order.length; j++) products[row * order.length + j] = level.products[row * m + order[j]!]!;
      }
      return { ...level, zIndex: level.zIndex.map((z) => to[z]!), products };
    }),
  };
}

/** @throws DATA_INSUFFICIENT, MODEL_NOT_IDENTIFIED for group structures no model can be fitted to */
export function checkGroups(
  factors: readonly { name: string; size: number; q: number }[],
  rows: number,
  isWeighted: boolean,
): void {
  for (const { name, size } of factors) {
    if (size < 2) {
      throw new NumericsFault("DATA_INSUFFICIENT", {
        problem: `there is only one ${name} in the rows used; effects of ${name} need at least 2, and some ten to be of use`,
        rule: "one-group",
        named: { group: name },
      });
    }
    if (size >= rows && !isWeighted) {
      throw new NumericsFault("MODEL_NOT_IDENTIFIED", {
        problem: `every ${name} has one row only, so its effect cannot be told from the residual`,
        rule: "one-row-per-group",
        named: { group: name },
      });
    }
  }
  const effects = Math.max(...factors.map(({ size, q }) => size * q));
  if (effects >= rows && !isWeighted) {
    throw new NumericsFault("MODEL_NOT_IDENTIFIED", {
      problem: `the model has ${effects} random effects of one factor for ${rows} rows; the residual cannot be told from them`,
      rule: "more-effects-than-rows",
      named: { effects, rows },
    });
  }
}

/** @throws DATA_INSUFFICIENT when the outcome does not vary or the fixed effects explain it entirely */
export function checkOutcome(cross: Float64Array, p: number, layout: Layout): void {
  const m0 = p + 1;
  const a = cross.slice();
  const name = layout.names[p] ?? "outcome";
  const total = cross[p * m0 + p]!;
  const isConstant = layout.isCentered && total - cross[p * m0]! ** 2 / cross[0]! <= total * 1e-14;
  if (isConstant || total === 0) {
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: `the outcome "${name}" has the same value in every row`,
      rule: "constant-outcome",
      named: { name },
    });
  }
  const whole = factorize(a, m0);
  const last = a[p * m0 + p]!;
  if (whole === undefined || last * last <= total * 1e-13) {
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: `the fixed effects explain the outcome "${name}" without any residual, so there is no variance to divide`,
      rule: "nothing-left",
      named: { name },
    });
  }
}
