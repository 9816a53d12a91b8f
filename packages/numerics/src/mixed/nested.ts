/**
 * The solver for one factor or a chain of nested factors: a sweep from the smallest groups to the largest over
 * Zᵀ W, no row touched. An evaluation costs O(groups · q · m²).
 *
 * Going up, a group with C = Zᵀ V⁻¹ Z, a = Zᵀ V⁻¹ W (V of the levels below) is eliminated by
 *
 *     M = I + Λᵀ C Λ = L Lᵀ,   U = L⁻¹ Λᵀ a,   P = Λ M⁻¹ Λᵀ,   B = P a
 *     log|V| += log|M|,   S −= Uᵀ U,   and each ancestor's a loses Uᵀ U in the rows of its own Z.
 *
 * Coming down, K and H = Zᵀ V⁻¹ W of the whole V follow from the group's own by passing every ancestor in turn:
 * Q = H[·, Z_ancestor],  K −= Q P Qᵀ,  H −= Q B.
 */
import { factorize, solveLower, solveUpper } from "../linear/cholesky.ts";
import type { Derivatives, Engine, Evaluation, LevelEffects } from "./engine.ts";
import type { NestedStatistics } from "./statistics.ts";

/** Working memory of one level. */
interface Work {
  readonly size: number;
  readonly q: number;
  readonly z: Int32Array;
  readonly source: Float64Array;
  /** [size × q × m] a of each group, less what was eliminated below */
  readonly a: Float64Array;
  /** [size × q × q] P; with one effect just κ */
  readonly p: Float64Array;
  /** [size × q × m] B; not kept with one effect, where it is κ a */
  readonly b: Float64Array;
  /** groups of each higher level, nearest first */
  readonly ancestors: readonly Int32Array[];
  lambda: Float64Array;
}

/** Groups between two looks at the clock: some milliseconds of work. */
const CHECKED_GROUPS = 0x3fff;

