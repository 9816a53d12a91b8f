/**
 * The solver for crossed factors. The factor with the most effects is eliminated group by group (its block of V is
 * diagonal); the others meet in the Schur complement, a sparse matrix that is factorized in dense fronts (linear/sparse.ts).
 *
 *     S = Z₂ᵀ V₁⁻¹ Z₂,   V₁ = I + Z₁ D₁ Z₁ᵀ,   M = I + Λ₂ᵀ S Λ₂ = L Lᵀ,   b = M⁻¹ Λ₂ᵀ Z₂ᵀ V₁⁻¹ [X y]
 *
 * From these Λ₂ᵀ (Z₂ᵀ V⁻¹ Z₂) Λ₂ = I − M⁻¹ and Λ₂ᵀ Z₂ᵀ V⁻¹ [X y] = b. Derivatives and effects need only those entries of
 * M⁻¹ that two effects of one group of the first factor share, and these lie in one front.
 */
import { factorize, solveLower, solveUpper } from "../linear/cholesky.ts";
import type { Front } from "../linear/elimination.ts";
import { eliminationFronts } from "../linear/elimination.ts";
import { sparseFactor } from "../linear/sparse.ts";
import type { Design, DesignColumn } from "./design.ts";
import type { Derivatives, Engine, Evaluation, LevelEffects, ModelLevel } from "./engine.ts";
import type { Layout } from "./statistics.ts";
import { blockRows, checkOutcome, independentColumns, RowPass } from "./statistics.ts";

/** Statistics of crossed factors; the first level is the one to eliminate. */
interface CrossedStatistics {
  readonly p: number;
  readonly rows: number;
  readonly sumLogWeights: number;
  readonly cross: Float64Array;
  readonly sizes: readonly number[];
  readonly qs: readonly number[];
  /** per level [size × q × (p + 1)] Zᵀ [X y] */
  readonly products: readonly Float64Array[];
  /** per level [size × q × q] ZᵀZ of each group */
  readonly own: readonly Float64Array[];
  /** per further level: groups of the first level with the groups of that level that share rows with them */
  readonly links: readonly Links[];
  /** two further levels each */
  readonly pairs: readonly (Links & { readonly from: number; readonly to: number })[];
}

/** The groups of one factor that share rows with a group of another, and what they share. */
interface Links {
  /** [size + 1] where the list of each group begins */
  readonly starts: Int32Array;
  readonly others: Int32Array;
  /** [entries × q × q of the other] ZᵀZ of the two groups */
  readonly values: Float64Array;
}

export function crossedEngine(
  design: Design,
  plan: { layout: Layout; columns: readonly DesignColumn[] },
  check: () => void,
): { engine: Engine; layout: Layout; levels: ModelLevel[]; dropped: string[] } {
  const { factors } = design;
  const order = factors
    .map((_, i) => i)
    .toSorted((a, b) => factors[b]!.size * factors[b]!.columns.length - factors[a]!.size * factors[a]!.columns.length);
  const statistics = count(design, plan, order, check);
  const { layout } = plan;
  const kept = independentColumns(statistics.cross, layout.p + 1, layout.p);
  const dropped = layout.names.slice(0, layout.p).filter((_, j) => !kept.includes(j));
  const lean = dropped.length > 0 ? keep(statistics, kept) : statistics;
  const leanLayout: Layout = dropped.length > 0 ? keepLayout(layout, kept) : layout;
  checkOutcome(lean.cross, lean.p, leanLayout);
  const levels = order.map((f): ModelLevel => {
    const factor = factors[f]!;
    return {
      name: factor.name,
      size: factor.size,
      q: factor.columns.length,
      zIndex: leanLayout.zIndex[f]!,
      zNames: factor.columns.map((column) => column.name),
      blocks: factor.blocks,
      levelName: factor.levelName,
      codes: factor.codes,
    };
  });
  const engine = solver(lean, levels, check);
  return { engine, layout: leanLayout, levels, dropped };
}

