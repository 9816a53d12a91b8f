/**
 * The solver for one factor or a chain of nested factors: a sweep from the smallest groups to the largest over
 * Zᵀ W, no row touched. An evaluation costs O(groups · q · m²), all of it in compiled loops (linear/compiled.ts).
 *
 * Going up, a group with C = Zᵀ V⁻¹ Z, A = Zᵀ V⁻¹ W (V of the levels below) is eliminated by
 *
 *     M = I + Λᵀ C Λ = L Lᵀ,   R = L⁻¹ Λᵀ,   U = R A
 *     log|V| += log|M|,   S −= Uᵀ U,   and each ancestor's A loses Uᵀ U in the rows of its own Z.
 *
 * Coming down, K and H = Zᵀ V⁻¹ W of the whole V follow from C and A by passing the group itself and every ancestor in
 * turn: T = H[·, Z] Rᵀ,  K −= T Tᵀ,  H −= T U.
 */
import { factorize, inverseFromFactor, solveLower, solveUpper } from "../linear/cholesky.ts";
import { kernelsOn, LEVEL, SUMS } from "../linear/compiled.ts";
import type { Derivatives, Engine, Evaluation, LevelEffects } from "./engine.ts";
import type { NestedStatistics } from "./statistics.ts";

/** Groups between two looks at the clock: some milliseconds of work. */
const CHECKED_GROUPS = 0x4000;

/** One level in memory; places count doubles. */
interface Work {
  readonly size: number;
  readonly q: number;
  /** address of its description */
  readonly address: number;
  readonly lambda: number;
  readonly a: number;
  /** where A as counted is kept, if levels below take away from it */
  readonly source: number;
  /** [size × q × (w + q)] */
  readonly u: number;
}

