/** Eigenvalues of small symmetric matrices, for covariance matrices of random effects. */

/**
 * Eigenvalues and orthonormal eigenvectors by cyclic Jacobi rotations.
 *
 * @param symmetric  [n × n] row-major, both triangles
 * @returns values [n] ascending; vectors [n × n], row i belongs to values[i]
 */
export function eigenSymmetric(symmetric: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = symmetric.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        all += a[i * n + j]! ** 2;
        if (j < i) off += a[i * n + j]! ** 2;
      }
    }
    if (off <= 1e-32 * all) break; // squared: off-diagonal below rounding of the diagonal
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        if (apq === 0) continue;
        const half = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const t = (half >= 0 ? 1 : -1) / (Math.abs(half) + Math.sqrt(half * half + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const x = a[k * n + p]!;
          const y = a[k * n + q]!;
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const x = a[p * n + k]!;
          const y = a[q * n + k]!;
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const vx = v[p * n + k]!;
          const vy = v[q * n + k]!;
          v[p * n + k] = c * vx - s * vy;
          v[q * n + k] = s * vx + c * vy;
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).toSorted((i, j) => a[i * n + i]! - a[j * n + j]!);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = a[from * n + from]!;
    for (let k = 0; k < n; k++) vectors[to * n + k] = v[from * n + k]!;
  });
  return { values, vectors };
}

/**
 * A square factor Λ with Λ Λᵀ = D for a positive semidefinite D; a pivot that is zero to rounding gives a zero column.
 *
 * @returns lower triangular [n × n] row-major with a non-negative diagonal
 */
export function lowerRoot(d: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, d[i * n + i]!);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = d[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) l[i * n + i] = sum > scale * 1e-15 ? Math.sqrt(sum) : 0;
      else l[i * n + j] = l[j * n + j]! > 0 ? sum / l[j * n + j]! : 0;
    }
  }
  return l;
}