function count(
  design: Design,
  plan: { layout: Layout; columns: readonly DesignColumn[] },
  order: readonly number[],
  check: () => void,
): CrossedStatistics {
  const { layout, columns } = plan;
  const { p } = layout;
  const m = columns.length;
  const m0 = p + 1;
  const n = design.count;
  const factors = order.map((f) => design.factors[f]!);
  const z = order.map((f) => layout.zIndex[f]!);
  const qs = z.map((index) => index.length);
  const sizes = factors.map(({ size }) => size);
  const pass = new RowPass(
    design,
    plan,
    sizes.map((size, f) => size * qs[f]!),
  );
  const { block } = pass;
  // Z of each row, unless it is the constant 1
  const isPlain = z.map((index) => index.length === 1 && columns[index[0]!]!.atoms.length === 0 && !design.weights);
  const values = z.map((index, f) => new Float64Array(isPlain[f] ? 0 : n * index.length));
  const codes = factors.map(() => new Int32Array(n));
  let sumLogWeights = 0;
  for (let start = 0; start < n; start += blockRows) {
    if ((start & 0xffff) === 0) check();
    const size = Math.min(blockRows, n - start);
    sumLogWeights += pass.read(start, size);
    for (let f = 0; f < factors.length; f++) {
      const q = qs[f]!;
      codes[f]!.set(pass.load(factors[f]!.codes, start, size), start);
      for (let k = 0; k < q; k++) {
        const column = z[f]![k]!;
        pass.addToGroups(f, q, k, column, size);
        if (isPlain[f]) continue;
        for (let r = 0; r < size; r++) values[f]![(start + r) * q + k] = block[column * blockRows + r]!;
      }
    }
  }
  const lean = factors.map((_, f) => {
    const all = pass.products(f);
    if (m === m0) return all;
    const rows = all.length / m;
    const few = new Float64Array(rows * m0);
    for (let r = 0; r < rows; r++) few.set(all.subarray(r * m, r * m + m0), r * m0);
    return few;
  });
  const own = factors.map((_, f) => {
    const q = qs[f]!;
    const all = pass.products(f);
    const squares = new Float64Array(sizes[f]! * q * q);
    for (let row = 0; row < sizes[f]! * q; row++) {
      for (let k = 0; k < q; k++) squares[row * q + k] = all[row * m + z[f]![k]!]!;
    }
    return squares;
  });
  const link = (from: number, to: number): Links =>
    linkGroups(
      { codes: codes[from]!, size: sizes[from]!, q: qs[from]!, values: isPlain[from] ? null : values[from]! },
      { codes: codes[to]!, size: sizes[to]!, q: qs[to]!, values: isPlain[to] ? null : values[to]! },
    );
  const pairs: (Links & { from: number; to: number })[] = [];
  for (let from = 1; from < factors.length; from++) {
    for (let to = from + 1; to < factors.length; to++) pairs.push({ ...link(from, to), from, to });
  }
  return {
    p,
    rows: n,
    sumLogWeights,
    cross: pass.cross(),
    sizes,
    qs,
    products: lean,
    own,
    links: factors.slice(1).map((_, f) => link(0, f + 1)),
    pairs,
  };
}

interface LinkedFactor {
  /** [rows] */
  readonly codes: Int32Array;
  readonly size: number;
  readonly q: number;
  /** [rows × q] Z; null for the constant 1 */
  readonly values: Float64Array | null;
}

function linkGroups(left: LinkedFactor, right: LinkedFactor): Links {
  const n = left.codes.length;
  // rows in order of the left groups
  const first = new Int32Array(left.size + 1);
  for (let r = 0; r < n; r++) first[left.codes[r]! + 1]!++;
  for (let g = 0; g < left.size; g++) first[g + 1]! += first[g]!;
  const sorted = new Int32Array(n);
  const next = first.slice();
  for (let r = 0; r < n; r++) sorted[next[left.codes[r]!]!++] = r;

  const starts = new Int32Array(left.size + 1);
  const others = new Int32Array(n);
  const width = left.q * right.q;
  let values = new Float64Array(n * width);
  const marks = new Int32Array(right.size).fill(-1);
  let entries = 0;
  for (let g = 0; g < left.size; g++) {
    const begin = entries;
    for (let s = first[g]!; s < first[g + 1]!; s++) {
      const r = sorted[s]!;
      const other = right.codes[r]!;
      let entry = marks[other]!;
      if (entry < begin) {
        entry = entries++;
        marks[other] = entry;
        others[entry] = other;
      }
      for (let i = 0; i < left.q; i++) {
        const value = left.values ? left.values[r * left.q + i]! : 1;
        for (let j = 0; j < right.q; j++) {
          values[entry * width + i * right.q + j]! += value * (right.values ? right.values[r * right.q + j]! : 1);
        }
      }
    }
    starts[g + 1] = entries;
  }
  values = values.slice(0, entries * width);
  return { starts, others: others.slice(0, entries), values };
}

function keep(statistics: CrossedStatistics, kept: readonly number[]): CrossedStatistics {
  const m0 = statistics.p + 1;
  const use = [...kept, statistics.p];
  const w = use.length;
  const cross = new Float64Array(w * w);
  use.forEach((from, i) =>
    use.forEach((other, j) => {
      cross[i * w + j] = statistics.cross[from * m0 + other]!;
    }),
  );
  const products = statistics.products.map((all) => {
    const rows = all.length / m0;
    const lean = new Float64Array(rows * w);
    for (let r = 0; r < rows; r++) for (let j = 0; j < w; j++) lean[r * w + j] = all[r * m0 + use[j]!]!;
    return lean;
  });
  return { ...statistics, p: kept.length, cross, products };
}