/** @param check  called every some thousand groups; throws to stop */
export function nestedEngine(statistics: NestedStatistics, check: () => void = () => {}): Engine {
  const { layout, cross, rows, sumLogWeights } = statistics;
  const m = layout.names.length;
  const p = layout.p;
  const m0 = p + 1;
  const works: Work[] = statistics.levels.map((level, l) => {
    const q = level.zIndex.length;
    const ancestors: Int32Array[] = [];
    let up = level.parents;
    for (let above = l + 1; above < statistics.levels.length && up; above++) {
      ancestors.push(up);
      const next = statistics.levels[above]!.parents;
      const here = up;
      up = next ? here.map((group) => next[group]!) : null;
    }
    return {
      size: level.size,
      q,
      z: level.zIndex,
      source: level.products,
      a: l === 0 && q === 1 ? level.products : new Float64Array(level.products.length),
      p: new Float64Array(level.size * q * q),
      b: new Float64Array(q === 1 ? 0 : level.size * q * m),
      ancestors,
      lambda: new Float64Array(q * q),
    };
  });
  const s = new Float64Array(m0 * m0);
  const factorX = new Float64Array(p * p);
  const beta = new Float64Array(p);
  /** (−β, 1): the residual as a combination of X and y */
  const contrast = new Float64Array(m0);

  function evaluate(lambda: readonly Float64Array[]): Evaluation | undefined {
    s.set(cross);
    for (const work of works) if (work.a !== work.source) work.a.set(work.source);
    let logDeterminant = 0;
    for (let l = 0; l < works.length; l++) {
      const work = works[l]!;
      work.lambda = lambda[l]!;
      const above = works.slice(l + 1);
      const added =
        work.q === 1 ? eliminateOne(work, above, s, m, m0, check) : eliminateMany(work, above, s, m, m0, check);
      if (added === undefined) return undefined;
      logDeterminant += added;
    }
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) factorX[i * p + j] = s[i * m0 + j]!;
    const logDeterminantX = factorize(factorX, p);
    if (logDeterminantX === undefined) return undefined;
    for (let i = 0; i < p; i++) beta[i] = s[p * m0 + i]!;
    solveLower(factorX, p, beta);
    let residual = s[p * m0 + p]!;
    for (let i = 0; i < p; i++) residual -= beta[i]! * beta[i]!;
    solveUpper(factorX, p, beta);
    if (!(residual > 0)) return undefined;
    for (let i = 0; i < p; i++) contrast[i] = -beta[i]!;
    contrast[p] = 1;
    return { logDeterminant, residual, logDeterminantX, beta: beta.slice(), factorX: factorX.slice() };
  }

  /** Calls `visit` with K [q × q] and H [q × m] of every group of a level; both are scratch memory. */
  function descend(l: number, visit: (group: number, k: Float64Array, h: Float64Array) => void): void {
    const work = works[l]!;
    const { q, z } = work;
    const k = new Float64Array(q * q);
    const h = new Float64Array(q * m);
    const above = works.slice(l + 1);
    const cross1 = new Float64Array(q * Math.max(1, ...above.map((ancestor) => ancestor.q)));
    for (let g = 0; g < work.size; g++) {
      if ((g & CHECKED_GROUPS) === 0) check();
      const at = g * q * m;
      if (q === 1) {
        const c = work.a[at + z[0]!]!;
        const kept = 1 - work.p[g]! * c; // 1 / (1 + λ² c)
        k[0] = c * kept;
        for (let j = 0; j < m; j++) h[j] = work.a[at + j]! * kept;
      } else {
        // H = a − C B,  K = H[·, Z]
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < m; j++) {
            let sum = work.a[at + i * m + j]!;
            for (let r = 0; r < q; r++) sum -= work.a[at + i * m + z[r]!]! * work.b[at + r * m + j]!;
            h[i * m + j] = sum;
          }
        }
        for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) k[i * q + j] = h[i * m + z[j]!]!;
      }
      for (let t = 0; t < above.length; t++) {
        const ancestor = above[t]!;
        const group = work.ancestors[t]![g]!;
        if (q === 1 && ancestor.q === 1) {
          const kappa = ancestor.p[group]!;
          const across = h[ancestor.z[0]!]!;
          k[0]! -= across * across * kappa;
          const factor = across * kappa;
          const from = group * m;
          for (let j = 0; j < m; j++) h[j]! -= factor * ancestor.a[from + j]!;
          continue;
        }
        const r = ancestor.q;
        for (let i = 0; i < q; i++) for (let j = 0; j < r; j++) cross1[i * r + j] = h[i * m + ancestor.z[j]!]!;
        const pAt = group * r * r;
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            let sum = 0;
            for (let u = 0; u < r; u++) {
              for (let v = 0; v < r; v++) sum += cross1[i * r + u]! * ancestor.p[pAt + u * r + v]! * cross1[j * r + v]!;
            }
            k[i * q + j]! -= sum;
          }
        }
        const bAt = group * r * m;
        for (let i = 0; i < q; i++) {
          for (let u = 0; u < r; u++) {
            const factor = r === 1 ? cross1[i]! * ancestor.p[group]! : cross1[i * r + u]!;
            const b = r === 1 ? ancestor.a : ancestor.b;
            for (let j = 0; j < m; j++) h[i * m + j]! -= factor * b[bAt + u * m + j]!;
          }
        }
      }
      visit(g, k, h);
    }
  }

  function differentiate(): Derivatives {
    const ofLogDeterminant: Float64Array[] = [];
    const ofResidual: Float64Array[] = [];
    const ofLogDeterminantX: Float64Array[] = [];
    const information: (Float64Array | undefined)[] = [];
    for (let l = 0; l < works.length; l++) {
      const { q } = works[l]!;
      const omega = new Float64Array(q * q);
      const psi = new Float64Array(q * q);
      const phi = new Float64Array(q * q);
      // Σ K ⊗ K has q⁴ numbers: worth it for the usual one to three effects
      const info = q <= 3 ? new Float64Array(q ** 4) : undefined;
      // Σ_g F_iᵀ F_j for each pair of effects, so that (XᵀV⁻¹X)⁻¹ is applied once, not per group
      const pairs = (q * (q + 1)) / 2;
      const ff = new Float64Array(pairs * p * p);
      const hc = new Float64Array(q);
      descend(l, (_, k, h) => {
        let pair = 0;
        for (let i = 0; i < q; i++) {
          let sum = 0;
          for (let j = 0; j < m0; j++) sum += h[i * m + j]! * contrast[j]!;
          hc[i] = sum;
          for (let j = 0; j <= i; j++, pair++) addOuter(h, i * m, j * m, p, ff, pair * p * p);
        }
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            omega[i * q + j]! += k[i * q + j]!;
            psi[i * q + j]! += hc[i]! * hc[j]!;
          }
        }
        if (info) {
          if (q === 1) info[0]! += k[0]! * k[0]!;
          else for (let i = 0; i < q * q; i++) for (let j = 0; j < q * q; j++) info[i * q * q + j]! += k[i]! * k[j]!;
        }
      });
      let pair = 0;
      for (let i = 0; i < q; i++) {
        for (let j = 0; j <= i; j++, pair++) {
          const trace = traceOfSolve(factorX, p, ff, pair * p * p, i === j);
          phi[i * q + j] = trace;
          phi[j * q + i] = trace;
        }
      }
      ofLogDeterminant.push(omega);
      ofResidual.push(psi);
      ofLogDeterminantX.push(phi);
      information.push(info);
    }
    return { ofLogDeterminant, ofResidual, ofLogDeterminantX, information };
  }

  function effects(): LevelEffects[] {
    return works.map((work, l) => {
      const { q, size, lambda } = work;
      const d = new Float64Array(q * q);
      for (let i = 0; i < q; i++) {
        for (let j = 0; j < q; j++)
          for (let r = 0; r < q; r++) d[i * q + j]! += lambda[i * q + r]! * lambda[j * q + r]!;
      }
      const modes = new Float64Array(size * q);
      const conditional = new Float64Array(size * q * q);
      const prediction = new Float64Array(size * q * q);
      const hc = new Float64Array(q);
      const dk = new Float64Array(q * q);
      const df = new Float64Array(q * p);
      descend(l, (g, k, h) => {
        for (let i = 0; i < q; i++) {
          let sum = 0;
          for (let j = 0; j < m0; j++) sum += h[i * m + j]! * contrast[j]!;
          hc[i] = sum;
        }
        for (let i = 0; i < q; i++) {
          let mode = 0;
          for (let r = 0; r < q; r++) mode += d[i * q + r]! * hc[r]!;
          modes[g * q + i] = mode;
          for (let j = 0; j < q; j++) {
            let sum = 0;
            for (let r = 0; r < q; r++) sum += d[i * q + r]! * k[r * q + j]!;
            dk[i * q + j] = sum;
          }
          for (let j = 0; j < p; j++) {
            let sum = 0;
            for (let r = 0; r < q; r++) sum += d[i * q + r]! * h[r * m + j]!;
            df[i * p + j] = sum;
          }
          solveLower(factorX, p, df, i * p);
        }
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            let sum = d[i * q + j]!;
            for (let r = 0; r < q; r++) sum -= dk[i * q + r]! * d[r * q + j]!;
            const at = (g * q + i) * q + j;
            if (i === j && sum < 0) sum = 0; // rounding
            conditional[at] = sum;
            for (let r = 0; r < p; r++) sum += df[i * p + r]! * df[j * p + r]!;
            prediction[at] = sum;
          }
        }
      });
      return { modes, conditional, prediction };
    });
  }

  const levels = statistics.levels.map((level) => ({ name: level.name, size: level.size, q: level.zIndex.length }));
  // θ then is right to 1e-8 of its standard error, so that fits from rows and from summaries agree to 1e-9; with millions
  // of rows the rounding of −2 log L itself allows less
  const tolerance = 1e-17 * Math.max(1, (rows / 1e4) ** 2);
  return { levels, p, rows, sumLogWeights, tolerance, evaluate, differentiate, effects };
}

