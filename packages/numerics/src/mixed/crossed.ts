/**
 * The solver for crossed factors. The factor with the most effects is eliminated group by group (its block of V is
 * diagonal); the others meet in one dense matrix, the Schur complement, which is factorized in cache-sized blocks.
 *
 *     S = Z₂ᵀ V₁⁻¹ Z₂,   V₁ = I + Z₁ D₁ Z₁ᵀ,   M = I + Λ₂ᵀ S Λ₂ = L Lᵀ,   b = M⁻¹ Λ₂ᵀ Z₂ᵀ V₁⁻¹ [X y]
 *
 * From these Λ₂ᵀ (Z₂ᵀ V⁻¹ Z₂) Λ₂ = I − M⁻¹ and Λ₂ᵀ Z₂ᵀ V⁻¹ [X y] = b, so derivatives and effects need L⁻¹ and no
 * further product of that size.
 */
import { NumericsFault } from "../fault.ts";
import { factorize, solveLower, solveUpper } from "../linear/cholesky.ts";
import { denseFactor } from "../linear/dense.ts";
import type { Design, DesignColumn } from "./design.ts";
import type { Derivatives, Engine, Evaluation, LevelEffects, ModelLevel } from "./engine.ts";
import { traceOfSolve } from "./nested.ts";
import type { Layout } from "./statistics.ts";
import { blockRows, checkOutcome, independentColumns, RowPass } from "./statistics.ts";