function keepLayout(layout: Layout, kept: readonly number[]): Layout {
  const dropped = layout.names.map((_, j) => j).filter((j) => j < layout.p && !kept.includes(j));
  // dropped columns move behind the response, where Z may still refer to them
  const order = [...kept, ...layout.names.map((_, j) => j).filter((j) => j >= layout.p), ...dropped];
  return {
    names: order.map((j) => layout.names[j]!),
    p: kept.length,
    origin: Float64Array.from(order, (j) => layout.origin[j]!),
    scale: Float64Array.from(order, (j) => layout.scale[j]!),
    isCentered: layout.isCentered,
    zIndex: layout.zIndex.map((index) => index.map((z) => order.indexOf(z))),
  };
}

/**
 * How the effects of the further levels hang together: the fronts of their elimination, and in which front the effects
 * meet that a group of the first level ties together.
 */
interface Pattern {
  readonly fronts: readonly Front[];
  /** [groups of the further levels + 1] first effect of each */
  readonly offset: Int32Array;
  /** first of those groups that belongs to each level; the first level has none */
  readonly bases: readonly number[];
}

/** Above this share of pairs that meet, the Schur complement is one dense front. */
const DENSE_SHARE = 0.4;
/** Meetings kept while the order is looked for, 240 MB; above that too it is one dense front. */
const MOST_MEETINGS = 3e7;

function planPattern({ sizes, qs, links, pairs }: CrossedStatistics, check: () => void): Pattern {
  const bases: number[] = [0];
  let total = 0;
  for (let f = 1; f < sizes.length; f++) {
    bases.push(total);
    total += sizes[f]!;
  }
  const offset = new Int32Array(total + 1);
  let at = 0;
  for (let f = 1; f < sizes.length; f++) {
    for (let g = 0; g < sizes[f]!; g++) {
      at += qs[f]!;
      offset[bases[f]! + g + 1] = at;
    }
  }
  // further groups by the first level's group they share rows with, and the other way round
  const tied = Array.from({ length: sizes[0]! }, (_, g) =>
    links.flatMap(({ starts, others }, l) =>
      Array.from(others.subarray(starts[g], starts[g + 1]), (other) => bases[l + 1]! + other),
    ),
  );
  const through: number[][] = Array.from({ length: total }, () => []);
  tied.forEach((list, g) => {
    for (const one of list) through[one]!.push(g);
  });
  const direct: number[][] = Array.from({ length: total }, () => []);
  for (const { from, to, starts, others } of pairs) {
    for (let g = 0; g < sizes[from]!; g++) {
      for (let e = starts[g]!; e < starts[g + 1]!; e++) {
        const [left, right] = [bases[from]! + g, bases[to]! + others[e]!];
        direct[left]!.push(right);
        direct[right]!.push(left);
      }
    }
  }
  const dense: Front[] = [{ columns: Array.from({ length: total }, (_, i) => i), rows: [], parent: -1 }];
  const most = Math.min(MOST_MEETINGS, Math.max(DENSE_SHARE * total * total, 2000));
  const starts = new Int32Array(total + 1);
  const neighbours: number[] = [];
  const mark = new Int32Array(total).fill(-1);
  for (let i = 0; i < total; i++) {
    if ((i & 0xff) === 0) check();
    mark[i] = i;
    const take = (other: number): void => {
      if (mark[other] === i) return;
      mark[other] = i;
      neighbours.push(other);
    };
    for (const g of through[i]!) for (const other of tied[g]!) take(other);
    for (const other of direct[i]!) take(other);
    starts[i + 1] = neighbours.length;
    if (neighbours.length > most) return { fronts: dense, offset, bases };
  }
  return { fronts: eliminationFronts(starts, Int32Array.from(neighbours), check), offset, bases };
}

