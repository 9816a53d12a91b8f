/**
 * Cholesky factors of small symmetric positive definite matrices, for the per-group algebra; large ones are in
 * dense.ts. All matrices are row-major Float64Array; only the lower triangle is read.
 */
import { NumericsFault } from "../fault.ts";

/**
 * Overwrites the lower triangle of `a` by L with L Lᵀ = A.
 *
 * @param a  [n × n] row-major; the upper triangle is left alone
 * @returns log|A|, or `undefined` when A is not positive definite (then `a` is spoiled)
 */
export function factorize(a: Float64Array, n: number): number | undefined {
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      const other = j * n;
      let sum = a[row + j]!;
      for (let k = 0; k < j; k++) sum -= a[row + k]! * a[other + k]!;
      a[row + j] = sum / a[other + j]!;
    }
    let pivot = a[row + i]!;
    for (let k = 0; k < i; k++) pivot -= a[row + k]! * a[row + k]!;
    if (!(pivot > 0) || pivot === Infinity) return undefined;
    logDeterminant += Math.log(pivot);
    a[row + i] = Math.sqrt(pivot);
  }
  return logDeterminant;
}

/** Solves L x = b in place. @param l [n × n] lower factor @param b [n] from `offset` with stride `step` */
export function solveLower(l: Float64Array, n: number, b: Float64Array, offset = 0, step = 1): void {
  for (let i = 0; i < n; i++) {
    let sum = b[offset + i * step]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[offset + k * step]!;
    b[offset + i * step] = sum / l[i * n + i]!;
  }
}

/** Solves Lᵀ x = b in place; arguments as in {@link solveLower}. */
export function solveUpper(l: Float64Array, n: number, b: Float64Array, offset = 0, step = 1): void {
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[offset + i * step]!;
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * b[offset + k * step]!;
    b[offset + i * step] = sum / l[i * n + i]!;
  }
}

/** A⁻¹ from its lower factor. @returns [n × n] symmetric, both triangles filled */
export function inverseFromFactor(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1;
    solveLower(l, n, inverse, j, n);
    solveUpper(l, n, inverse, j, n);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (inverse[i * n + j]! + inverse[j * n + i]!) / 2;
      inverse[i * n + j] = mean;
      inverse[j * n + i] = mean;
    }
  }
  return inverse;
}

/**
 * Solves A x = b for a symmetric positive definite A, leaving both arguments alone.
 *
 * @returns x [n]
 * @throws NOT_POSITIVE_DEFINITE
 */
export function solvePositive(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const l = a.slice();
  if (factorize(l, n) === undefined) {
    throw new NumericsFault("NOT_POSITIVE_DEFINITE", { pivot: n, problem: "the matrix is not positive definite" });
  }
  const x = b.slice();
  solveLower(l, n, x);
  solveUpper(l, n, x);
  return x;
}