/** Effects in the dense block; two of its squares in doubles are 256 MB, and one factorization takes a minute. */
const MAX_DENSE = 4000;

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
  /** [size × q × q] Z₁ᵀ Z₁ of each eliminated group */
  readonly own: Float64Array;
  /** [size + 1] where each eliminated group's list begins */
  readonly starts: Int32Array;
  /** effects of the dense block that share rows with the group */
  readonly columns: Int32Array;
  /** [entries × q₁] Z₁ᵀ Z₂ for those effects */
  readonly values: Float64Array;
  /** [N × N] lower triangle of Z₂ᵀ Z₂ */
  readonly dense: Float64Array;
  /** first effect of each level in the dense block (the eliminated level has none) */
  readonly bases: readonly number[];
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
  const p = layout.p;
  const m0 = p + 1;
  const n = design.count;
  const factors = order.map((f) => design.factors[f]!);
  const z = order.map((f) => layout.zIndex[f]!);
  const qs = z.map((index) => index.length);
  const sizes = factors.map(({ size }) => size);
  const bases: number[] = [];
  let width = 0;
  for (let f = 0; f < factors.length; f++) {
    bases.push(f === 0 ? 0 : width);
    if (f > 0) width += sizes[f]! * qs[f]!;
  }
  if (width > MAX_DENSE) {
    throw new NumericsFault("TOO_LARGE", {
      problem:
        `the crossed factors ${factors
          .slice(1)
          .map((factor) => factor.name)
          .join(", ")} have ${width} effects together; ` +
        `at most ${MAX_DENSE} can be crossed with the largest factor`,
      rule: "too-many-crossed",
      named: { effects: width, most: MAX_DENSE },
    });
  }
  const pass = new RowPass(design, plan, []);
  const { block } = pass;
  const products = factors.map((_, f) => new Float64Array(sizes[f]! * qs[f]! * m0));
  const dense = new Float64Array(width * width);
  const q1 = qs[0]!;
  const own = new Float64Array(sizes[0]! * q1 * q1);
  // Z of each row, unless it is the constant 1
  const isPlain = z.map((index) => index.length === 1 && columns[index[0]!]!.atoms.length === 0 && !design.weights);
  const values = z.map((index, f) => new Float64Array(isPlain[f] ? 0 : n * index.length));
  let sumLogWeights = 0;
  const rowOf = (r: number): number => (design.rows ? design.rows[r]! : r);
  for (let start = 0; start < n; start += blockRows) {
    if ((start & 0xffff) === 0) check();
    const size = Math.min(blockRows, n - start);
    sumLogWeights += pass.read(start, size);
    for (let f = 0; f < factors.length; f++) {
      const { codes } = factors[f]!;
      const q = qs[f]!;
      for (let r = 0; r < size; r++) {
        const group = codes[rowOf(start + r)]!;
        for (let k = 0; k < q; k++) {
          const value = block[z[f]![k]! * blockRows + r]!;
          if (!isPlain[f]) values[f]![(start + r) * q + k] = value;
          const to = (group * q + k) * m0;
          for (let j = 0; j < m0; j++) products[f]![to + j]! += value * block[j * blockRows + r]!;
        }
      }
    }
  }
  const valueAt = (f: number, r: number, k: number): number => (isPlain[f] ? 1 : values[f]![r * qs[f]! + k]!);

  // rows in order of the eliminated groups
  const starts = new Int32Array(sizes[0]! + 1);
  for (let r = 0; r < n; r++) starts[factors[0]!.codes[rowOf(r)]! + 1]!++;
  for (let g = 0; g < sizes[0]!; g++) starts[g + 1]! += starts[g]!;
  const sorted = new Int32Array(n);
  const next = starts.slice();
  for (let r = 0; r < n; r++) sorted[next[factors[0]!.codes[rowOf(r)]!]!++] = r;

  const marks = new Int32Array(width).fill(-1);
  const entryColumns: number[] = [];
  const entryValues: number[] = [];
  const entryStarts = new Int32Array(sizes[0]! + 1);
  for (let g = 0; g < sizes[0]!; g++) {
    const first = entryColumns.length;
    for (let s = starts[g]!; s < starts[g + 1]!; s++) {
      const r = sorted[s]!;
      for (let i = 0; i < q1; i++) {
        const left = valueAt(0, r, i);
        for (let j = 0; j < q1; j++) own[(g * q1 + i) * q1 + j]! += left * valueAt(0, r, j);
      }
      for (let f = 1; f < factors.length; f++) {
        const group = factors[f]!.codes[rowOf(r)]!;
        for (let k = 0; k < qs[f]!; k++) {
          const column = bases[f]! + group * qs[f]! + k;
          let entry = marks[column]!;
          if (entry < first) {
            entry = entryColumns.length;
            marks[column] = entry;
            entryColumns.push(column);
            for (let i = 0; i < q1; i++) entryValues.push(0);
          }
          const right = valueAt(f, r, k);
          for (let i = 0; i < q1; i++) entryValues[entry * q1 + i]! += right * valueAt(0, r, i);
          // Z₂ᵀ Z₂, lower triangle
          for (let e = 1; e <= f; e++) {
            const other = factors[e]!.codes[rowOf(r)]!;
            for (let h = 0; h < qs[e]!; h++) {
              const to = bases[e]! + other * qs[e]! + h;
              if (to <= column) dense[column * width + to]! += right * valueAt(e, r, h);
            }
          }
        }
      }
    }
    entryStarts[g + 1] = entryColumns.length;
  }
  // each group's list in order of the effects, so that pairs run over the lower triangle
  const total = entryColumns.length;
  const sortedColumns = new Int32Array(total);
  const sortedValues = new Float64Array(total * q1);
  for (let g = 0; g < sizes[0]!; g++) {
    const first = entryStarts[g]!;
    const order = Array.from({ length: entryStarts[g + 1]! - first }, (_, e) => first + e);
    order.sort((a, b) => entryColumns[a]! - entryColumns[b]!);
    order.forEach((from, e) => {
      sortedColumns[first + e] = entryColumns[from]!;
      for (let i = 0; i < q1; i++) sortedValues[(first + e) * q1 + i] = entryValues[from * q1 + i]!;
    });
  }
  return {
    p,
    rows: n,
    sumLogWeights,
    cross: pass.cross(),
    sizes,
    qs,
    products,
    own,
    starts: entryStarts,
    columns: sortedColumns,
    values: sortedValues,
    dense,
    bases,
  };
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