function solver(statistics: CrossedStatistics, levels: readonly ModelLevel[], check: () => void): Engine {
  const { p, rows, sumLogWeights, cross, sizes, qs, products, own, links, pairs } = statistics;
  const m0 = p + 1;
  const q1 = qs[0]!;
  const groups = sizes[0]!;
  const { fronts, offset, bases } = planPattern(statistics, check);
  const width = offset.at(-1)!;
  const factor = sparseFactor(width, fronts, offset, check);
  const s = new Float64Array(m0 * m0);
  const factorX = new Float64Array(p * p);
  const contrast = new Float64Array(m0);
  /** [groups × q₁ × q₁] P₁ */
  const p1 = new Float64Array(groups * q1 * q1);
  /** [width × m0] Λ₂ᵀ Z₂ᵀ V₁⁻¹ [X y], then b */
  const b = new Float64Array(width * m0);
  let lambda: readonly Float64Array[] = [];
  let inverse: InverseParts | undefined;

  // in which front each effect is eliminated, and where it stands there
  const home = new Int32Array(width);
  const rank = new Int32Array(width);
  let next = 0;
  factor.fronts.forEach((front, node) => {
    for (let i = 0; i < front.width; i++) {
      home[front.rows[i]!] = node;
      rank[front.rows[i]!] = next++;
    }
  });
  const { starts, effects: effectOf, values, level: levelOf, front: frontOf } = entriesOf();
  const { placeOf, rowStarts, rowEntries, firstRow } = placesOf();
  /** [entries × q₁] Z₁ᵀ Z₂ Λ₂ */
  const scaled = new Float64Array(effectOf.length * q1);
  /** [entries × q₁] L₁⁻¹ Λ₁ᵀ Z₁ᵀ Z₂ Λ₂ */
  const mixed = new Float64Array(effectOf.length * q1);
  const groupOfEntry = new Int32Array(effectOf.length);
  for (let g = 0; g < groups; g++) groupOfEntry.fill(g, starts[g], starts[g + 1]);
  const blocks = blocksOf();

  /**
   * The effects that share rows with each group of the first level, in order of their elimination, and the front that
   * holds them all: the one that eliminates the first of them.
   */
  function entriesOf(): {
    starts: Int32Array;
    effects: Int32Array;
    values: Float64Array;
    level: Int32Array;
    front: Int32Array;
  } {
    const first = new Int32Array(groups + 1);
    for (let g = 0; g < groups; g++) {
      first[g + 1] = first[g]!;
      links.forEach((link, l) => {
        first[g + 1]! += (link.starts[g + 1]! - link.starts[g]!) * qs[l + 1]!;
      });
    }
    const total = first[groups]!;
    const effects = new Int32Array(total);
    const amounts = new Float64Array(total * q1);
    const level = new Int32Array(total);
    const front = new Int32Array(groups);
    for (let g = 0; g < groups; g++) {
      const list: { effect: number; level: number; from: number }[] = [];
      links.forEach((link, l) => {
        const q = qs[l + 1]!;
        for (let e = link.starts[g]!; e < link.starts[g + 1]!; e++) {
          const effect = offset[bases[l + 1]! + link.others[e]!]!;
          for (let k = 0; k < q; k++) list.push({ effect: effect + k, level: l + 1, from: e * q1 * q + k });
        }
      });
      list.sort((left, right) => rank[left.effect]! - rank[right.effect]!);
      front[g] = list.length > 0 ? home[list[0]!.effect]! : 0;
      list.forEach((one, i) => {
        const at = first[g]! + i;
        effects[at] = one.effect;
        level[at] = one.level;
        const q = qs[one.level]!;
        for (let r = 0; r < q1; r++) amounts[at * q1 + r] = links[one.level - 1]!.values[one.from + r * q]!;
      });
    }
    return { starts: first, effects, values: amounts, level, front };
  }

  /** The entries by the row of their front, so that a row stays in the cache while its entries are visited. */
  function placesOf(): {
    placeOf: Int32Array;
    rowStarts: Int32Array;
    rowEntries: Int32Array;
    firstRow: Int32Array;
  } {
    const firsts = new Int32Array(factor.fronts.length + 1);
    factor.fronts.forEach((front, node) => {
      firsts[node + 1] = firsts[node]! + front.rows.length;
    });
    const byFront: number[][] = factor.fronts.map(() => []);
    for (let g = 0; g < groups; g++) byFront[frontOf[g]!]!.push(g);
    const places = new Int32Array(effectOf.length);
    const local = new Int32Array(width);
    factor.fronts.forEach((front, node) => {
      front.rows.forEach((effect, i) => {
        local[effect] = i;
      });
      for (const g of byFront[node]!)
        for (let e = starts[g]!; e < starts[g + 1]!; e++) places[e] = local[effectOf[e]!]!;
    });
    const counts = new Int32Array(firsts.at(-1)! + 1);
    for (let g = 0; g < groups; g++) {
      for (let e = starts[g]!; e < starts[g + 1]!; e++) counts[firsts[frontOf[g]!]! + places[e]! + 1]!++;
    }
    for (let row = 0; row + 1 < counts.length; row++) counts[row + 1]! += counts[row]!;
    const ends = counts.slice();
    const entries = new Int32Array(effectOf.length);
    for (let g = 0; g < groups; g++) {
      for (let e = starts[g]!; e < starts[g + 1]!; e++) entries[ends[firsts[frontOf[g]!]! + places[e]!]!++] = e;
    }
    return { placeOf: places, rowStarts: counts, rowEntries: entries, firstRow: firsts };
  }

  /** What stands in M besides the first level's share, by front: ZᵀZ of a group with itself or with one of another level. */
  function blocksOf(): readonly (readonly CrossBlock[])[] {
    const list: CrossBlock[][] = factor.fronts.map(() => []);
    const local = new Int32Array(width);
    const waiting: Omit<CrossBlock, "row" | "column">[][] = factor.fronts.map(() => []);
    const add = (block: Omit<CrossBlock, "row" | "column">): void => {
      waiting[Math.min(home[block.left]!, home[block.right]!)]!.push(block);
    };
    for (let f = 1; f < sizes.length; f++) {
      for (let g = 0; g < sizes[f]!; g++) {
        const effect = offset[bases[f]! + g]!;
        add({ left: effect, right: effect, from: f, to: f, at: g * qs[f]! * qs[f]!, values: own[f]! });
      }
    }
    for (const pair of pairs) {
      const size = qs[pair.from]! * qs[pair.to]!;
      for (let g = 0; g < sizes[pair.from]!; g++) {
        const left = offset[bases[pair.from]! + g]!;
        for (let e = pair.starts[g]!; e < pair.starts[g + 1]!; e++) {
          const right = offset[bases[pair.to]! + pair.others[e]!]!;
          add({ left, right, from: pair.from, to: pair.to, at: e * size, values: pair.values });
        }
      }
    }
    factor.fronts.forEach((front, node) => {
      front.rows.forEach((effect, i) => {
        local[effect] = i;
      });
      for (const block of waiting[node]!) {
        list[node]!.push({ ...block, row: local[block.left]!, column: local[block.right]! });
      }
    });
    return list;
  }

  /** M less its factorization's progress: this front's share of I + Λ₂ᵀ S Λ₂ */
  function addFront(node: number, memory: Float64Array, at: number, stride: number): void {
    for (const { row, column, from, to, at: first, values: amounts } of blocks[node]!) {
      const [q, r] = [qs[from]!, qs[to]!];
      const [l, right] = [lambda[from]!, lambda[to]!];
      for (let i = 0; i < q; i++) {
        for (let j = 0; j < r; j++) {
          let sum = row === column && i === j ? 1 : 0;
          for (let u = 0; u < q; u++) {
            for (let v = 0; v < r; v++) sum += l[u * q + i]! * amounts[first + u * r + v]! * right[v * r + j]!;
          }
          const [low, high] = row + i >= column + j ? [row + i, column + j] : [column + j, row + i];
          if (row === column && j > i) continue;
          memory[at + low * stride + high]! += sum;
        }
      }
    }
    const count = factor.fronts[node]!.rows.length;
    const first = firstRow[node]!;
    if (q1 === 1) {
      subtractPlain(memory, at, stride, count, first, rowStarts, rowEntries, groupOfEntry, starts, placeOf, mixed);
      return;
    }
    for (let row = 0; row < count; row++) {
      const to = at + row * stride;
      for (let i = rowStarts[first + row]!; i < rowStarts[first + row + 1]!; i++) {
        const e = rowEntries[i]!;
        for (let k = starts[groupOfEntry[e]!]!; k <= e; k++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += mixed[e * q1 + r]! * mixed[k * q1 + r]!;
          memory[to + placeOf[k]!]! -= sum;
        }
      }
    }
  }

  function scale(): void {
    for (let e = 0; e < effectOf.length;) {
      const f = levelOf[e]!;
      const q = qs[f]!;
      const l = lambda[f]!;
      if (q === 1) {
        for (let r = 0; r < q1; r++) scaled[e * q1 + r] = values[e * q1 + r]! * l[0]!;
      } else {
        // the effects of a group stand side by side
        for (let c = 0; c < q; c++) {
          for (let r = 0; r < q1; r++) {
            let sum = 0;
            for (let k = 0; k < q; k++) sum += values[(e + k) * q1 + r]! * l[k * q + c]!;
            scaled[(e + c) * q1 + r] = sum;
          }
        }
      }
      e += q;
    }
    for (let f = 1; f < sizes.length; f++) {
      const q = qs[f]!;
      const l = lambda[f]!;
      const from = products[f]!;
      for (let g = 0; g < sizes[f]!; g++) {
        const to = offset[bases[f]! + g]! * m0;
        for (let c = 0; c < q; c++) {
          for (let j = 0; j < m0; j++) {
            let sum = 0;
            for (let k = 0; k < q; k++) sum += l[k * q + c]! * from[(g * q + k) * m0 + j]!;
            b[to + c * m0 + j] = sum;
          }
        }
      }
    }
  }

  function evaluate(at: readonly Float64Array[]): Evaluation | undefined {
    check();
    lambda = at;
    inverse = undefined;
    s.set(cross);
    scale();
    let logDeterminant = 0;
    const l1 = lambda[0]!;
    const inner = new Float64Array(q1 * q1);
    const v = new Float64Array(q1 * q1);
    const u = new Float64Array(q1 * m0);
    for (let g = 0; g < groups; g++) {
      const ownAt = g * q1 * q1;
      // M₁ = I + Λᵀ C Λ
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = i === j ? 1 : 0;
          for (let r = 0; r < q1; r++) {
            for (let t = 0; t < q1; t++) sum += l1[r * q1 + i]! * own[0]![ownAt + r * q1 + t]! * l1[t * q1 + j]!;
          }
          inner[i * q1 + j] = sum;
        }
      }
      const added = factorize(inner, q1);
      if (added === undefined) return undefined;
      logDeterminant += added;
      for (let i = 0; i < q1; i++) for (let j = 0; j < q1; j++) v[i * q1 + j] = l1[j * q1 + i]!;
      for (let j = 0; j < q1; j++) solveLower(inner, q1, v, j, q1);
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j < q1; j++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += v[r * q1 + i]! * v[r * q1 + j]!;
          p1[ownAt + i * q1 + j] = sum;
        }
        for (let j = 0; j < m0; j++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += v[i * q1 + r]! * products[0]![(g * q1 + r) * m0 + j]!;
          u[i * m0 + j] = sum;
        }
      }
      for (let e = starts[g]!; e < starts[g + 1]!; e++) {
        const to = effectOf[e]! * m0;
        for (let i = 0; i < q1; i++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += v[i * q1 + r]! * scaled[e * q1 + r]!;
          mixed[e * q1 + i] = sum;
          for (let j = 0; j < m0; j++) b[to + j]! -= sum * u[i * m0 + j]!;
        }
      }
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j < m0; j++) {
          const value = u[i * m0 + j]!;
          for (let k = 0; k <= j; k++) s[j * m0 + k]! -= value * u[i * m0 + k]!;
        }
      }
    }
    const whole = factor.factorize(addFront);
    if (whole === undefined) return undefined;
    logDeterminant += whole;
    factor.solveLower(b, m0);
    for (let r = 0; r < width; r++) {
      for (let j = 0; j < m0; j++) {
        const value = b[r * m0 + j]!;
        for (let k = 0; k <= j; k++) s[j * m0 + k]! -= value * b[r * m0 + k]!;
      }
    }
    factor.solveUpper(b, m0);

    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) factorX[i * p + j] = s[i * m0 + j]!;
    const logDeterminantX = factorize(factorX, p);
    if (logDeterminantX === undefined) return undefined;
    const beta = new Float64Array(p);
    for (let i = 0; i < p; i++) beta[i] = s[p * m0 + i]!;
    solveLower(factorX, p, beta);
    let residual = s[p * m0 + p]!;
    for (let i = 0; i < p; i++) residual -= beta[i]! * beta[i]!;
    solveUpper(factorX, p, beta);
    if (!(residual > 0)) return undefined;
    for (let i = 0; i < p; i++) contrast[i] = -beta[i]!;
    contrast[p] = 1;
    return { logDeterminant, residual, logDeterminantX, beta, factorX: factorX.slice() };
  }

  /** What derivatives and effects need of M⁻¹, found once per point. */
  function invert(): InverseParts {
    if (inverse) return inverse;
    /** [entries × q₁] (I − C P₁) Z₁ᵀ Z₂ Λ₂ */
    const spread = new Float64Array(effectOf.length * q1);
    /** [groups × q₁ × q₁] (I − C P₁) C, less what M⁻¹ takes away */
    const k = new Float64Array(groups * q1 * q1);
    const h = new Float64Array(groups * q1 * m0);
    const left = new Float64Array(q1 * q1);
    for (let g = 0; g < groups; g++) {
      const ownAt = g * q1 * q1;
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j < q1; j++) {
          let sum = i === j ? 1 : 0;
          for (let r = 0; r < q1; r++) sum -= own[0]![ownAt + i * q1 + r]! * p1[ownAt + r * q1 + j]!;
          left[i * q1 + j] = sum;
        }
      }
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j < q1; j++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += left[i * q1 + r]! * own[0]![ownAt + r * q1 + j]!;
          k[ownAt + i * q1 + j] = sum;
        }
        for (let j = 0; j < m0; j++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += left[i * q1 + r]! * products[0]![(g * q1 + r) * m0 + j]!;
          h[(g * q1 + i) * m0 + j] = sum;
        }
      }
      for (let e = starts[g]!; e < starts[g + 1]!; e++) {
        const from = effectOf[e]! * m0;
        for (let i = 0; i < q1; i++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += left[i * q1 + r]! * scaled[e * q1 + r]!;
          spread[e * q1 + i] = sum;
          const to = (g * q1 + i) * m0;
          for (let j = 0; j < m0; j++) h[to + j]! -= sum * b[from + j]!;
        }
      }
    }
    const inner = levels.map(({ q, size }, f) => new Float64Array(f === 0 ? 0 : size * q * q));
    factor.invert((node, memory, at, stride) => {
      for (const { row, column, from, at: to } of blocks[node]!) {
        if (row !== column) continue;
        const q = qs[from]!;
        for (let i = 0; i < q; i++) {
          for (let j = 0; j <= i; j++) {
            const value = memory[at + (row + i) * stride + row + j]!;
            inner[from]![to + i * q + j] = value;
            inner[from]![to + j * q + i] = value;
          }
        }
      }
      const first = firstRow[node]!;
      const count = factor.fronts[node]!.rows.length;
      if (q1 === 1) {
        quadratic(k, memory, at, stride, count, first, rowStarts, rowEntries, groupOfEntry, starts, placeOf, spread);
      } else {
        for (let row = 0; row < count; row++) {
          const line = at + row * stride;
          for (let i = rowStarts[first + row]!; i < rowStarts[first + row + 1]!; i++) {
            const e = rowEntries[i]!;
            const g = groupOfEntry[e]!;
            for (let t = starts[g]!; t <= e; t++) {
              const value = memory[line + placeOf[t]!]!;
              for (let r = 0; r < q1; r++) {
                for (let c = 0; c < q1; c++) {
                  let both = spread[e * q1 + r]! * spread[t * q1 + c]!;
                  if (t < e) both += spread[t * q1 + r]! * spread[e * q1 + c]!;
                  k[(g * q1 + r) * q1 + c]! -= both * value;
                }
              }
            }
          }
        }
      }
    });
    inverse = { k, h, inner };
    return inverse;
  }

  function differentiate(): Derivatives {
    const { k, h, inner } = invert();
    const result = levels.map(({ q }) => ({
      omega: new Float64Array(q * q),
      psi: new Float64Array(q * q),
      phi: new Float64Array(q * q),
      info: q <= 3 ? new Float64Array(q ** 4) : undefined,
    }));
    levels.forEach(({ q, size }, f) => {
      const { omega, psi, phi, info } = result[f]!;
      const ff = new Float64Array(((q * (q + 1)) / 2) * p * p);
      const hc = new Float64Array(q);
      // Λ⁻ᵀ (I − M⁻¹) Λ⁻¹; a Λ near singular is nudged, which moves the derivative by rounding only
      const root = f === 0 ? undefined : sound(lambda[f]!, q);
      const kg = new Float64Array(q * q);
      const hg = new Float64Array(q * m0);
      for (let g = 0; g < size; g++) {
        if (root === undefined) {
          kg.set(k.subarray(g * q * q, (g + 1) * q * q));
          hg.set(h.subarray(g * q * m0, (g + 1) * q * m0));
        } else {
          for (let i = 0; i < q; i++) {
            for (let j = 0; j < q; j++) kg[i * q + j] = (i === j ? 1 : 0) - inner[f]![(g * q + i) * q + j]!;
          }
          const base = offset[bases[f]! + g]! * m0;
          for (let i = 0; i < q * m0; i++) hg[i] = b[base + i]!;
          for (let j = 0; j < q; j++) solveUpper(root, q, kg, j, q);
          for (let i = 0; i < q; i++) solveUpper(root, q, kg, i * q, 1);
          for (let j = 0; j < m0; j++) solveUpper(root, q, hg, j, m0);
        }
        let pair = 0;
        for (let i = 0; i < q; i++) {
          let sum = 0;
          for (let j = 0; j < m0; j++) sum += hg[i * m0 + j]! * contrast[j]!;
          hc[i] = sum;
          for (let j = 0; j <= i; j++, pair++) {
            for (let r = 0; r < p; r++) {
              const value = hg[i * m0 + r]!;
              for (let t = 0; t < p; t++) ff[(pair * p + r) * p + t]! += value * hg[j * m0 + t]!;
            }
          }
        }
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            omega[i * q + j]! += kg[i * q + j]!;
            psi[i * q + j]! += hc[i]! * hc[j]!;
          }
        }
        if (!info) continue;
        for (let i = 0; i < q * q; i++) for (let j = 0; j < q * q; j++) info[i * q * q + j]! += kg[i]! * kg[j]!;
      }
      let pair = 0;
      for (let i = 0; i < q; i++) {
        for (let j = 0; j <= i; j++, pair++) {
          const trace = traceOfSolve(factorX, p, ff, pair * p * p);
          phi[i * q + j] = trace;
          phi[j * q + i] = trace;
        }
      }
    });
    return {
      ofLogDeterminant: result.map(({ omega }) => omega),
      ofResidual: result.map(({ psi }) => psi),
      ofLogDeterminantX: result.map(({ phi }) => phi),
      information: result.map(({ info }) => info),
    };
  }

  function effects(): LevelEffects[] {
    const { k, h, inner } = invert();
    return levels.map(({ q, size }, f) => {
      const l = lambda[f]!;
      const modes = new Float64Array(size * q);
      const conditional = new Float64Array(size * q * q);
      const prediction = new Float64Array(size * q * q);
      const d = new Float64Array(q * q);
      for (let i = 0; i < q; i++)
        for (let j = 0; j < q; j++) for (let r = 0; r < q; r++) d[i * q + j]! += l[i * q + r]! * l[j * q + r]!;
      /** D h, the effects as combinations of X and y */
      const db = new Float64Array(q * m0);
      for (let g = 0; g < size; g++) {
        const base = f === 0 ? 0 : offset[bases[f]! + g]! * m0;
        for (let i = 0; i < q; i++) {
          let mode = 0;
          for (let j = 0; j < m0; j++) {
            let sum = 0;
            for (let r = 0; r < q; r++) {
              sum += f === 0 ? d[i * q + r]! * h[(g * q + r) * m0 + j]! : l[i * q + r]! * b[base + r * m0 + j]!;
            }
            db[i * m0 + j] = sum;
            mode += sum * contrast[j]!;
          }
          modes[g * q + i] = mode;
          solveLower(factorX, p, db, i * m0);
        }
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            let sum = f === 0 ? d[i * q + j]! : 0;
            for (let r = 0; r < q; r++) {
              for (let t = 0; t < q; t++) {
                if (f === 0) sum -= d[i * q + r]! * k[(g * q + r) * q + t]! * d[t * q + j]!;
                else sum += l[i * q + r]! * inner[f]![(g * q + r) * q + t]! * l[j * q + t]!;
              }
            }
            if (i === j && sum < 0) sum = 0; // rounding
            conditional[(g * q + i) * q + j] = sum;
            for (let r = 0; r < p; r++) sum += db[i * m0 + r]! * db[j * m0 + r]!;
            prediction[(g * q + i) * q + j] = sum;
          }
        }
      }
      return { modes, conditional, prediction };
    });
  }

  return {
    levels: levels.map(({ name, size, q }) => ({ name, size, q })),
    p,
    rows,
    sumLogWeights,
    tolerance: 1e-12, // θ then is right to 1e-6 of its standard error
    evaluate,
    differentiate,
    effects,
  };
}