/** Elimination of groups with one effect each. @returns Σ log(1 + λ² c) */
function eliminateOne(
  work: Work,
  above: readonly Work[],
  s: Float64Array,
  m: number,
  m0: number,
  check: () => void,
): number {
  const { a, size } = work;
  const z = work.z[0]!;
  const square = work.lambda[0]! * work.lambda[0]!;
  let logDeterminant = 0;
  let product = 1;
  for (let g = 0; g < size; g++) {
    const at = g * m;
    if ((g & CHECKED_GROUPS) === 0) check();
    const growth = 1 + square * a[at + z]!;
    product *= growth;
    if (product > 1e200) {
      logDeterminant += Math.log(product);
      product = 1;
    }
    const kappa = square / growth;
    work.p[g] = kappa;
    if (kappa === 0) continue;
    for (let i = 0; i < m0; i++) {
      const factor = kappa * a[at + i]!;
      const row = i * m0;
      for (let j = 0; j <= i; j++) s[row + j]! -= factor * a[at + j]!;
    }
    for (let t = 0; t < above.length; t++) {
      const ancestor = above[t]!;
      const base = work.ancestors[t]![g]! * ancestor.q * m;
      for (let k = 0; k < ancestor.q; k++) {
        const factor = kappa * a[at + ancestor.z[k]!]!;
        const to = base + k * m;
        for (let j = 0; j < m; j++) ancestor.a[to + j]! -= factor * a[at + j]!;
      }
    }
  }
  return logDeterminant + Math.log(product);
}