function solver(statistics: CrossedStatistics, levels: readonly ModelLevel[], check: () => void): Engine {
  const { p, rows, sumLogWeights, cross, sizes, qs, products, own, starts, columns, values, bases } = statistics;
  const m0 = p + 1;
  const q1 = qs[0]!;
  const groups = sizes[0]!;
  const width = statistics.dense.length === 0 ? 0 : Math.sqrt(statistics.dense.length);
  const factor = denseFactor(width, check);
  const s = new Float64Array(m0 * m0);
  const factorX = new Float64Array(p * p);
  const contrast = new Float64Array(m0);
  /** [groups × q₁ × q₁] P₁ */
  const p1 = new Float64Array(groups * q1 * q1);
  /** [width × m0] Λ₂ᵀ Z₂ᵀ V₁⁻¹ [X y], then b */
  const b = new Float64Array(width * m0);
  /** Z₂ᵀ V₁⁻¹ [X y] */
  const right = new Float64Array(width * m0);
  let lambda: readonly Float64Array[] = [];
  /** entries by dense effect, so that a row of the dense matrix stays in the cache while its entries are visited */
  const { rowStarts, rowEntries, groupOfEntry } = entriesByRow(starts, columns, width);
  /** [entries × q₁] L₁⁻¹ Λ₁ᵀ Z₁ᵀ Z₂ */
  const mixed = new Float64Array(columns.length * q1);
  const isPlain = qs.every((q) => q === 1);

  /** row ← Λ₂ᵀ row over the blocks of the dense effects; `rowLength` numbers per effect */
  const applyTransposed = (matrix: Float64Array, rowLength: number, stride: number): void => {
    const scratch = new Float64Array(Math.max(...qs) * rowLength);
    for (let f = 1; f < qs.length; f++) {
      const q = qs[f]!;
      const l = lambda[f]!;
      for (let g = 0; g < sizes[f]!; g++) {
        const at = (bases[f]! + g * q) * stride;
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < rowLength; j++) {
            let sum = 0;
            for (let r = 0; r < q; r++) sum += l[r * q + i]! * matrix[at + r * stride + j]!;
            scratch[i * rowLength + j] = sum;
          }
        }
        for (let i = 0; i < q; i++)
          for (let j = 0; j < rowLength; j++) matrix[at + i * stride + j] = scratch[i * rowLength + j]!;
      }
    }
  };

  function evaluate(at: readonly Float64Array[]): Evaluation | undefined {
    check();
    lambda = at;
    s.set(cross);
    const dense = factor.matrix;
    dense.set(statistics.dense);
    for (let f = 1; f < qs.length; f++) right.set(products[f]!, bases[f]! * m0);
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
            for (let t = 0; t < q1; t++) sum += l1[r * q1 + i]! * own[ownAt + r * q1 + t]! * l1[t * q1 + j]!;
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
      const first = starts[g]!;
      const entries = starts[g + 1]! - first;
      for (let e = first; e < first + entries; e++) {
        for (let i = 0; i < q1; i++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += v[i * q1 + r]! * values[e * q1 + r]!;
          mixed[e * q1 + i] = sum;
        }
      }
      for (let i = 0; i < q1; i++) {
        for (let e = first; e < first + entries; e++) {
          const value = mixed[e * q1 + i]!;
          if (value === 0) continue;
          const column = columns[e]!;
          for (let j = 0; j < m0; j++) right[column * m0 + j]! -= value * u[i * m0 + j]!;
        }
        for (let j = 0; j < m0; j++) {
          const value = u[i * m0 + j]!;
          for (let k = 0; k <= j; k++) s[j * m0 + k]! -= value * u[i * m0 + k]!;
        }
      }
    }
    if (q1 === 1) subtractPlain(dense, width, rowStarts, rowEntries, groupOfEntry, starts, columns, mixed);
    else subtractSeveral(dense, width, rowStarts, rowEntries, groupOfEntry, starts, columns, mixed, q1);
    b.set(right);
    applyTransposed(b, m0, m0);
    scaleDense(dense, width, qs, sizes, bases, lambda);
    const whole = factor.factorize();
    if (whole === undefined) return undefined;
    logDeterminant += whole;
    for (let j = 0; j < m0; j++) solveLower(dense, width, b, j, m0);
    for (let r = 0; r < width; r++) {
      for (let j = 0; j < m0; j++) {
        const value = b[r * m0 + j]!;
        for (let k = 0; k <= j; k++) s[j * m0 + k]! -= value * b[r * m0 + k]!;
      }
    }
    for (let j = 0; j < m0; j++) solveUpper(dense, width, b, j, m0);

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

  /** K and H as below where every factor has one effect. */
  function descendPlain(inverse: Float64Array, visit: (g: number, k: Float64Array, h: Float64Array) => void): void {
    const scale = new Float64Array(width);
    for (let f = 1; f < qs.length; f++) scale.fill(lambda[f]!.at(0) ?? 0, bases[f], bases[f]! + sizes[f]!);
    const spread = new Float64Array(columns.length);
    for (let g = 0; g < groups; g++) {
      const kept = 1 - own[g]! * p1[g]!;
      for (let e = starts[g]!; e < starts[g + 1]!; e++) spread[e] = kept * values[e]! * scale[columns[e]!]!;
    }
    const quadratic = new Float64Array(groups);
    addQuadratic(quadratic, inverse, width, rowStarts, rowEntries, groupOfEntry, starts, columns, spread);
    const k = new Float64Array(1);
    const h = new Float64Array(m0);
    for (let g = 0; g < groups; g++) {
      const kept = 1 - own[g]! * p1[g]!;
      k[0] = kept * own[g]! - quadratic[g]!;
      for (let j = 0; j < m0; j++) h[j] = kept * products[0]![g * m0 + j]!;
      for (let e = starts[g]!; e < starts[g + 1]!; e++) {
        const weight = spread[e]!;
        const from = columns[e]! * m0;
        for (let j = 0; j < m0; j++) h[j]! -= weight * b[from + j]!;
      }
      visit(g, k, h);
    }
  }

  /** K [q × q] and H [q × m0] of every eliminated group, given M⁻¹ and b. */
  function descend(inverse: Float64Array, visit: (g: number, k: Float64Array, h: Float64Array) => void): void {
    if (isPlain) {
      descendPlain(inverse, visit);
      return;
    }
    const k = new Float64Array(q1 * q1);
    const h = new Float64Array(q1 * m0);
    const left = new Float64Array(q1 * q1);
    let longest = 0;
    for (let g = 0; g < groups; g++) longest = Math.max(longest, starts[g + 1]! - starts[g]!);
    longest *= Math.max(...qs);
    const touched = new Int32Array(longest);
    const spread = new Float64Array(longest * q1);
    for (let g = 0; g < groups; g++) {
      const ownAt = g * q1 * q1;
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j < q1; j++) {
          let sum = i === j ? 1 : 0;
          for (let r = 0; r < q1; r++) sum -= own[ownAt + i * q1 + r]! * p1[ownAt + r * q1 + j]!;
          left[i * q1 + j] = sum;
        }
      }
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j < q1; j++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += left[i * q1 + r]! * own[ownAt + r * q1 + j]!;
          k[i * q1 + j] = sum;
        }
        for (let j = 0; j < m0; j++) {
          let sum = 0;
          for (let r = 0; r < q1; r++) sum += left[i * q1 + r]! * products[0]![(g * q1 + r) * m0 + j]!;
          h[i * m0 + j] = sum;
        }
      }
      // Λ₂ᵀ Qᵀ as a sparse list of effects; an effect may come twice, which the sums below allow
      let used = 0;
      for (let e = starts[g]!; e < starts[g + 1]!; e++) {
        const column = columns[e]!;
        let f = 1;
        while (f + 1 < bases.length && column >= bases[f + 1]!) f++;
        const q = qs[f]!;
        const within = (column - bases[f]!) % q;
        const l = lambda[f]!;
        for (let c = 0; c < q; c++) {
          if (l[within * q + c] === 0) continue;
          const effect = column - within + c;
          touched[used] = effect;
          for (let i = 0; i < q1; i++) {
            let value = 0;
            for (let r = 0; r < q1; r++) value += left[i * q1 + r]! * values[e * q1 + r]!;
            const weight = value * l[within * q + c]!;
            spread[used * q1 + i] = weight;
            for (let j = 0; j < m0; j++) h[i * m0 + j]! -= weight * b[effect * m0 + j]!;
          }
          used++;
        }
      }
      // K −= Q Λ₂ M⁻¹ Λ₂ᵀ Qᵀ
      for (let i = 0; i < q1; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = 0;
          for (let s1 = 0; s1 < used; s1++) {
            const row = touched[s1]!;
            const at = row * width;
            let inner = 0;
            for (let s2 = 0; s2 < used; s2++) {
              const column = touched[s2]!;
              inner += spread[s2 * q1 + j]! * inverse[column <= row ? at + column : column * width + row]!;
            }
            sum += spread[s1 * q1 + i]! * inner;
          }
          k[i * q1 + j]! -= sum;
          if (i !== j) k[j * q1 + i]! -= sum;
        }
      }
      visit(g, k, h);
    }
  }

  /** [q × q] of M⁻¹ for group g of level f */
  function innerInverse(inverse: Float64Array, f: number, g: number, out: Float64Array): void {
    const q = qs[f]!;
    const base = bases[f]! + g * q;
    for (let i = 0; i < q; i++) {
      for (let j = 0; j <= i; j++) {
        const value = inverse[(base + i) * width + base + j]!;
        out[i * q + j] = value;
        out[j * q + i] = value;
      }
    }
  }

  function differentiate(): Derivatives {
    const inverse = factor.invert();
    const result = levels.map(({ q }) => ({
      omega: new Float64Array(q * q),
      psi: new Float64Array(q * q),
      phi: new Float64Array(q * q),
      info: q <= 3 ? new Float64Array(q ** 4) : undefined,
    }));
    levels.forEach(({ q }, f) => {
      const { omega, psi, phi, info } = result[f]!;
      const ff = new Float64Array(((q * (q + 1)) / 2) * p * p);
      const hc = new Float64Array(q);
      const add = (k: Float64Array, h: Float64Array): void => {
        let pair = 0;
        for (let i = 0; i < q; i++) {
          let sum = 0;
          for (let j = 0; j < m0; j++) sum += h[i * m0 + j]! * contrast[j]!;
          hc[i] = sum;
          for (let j = 0; j <= i; j++, pair++) {
            for (let r = 0; r < p; r++) {
              const value = h[i * m0 + r]!;
              for (let t = 0; t < p; t++) ff[(pair * p + r) * p + t]! += value * h[j * m0 + t]!;
            }
          }
        }
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            omega[i * q + j]! += k[i * q + j]!;
            psi[i * q + j]! += hc[i]! * hc[j]!;
          }
        }
        if (info) for (let i = 0; i < q * q; i++) for (let j = 0; j < q * q; j++) info[i * q * q + j]! += k[i]! * k[j]!;
      };
      if (f === 0) descend(inverse, (_, k, h) => add(k, h));
      else {
        // Λ⁻ᵀ (I − M⁻¹) Λ⁻¹; a Λ near singular is nudged, which moves the derivative by rounding only
        const root = sound(lambda[f]!, q);
        const k = new Float64Array(q * q);
        const h = new Float64Array(q * m0);
        for (let g = 0; g < sizes[f]!; g++) {
          innerInverse(inverse, f, g, k);
          for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) k[i * q + j] = (i === j ? 1 : 0) - k[i * q + j]!;
          const base = (bases[f]! + g * q) * m0;
          for (let i = 0; i < q * m0; i++) h[i] = b[base + i]!;
          for (let j = 0; j < q; j++) solveUpper(root, q, k, j, q);
          for (let i = 0; i < q; i++) solveUpper(root, q, k, i * q, 1);
          for (let j = 0; j < m0; j++) solveUpper(root, q, h, j, m0);
          add(k, h);
        }
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
    const inverse = factor.invert();
    return levels.map(({ q, size }, f) => {
      const l = lambda[f]!;
      const modes = new Float64Array(size * q);
      const conditional = new Float64Array(size * q * q);
      const prediction = new Float64Array(size * q * q);
      const d = new Float64Array(q * q);
      for (let i = 0; i < q; i++)
        for (let j = 0; j < q; j++) for (let r = 0; r < q; r++) d[i * q + j]! += l[i * q + r]! * l[j * q + r]!;
      const db = new Float64Array(q * m0);
      const record = (g: number, covariance: Float64Array): void => {
        for (let i = 0; i < q; i++) {
          let mode = 0;
          for (let j = 0; j < m0; j++) mode += db[i * m0 + j]! * contrast[j]!;
          modes[g * q + i] = mode;
          solveLower(factorX, p, db, i * m0);
        }
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            let sum = covariance[i * q + j]!;
            if (i === j && sum < 0) sum = 0; // rounding
            conditional[(g * q + i) * q + j] = sum;
            for (let r = 0; r < p; r++) sum += db[i * m0 + r]! * db[j * m0 + r]!;
            prediction[(g * q + i) * q + j] = sum;
          }
        }
      };
      if (f === 0) {
        const covariance = new Float64Array(q * q);
        descend(inverse, (g, k, h) => {
          for (let i = 0; i < q; i++) {
            for (let j = 0; j < m0; j++) {
              let sum = 0;
              for (let r = 0; r < q; r++) sum += d[i * q + r]! * h[r * m0 + j]!;
              db[i * m0 + j] = sum;
            }
            for (let j = 0; j < q; j++) {
              let sum = d[i * q + j]!;
              for (let r = 0; r < q; r++)
                for (let t = 0; t < q; t++) sum -= d[i * q + r]! * k[r * q + t]! * d[t * q + j]!;
              covariance[i * q + j] = sum;
            }
          }
          record(g, covariance);
        });
      } else {
        const inner = new Float64Array(q * q);
        const covariance = new Float64Array(q * q);
        for (let g = 0; g < size; g++) {
          innerInverse(inverse, f, g, inner);
          const base = (bases[f]! + g * q) * m0;
          for (let i = 0; i < q; i++) {
            for (let j = 0; j < m0; j++) {
              let sum = 0;
              for (let r = 0; r < q; r++) sum += l[i * q + r]! * b[base + r * m0 + j]!;
              db[i * m0 + j] = sum;
            }
            for (let j = 0; j < q; j++) {
              let sum = 0;
              for (let r = 0; r < q; r++)
                for (let t = 0; t < q; t++) sum += l[i * q + r]! * inner[r * q + t]! * l[j * q + t]!;
              covariance[i * q + j] = sum;
            }
          }
          record(g, covariance);
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

/** The entries of the groups' lists in order of the dense effect they belong to. */
function entriesByRow(
  starts: Int32Array,
  columns: Int32Array,
  width: number,
): { rowStarts: Int32Array; rowEntries: Int32Array; groupOfEntry: Int32Array } {
  const rowStarts = new Int32Array(width + 1);
  for (let e = 0; e < columns.length; e++) rowStarts[columns[e]! + 1]!++;
  for (let r = 0; r < width; r++) rowStarts[r + 1]! += rowStarts[r]!;
  const next = rowStarts.slice();
  const rowEntries = new Int32Array(columns.length);
  const groupOfEntry = new Int32Array(columns.length);
  for (let g = 0; g + 1 < starts.length; g++) {
    for (let e = starts[g]!; e < starts[g + 1]!; e++) {
      groupOfEntry[e] = g;
      rowEntries[next[columns[e]!]!++] = e;
    }
  }
  return { rowStarts, rowEntries, groupOfEntry };
}

/** dense −= Σ_g m_g m_gᵀ over the lower triangle, row by row; m_g is the group's list of `mixed`. */
function subtractPlain(
  dense: Float64Array,
  width: number,
  rowStarts: Int32Array,
  rowEntries: Int32Array,
  groupOfEntry: Int32Array,
  starts: Int32Array,
  columns: Int32Array,
  mixed: Float64Array,
): void {
  for (let row = 0; row < width; row++) {
    const at = row * width;
    for (let s = rowStarts[row]!; s < rowStarts[row + 1]!; s++) {
      const e = rowEntries[s]!;
      const value = mixed[e]!;
      for (let k = starts[groupOfEntry[e]!]!; k <= e; k++) dense[at + columns[k]!]! -= value * mixed[k]!;
    }
  }
}

/** The same with q₁ numbers per entry. */
function subtractSeveral(
  dense: Float64Array,
  width: number,
  rowStarts: Int32Array,
  rowEntries: Int32Array,
  groupOfEntry: Int32Array,
  starts: Int32Array,
  columns: Int32Array,
  mixed: Float64Array,
  q1: number,
): void {
  for (let row = 0; row < width; row++) {
    const at = row * width;
    for (let s = rowStarts[row]!; s < rowStarts[row + 1]!; s++) {
      const e = rowEntries[s]!;
      for (let k = starts[groupOfEntry[e]!]!; k <= e; k++) {
        let sum = 0;
        for (let i = 0; i < q1; i++) sum += mixed[e * q1 + i]! * mixed[k * q1 + i]!;
        dense[at + columns[k]!]! -= sum;
      }
    }
  }
}

/** quadratic[g] += m_gᵀ A m_g for a symmetric A given by its lower triangle; m_g is the group's list of `spread`. */
function addQuadratic(
  quadratic: Float64Array,
  a: Float64Array,
  width: number,
  rowStarts: Int32Array,
  rowEntries: Int32Array,
  groupOfEntry: Int32Array,
  starts: Int32Array,
  columns: Int32Array,
  spread: Float64Array,
): void {
  for (let row = 0; row < width; row++) {
    const at = row * width;
    for (let s = rowStarts[row]!; s < rowStarts[row + 1]!; s++) {
      const e = rowEntries[s]!;
      const g = groupOfEntry[e]!;
      let sum = 0;
      for (let k = starts[g]!; k < e; k++) sum += spread[k]! * a[at + columns[k]!]!;
      quadratic[g]! += spread[e]! * (2 * sum + spread[e]! * a[at + row]!);
    }
  }
}

/** M = I + Λ₂ᵀ S Λ₂ over the lower triangle, in place. */
function scaleDense(
  dense: Float64Array,
  width: number,
  qs: readonly number[],
  sizes: readonly number[],
  bases: readonly number[],
  lambda: readonly Float64Array[],
): void {
  if (qs.slice(1).every((q) => q === 1)) {
    const factors = new Float64Array(width);
    for (let f = 1; f < qs.length; f++) factors.fill(lambda[f]!.at(0) ?? 0, bases[f], bases[f]! + sizes[f]!);
    for (let i = 0; i < width; i++) {
      const left = factors[i]!;
      const row = i * width;
      for (let j = 0; j <= i; j++) dense[row + j]! *= left * factors[j]!;
      dense[row + i]! += 1;
    }
    return;
  }
  // fill the upper triangle, then multiply by Λ from both sides block by block
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) dense[j * width + i] = dense[i * width + j]!;
  for (let f = 1; f < qs.length; f++) {
    const q = qs[f]!;
    const l = lambda[f]!;
    const scratch = new Float64Array(q);
    for (let g = 0; g < sizes[f]!; g++) {
      const base = bases[f]! + g * q;
      for (let row = 0; row < width; row++) {
        for (let c = 0; c < q; c++) {
          let sum = 0;
          for (let r = 0; r < q; r++) sum += dense[row * width + base + r]! * l[r * q + c]!;
          scratch[c] = sum;
        }
        for (let c = 0; c < q; c++) dense[row * width + base + c] = scratch[c]!;
      }
      for (let column = 0; column < width; column++) {
        for (let c = 0; c < q; c++) {
          let sum = 0;
          for (let r = 0; r < q; r++) sum += dense[(base + r) * width + column]! * l[r * q + c]!;
          scratch[c] = sum;
        }
        for (let c = 0; c < q; c++) dense[(base + c) * width + column] = scratch[c]!;
      }
    }
  }
  for (let i = 0; i < width; i++) dense[i * width + i]! += 1;
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