/** @param check  called every some thousand groups; throws to stop */
export function nestedEngine(statistics: NestedStatistics, check: () => void = () => {}): Engine {
  const { layout, cross, rows, sumLogWeights } = statistics;
  const m = layout.names.length;
  const p = layout.p;
  const m0 = p + 1;
  const w = m + (m % 2);
  const row = w * 8;

  // what lies where in the memory, in doubles; the first is kept free, so that no address is 0
  let doubles = 2;
  const take = (count: number): number => {
    const at = doubles;
    doubles += count + (count % 2);
    return at;
  };
  const most = Math.max(...statistics.levels.map(({ zIndex }) => zIndex.length));
  const s = take(m0 * w);
  const contrastAt = take(w);
  const inner = take(most * most);
  const scratch = take(most * (w + 2 * most + 1));
  const sums = take(SUMS.bytes / 8 + 1);
  const omega = take(most * most);
  const psi = take(most * most);
  const information = take(most <= 3 ? most ** 4 : 1);
  const pairs = take(((most * (most + 1)) / 2) * p * w);
  const root = take(p * w);
  const chunk = Math.min(CHECKED_GROUPS, Math.max(...statistics.levels.map(({ size }) => size)));
  const each = take(chunk * most * w);
  const eachK = take(chunk * most * most);
  const eachGram = take(chunk * most * most);
  const eachResidual = take(chunk * most);
  const count = statistics.levels.length;
  const works = statistics.levels.map(({ size, zIndex }, l): Work => {
    const q = zIndex.length;
    const a = take(size * q * w);
    return {
      size,
      q,
      address: take(LEVEL.bytes / 8) * 8,
      lambda: take(q * q),
      a,
      source: l === 0 ? a : take(size * q * w),
      u: take(size * q * (w + q + (q % 2))),
    };
  });
  const lists = statistics.levels.map(({ zIndex, size }, l) => ({
    z: take(zIndex.length),
    ancestors: take(count - 1 - l),
    groups: works.slice(l + 1).map(() => take(Math.ceil(size / 2))),
  }));
  const { buffer, functions } = kernelsOn(doubles * 8);
  const memory = new Float64Array(buffer);
  const whole = new Int32Array(buffer);

  statistics.levels.forEach((level, l) => {
    const { size, q, address, lambda, a, source, u } = works[l]!;
    const { z, ancestors, groups } = lists[l]!;
    const at = address / 4;
    whole[at + LEVEL.q / 4] = q;
    whole[at + LEVEL.a / 4] = a * 8;
    whole[at + LEVEL.u / 4] = u * 8;
    whole[at + LEVEL.stride / 4] = row + (q + (q % 2)) * 8;
    whole[at + LEVEL.z / 4] = z * 8;
    whole[at + LEVEL.lambda / 4] = lambda * 8;
    whole[at + LEVEL.above / 4] = groups.length;
    whole[at + LEVEL.ancestors / 4] = ancestors * 8;
    for (let k = 0; k < q; k++) whole[z * 2 + k] = level.zIndex[k]! * 8;
    let up = level.parents;
    groups.forEach((to, t) => {
      whole[ancestors * 2 + 2 * t] = to * 8;
      whole[ancestors * 2 + 2 * t + 1] = works[l + 1 + t]!.address;
      whole.set(up!, to * 2);
      const next = statistics.levels[l + 1 + t]!.parents;
      if (next) up = up!.map((group) => next[group]!);
    });
    if (w === m) memory.set(level.products, source);
    else {
      memory.set(level.products, u); // which is overwritten later
      functions.spread(u * 8, source * 8, size * q, m, row);
    }
  });
  const factorX = new Float64Array(p * p);
  const beta = new Float64Array(p);

  function evaluate(lambda: readonly Float64Array[]): Evaluation | undefined {
    for (let i = 0; i < m0; i++) memory.set(cross.subarray(i * m0, i * m0 + m0), s + i * w);
    let logDeterminant = 0;
    for (let l = 0; l < count; l++) {
      const { source, a, size, q } = works[l]!;
      if (source !== a) memory.copyWithin(a, source, source + size * q * w);
      memory.set(lambda[l]!, works[l]!.lambda);
    }
    for (const { address, size } of works) {
      for (let first = 0; first < size; first += CHECKED_GROUPS) {
        check();
        const end = Math.min(size, first + CHECKED_GROUPS);
        logDeterminant += functions.eliminate(address, first, end, row, s * 8, m0, inner * 8);
      }
    }
    if (!Number.isFinite(logDeterminant)) return undefined;
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) factorX[i * p + j] = memory[s + i * w + j]!;
    const logDeterminantX = factorize(factorX, p);
    if (logDeterminantX === undefined) return undefined;
    for (let i = 0; i < p; i++) beta[i] = memory[s + p * w + i]!;
    solveLower(factorX, p, beta);
    let residual = memory[s + p * w + p]!;
    for (let i = 0; i < p; i++) residual -= beta[i]! * beta[i]!;
    solveUpper(factorX, p, beta);
    if (!(residual > 0)) return undefined;
    // (−β, 1): the residual as a combination of X and y
    for (let i = 0; i < p; i++) memory[contrastAt + i] = -beta[i]!;
    memory[contrastAt + p] = 1;
    return { logDeterminant, residual, logDeterminantX, beta: beta.slice(), factorX: factorX.slice() };
  }

  /** Says where the sums of a descent go; what is not wanted has no place. */
  function want(isInformed: boolean, isPaired: boolean, isEach: boolean): void {
    const at = sums * 2;
    whole[at + SUMS.omega / 4] = omega * 8;
    whole[at + SUMS.psi / 4] = psi * 8;
    whole[at + SUMS.information / 4] = isInformed ? information * 8 : 0;
    whole[at + SUMS.pairs / 4] = isPaired ? pairs * 8 : 0;
    whole[at + SUMS.each / 4] = isEach ? each * 8 : 0;
    whole[at + SUMS.eachK / 4] = eachK * 8;
    whole[at + SUMS.eachResidual / 4] = eachResidual * 8;
  }

  function descend(l: number, first: number): number {
    check();
    const { address, size } = works[l]!;
    const end = Math.min(size, first + CHECKED_GROUPS);
    functions.descend(address, first, end, row, contrastAt * 8, p, sums * 8, scratch * 8);
    return end;
  }

  function differentiate(): Derivatives {
    const ofLogDeterminant: Float64Array[] = [];
    const ofResidual: Float64Array[] = [];
    const ofLogDeterminantX: Float64Array[] = [];
    const informations: (Float64Array | undefined)[] = [];
    const inverse = inverseFromFactor(factorX, p);
    works.forEach(({ size, q }, l) => {
      // Σ K ⊗ K has q⁴ numbers: worth it for the usual one to three effects
      const isInformed = q <= 3;
      memory.fill(0, omega, root);
      want(isInformed, true, false);
      for (let first = 0; first < size;) first = descend(l, first);
      ofLogDeterminant.push(memory.slice(omega, omega + q * q));
      ofResidual.push(memory.slice(psi, psi + q * q));
      informations.push(isInformed ? memory.slice(information, information + q ** 4) : undefined);
      // tr{(XᵀV⁻¹X)⁻¹ Σ F_iᵀ F_j}; of i = j only the lower triangle was added up
      const phi = new Float64Array(q * q);
      let at = pairs;
      for (let i = 0; i < q; i++) {
        for (let j = 0; j <= i; j++, at += p * w) {
          let trace = 0;
          for (let r = 0; r < p; r++) {
            for (let c = 0; c < r; c++) {
              const above = i === j ? memory[at + r * w + c]! : memory[at + c * w + r]!;
              trace += inverse[r * p + c]! * (memory[at + r * w + c]! + above);
            }
            trace += inverse[r * p + r]! * memory[at + r * w + r]!;
          }
          phi[i * q + j] = trace;
          phi[j * q + i] = trace;
        }
      }
      ofLogDeterminantX.push(phi);
    });
    return { ofLogDeterminant, ofResidual, ofLogDeterminantX, information: informations };
  }

  function effects(): LevelEffects[] {
    // L⁻¹ of XᵀV⁻¹X = L Lᵀ
    for (let j = 0; j < p; j++) {
      for (let i = 0; i < p; i++) memory[root + i * w + j] = i === j ? 1 : 0;
      for (let i = j; i < p; i++) {
        let value = memory[root + i * w + j]!;
        for (let k = j; k < i; k++) value -= factorX[i * p + k]! * memory[root + k * w + j]!;
        memory[root + i * w + j] = value / factorX[i * p + i]!;
      }
    }
    return works.map(({ size, q, lambda }, l) => {
      const d = new Float64Array(q * q);
      for (let i = 0; i < q; i++) {
        for (let j = 0; j < q; j++)
          for (let r = 0; r < q; r++) d[i * q + j]! += memory[lambda + i * q + r]! * memory[lambda + j * q + r]!;
      }
      const modes = new Float64Array(size * q);
      const conditional = new Float64Array(size * q * q);
      const prediction = new Float64Array(size * q * q);
      want(false, false, true);
      for (let first = 0; first < size;) {
        const end = descend(l, first);
        functions.gram(each * 8, end - first, q, row, root * 8, p, eachGram * 8);
        if (q === 1) {
          const variance = d[0]!;
          for (let g = first; g < end; g++) {
            const at = g - first;
            modes[g] = variance * memory[eachResidual + at]!;
            const own = Math.max(0, variance - variance * variance * memory[eachK + at]!); // rounding
            conditional[g] = own;
            prediction[g] = own + variance * variance * memory[eachGram + at]!;
          }
        } else {
          for (let g = first; g < end; g++) {
            const at = (g - first) * q;
            for (let i = 0; i < q; i++) {
              let mode = 0;
              for (let r = 0; r < q; r++) mode += d[i * q + r]! * memory[eachResidual + at + r]!;
              modes[g * q + i] = mode;
              for (let j = 0; j < q; j++) {
                let own = d[i * q + j]!;
                let added = 0;
                for (let r = 0; r < q; r++) {
                  for (let t = 0; t < q; t++) {
                    const weight = d[i * q + r]! * d[t * q + j]!;
                    own -= weight * memory[eachK + (at + r) * q + t]!;
                    added += weight * memory[eachGram + (at + r) * q + t]!;
                  }
                }
                if (i === j && own < 0) own = 0; // rounding
                conditional[(g * q + i) * q + j] = own;
                prediction[(g * q + i) * q + j] = own + added;
              }
            }
          }
        }
        first = end;
      }
      return { modes, conditional, prediction };
    });
  }

  const levels = statistics.levels.map((level) => ({ name: level.name, size: level.size, q: level.zIndex.length }));
  // θ then is right to 1e-8 of its standard error, so that fits from rows and from summaries agree to 1e-9; with millions
  // of rows the rounding of −2 log L itself allows less
  const tolerance = 1e-17 * Math.max(1, (rows / 1e4) ** 2);
  return { levels, p, rows, sumLogWeights, tolerance, evaluate, differentiate, effects };
}