/** Elimination of groups with several effects each. @returns Σ log|M| */
function eliminateMany(
  work: Work,
  above: readonly Work[],
  s: Float64Array,
  m: number,
  m0: number,
  check: () => void,
): number | undefined {
  const { a, b, q, size, z, lambda } = work;
  let logDeterminant = 0;
  const left = new Float64Array(q * q); // Λᵀ C
  const inner = new Float64Array(q * q); // M, then its factor
  const v = new Float64Array(q * q); // L⁻¹ Λᵀ
  const u = new Float64Array(q * m);
  for (let g = 0; g < size; g++) {
    if ((g & CHECKED_GROUPS) === 0) check();
    const at = g * q * m;
    for (let i = 0; i < q; i++) {
      for (let j = 0; j < q; j++) {
        let sum = 0;
        for (let r = 0; r < q; r++) sum += lambda[r * q + i]! * a[at + r * m + z[j]!]!;
        left[i * q + j] = sum;
      }
    }
    for (let i = 0; i < q; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = i === j ? 1 : 0;
        for (let r = 0; r < q; r++) sum += left[i * q + r]! * lambda[r * q + j]!;
        inner[i * q + j] = sum;
      }
    }
    const added = factorize(inner, q);
    if (added === undefined) return undefined;
    logDeterminant += added;
    for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) v[i * q + j] = lambda[j * q + i]!;
    for (let j = 0; j < q; j++) solveLower(inner, q, v, j, q);
    for (let i = 0; i < q; i++) {
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let r = 0; r < q; r++) sum += v[i * q + r]! * a[at + r * m + j]!;
        u[i * m + j] = sum;
      }
    }
    const pAt = g * q * q;
    for (let i = 0; i < q; i++) {
      for (let j = 0; j < q; j++) {
        let sum = 0;
        for (let r = 0; r < q; r++) sum += v[r * q + i]! * v[r * q + j]!;
        work.p[pAt + i * q + j] = sum;
      }
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let r = 0; r < q; r++) sum += v[r * q + i]! * u[r * m + j]!;
        b[at + i * m + j] = sum;
      }
    }
    for (let r = 0; r < q; r++) {
      const from = r * m;
      for (let i = 0; i < m0; i++) {
        const factor = u[from + i]!;
        const row = i * m0;
        for (let j = 0; j <= i; j++) s[row + j]! -= factor * u[from + j]!;
      }
      for (let t = 0; t < above.length; t++) {
        const ancestor = above[t]!;
        const base = work.ancestors[t]![g]! * ancestor.q * m;
        for (let k = 0; k < ancestor.q; k++) {
          const factor = u[from + ancestor.z[k]!]!;
          const to = base + k * m;
          for (let j = 0; j < m; j++) ancestor.a[to + j]! -= factor * u[from + j]!;
        }
      }
    }
  }
  return logDeterminant;
}

/** Adds the p × p outer product of two rows of H to a sum; only the lower triangle when they are the same row. */
function addOuter(h: Float64Array, left: number, right: number, p: number, sum: Float64Array, at: number): void {
  for (let i = 0; i < p; i++) {
    const factor = h[left + i]!;
    const end = left === right ? i + 1 : p;
    const to = at + i * p;
    for (let j = 0; j < end; j++) sum[to + j]! += factor * h[right + j]!;
  }
}

/** tr((L Lᵀ)⁻¹ A) for A at an offset; with `isLower` only A's lower triangle is filled and A is symmetric. */
export function traceOfSolve(l: Float64Array, p: number, a: Float64Array, at: number, isLower: boolean): number {
  let trace = 0;
  const column = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i < p; i++) column[i] = isLower && i < j ? a[at + j * p + i]! : a[at + i * p + j]!;
    solveLower(l, p, column);
    solveUpper(l, p, column);
    trace += column[j]!;
  }
  return trace;
}