/** A block of ZᵀZ between two groups of further levels. */
interface CrossBlock {
  /** first effect of each */
  readonly left: number;
  readonly right: number;
  /** places of these in the front */
  readonly row: number;
  readonly column: number;
  /** levels */
  readonly from: number;
  readonly to: number;
  /** where the block begins among the values */
  readonly at: number;
  readonly values: Float64Array;
}

interface InverseParts {
  /** [groups × q₁ × q₁] K of the first level */
  readonly k: Float64Array;
  /** [groups × q₁ × m0] H of the first level */
  readonly h: Float64Array;
  /** per further level [size × q × q] the groups' own blocks of M⁻¹ */
  readonly inner: readonly Float64Array[];
}

/** memory −= Σ_g m_g m_gᵀ over the lower triangle of a front, row by row; m_g is the group's list of `mixed`. */
function subtractPlain(
  memory: Float64Array,
  at: number,
  stride: number,
  count: number,
  first: number,
  rowStarts: Int32Array,
  rowEntries: Int32Array,
  groupOfEntry: Int32Array,
  starts: Int32Array,
  placeOf: Int32Array,
  mixed: Float64Array,
): void {
  for (let row = 0; row < count; row++) {
    const to = at + row * stride;
    for (let i = rowStarts[first + row]!; i < rowStarts[first + row + 1]!; i++) {
      const e = rowEntries[i]!;
      const value = mixed[e]!;
      for (let k = starts[groupOfEntry[e]!]!; k <= e; k++) memory[to + placeOf[k]!]! -= value * mixed[k]!;
    }
  }
}

/** k[g] −= m_gᵀ A m_g for the symmetric A of a front given by its lower triangle; m_g is the group's list of `spread`. */
function quadratic(
  k: Float64Array,
  memory: Float64Array,
  at: number,
  stride: number,
  count: number,
  first: number,
  rowStarts: Int32Array,
  rowEntries: Int32Array,
  groupOfEntry: Int32Array,
  starts: Int32Array,
  placeOf: Int32Array,
  spread: Float64Array,
): void {
  for (let row = 0; row < count; row++) {
    const line = at + row * stride;
    for (let i = rowStarts[first + row]!; i < rowStarts[first + row + 1]!; i++) {
      const e = rowEntries[i]!;
      const g = groupOfEntry[e]!;
      let sum = 0;
      for (let t = starts[g]!; t < e; t++) sum += spread[t]! * memory[line + placeOf[t]!]!;
      k[g]! -= spread[e]! * (2 * sum + spread[e]! * memory[line + row]!);
    }
  }
}

/** tr((L Lᵀ)⁻¹ A) for A at an offset. */
function traceOfSolve(l: Float64Array, p: number, a: Float64Array, at: number): number {
  let trace = 0;
  const column = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i < p; i++) column[i] = a[at + i * p + j]!;
    solveLower(l, p, column);
    solveUpper(l, p, column);
    trace += column[j]!;
  }
  return trace;
}

/** Λ with its diagonal at least 1e-5, so that it can be inverted. */
function sound(lambda: Float64Array, q: number): Float64Array {
  const root = lambda.slice();
  for (let i = 0; i < q; i++) {
    const value = root[i * q + i]!;
    if (Math.abs(value) < 1e-5) root[i * q + i] = value < 0 ? -1e-5 : 1e-5;
  }
  return root;
}
