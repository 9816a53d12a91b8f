import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.ts";
import { factorize, inverseFromFactor, solvePositive } from "./cholesky.ts";
import { denseFactor } from "./dense.ts";
import { eigenSymmetric, lowerRoot } from "./eigen.ts";

function randomPositive(n: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const b = Float64Array.from({ length: n * (n + 3) }, () => random.normal());
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n + 3; k++) a[i * n + j]! += b[i * (n + 3) + k]! * b[j * (n + 3) + k]!;
  }
  return a;
}

/** The largest |L Lᵀ − A| over the lower triangle. */
function misfit(l: Float64Array, a: Float64Array, n: number): number {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += l[i * n + k]! * l[j * n + k]!;
      worst = Math.max(worst, Math.abs(sum - a[i * n + j]!));
    }
  }
  return worst;
}

describe("Cholesky", () => {
  it.each([1, 2, 5, 63, 64, 65, 131, 150])("reproduces a matrix of order %i, small and blocked alike", (n) => {
    const a = randomPositive(n, n);
    const small = a.slice();
    const dense = denseFactor(n);
    dense.matrix.set(a);
    const large = dense.matrix;
    const logSmall = factorize(small, n)!;
    const logLarge = dense.factorize()!;
    expect(misfit(small, a, n)).toBeLessThan(1e-10 * n);
    expect(misfit(large, a, n)).toBeLessThan(1e-10 * n);
    expect(Math.abs(logSmall - logLarge)).toBeLessThan(1e-9 * (1 + Math.abs(logSmall)));
    // A⁻¹ A = I
    const inverse = dense.invert();
    let worst = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += inverse[Math.max(i, k) * n + Math.min(i, k)]! * a[k * n + j]!;
        worst = Math.max(worst, Math.abs(sum - (i === j ? 1 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-9);
  });

  it("says so when the matrix is not positive definite", () => {
    expect(factorize(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    const dense = denseFactor(2);
    dense.matrix.set([1, 2, 2, 1]);
    expect(dense.factorize()).toBeUndefined();
    expect(() => solvePositive(Float64Array.of(0), Float64Array.of(1))).toThrow(/positive definite/);
  });

  it("can be stopped between two blocks", () => {
    let looks = 0;
    const bounded = denseFactor(100, () => {
      if (++looks > 2) throw new RangeError("stopped");
    });
    for (let i = 0; i < 100; i++) bounded.matrix[i * 101] = 1;
    expect(() => bounded.factorize()).toThrow("stopped");
  });

  it("inverts and solves", () => {
    const a = randomPositive(6, 3);
    const l = a.slice();
    factorize(l, 6);
    const inverse = inverseFromFactor(l, 6);
    const x = solvePositive(a, Float64Array.of(1, 0, 0, 0, 0, 0));
    for (let i = 0; i < 6; i++) expect(inverse[i * 6]).toBeCloseTo(x[i]!, 10);
  });
});

describe("eigenvalues", () => {
  it("come back ascending with A v = λ v", () => {
    const a = randomPositive(5, 9);
    const { values, vectors } = eigenSymmetric(a, 5);
    for (let e = 0; e < 5; e++) {
      expect(values[e]!).toBeGreaterThanOrEqual(values[Math.max(0, e - 1)]!);
      for (let i = 0; i < 5; i++) {
        let sum = 0;
        for (let j = 0; j < 5; j++) sum += a[i * 5 + j]! * vectors[e * 5 + j]!;
        expect(sum).toBeCloseTo(values[e]! * vectors[e * 5 + i]!, 9);
      }
    }
  });

  it("a root of a singular matrix has a zero column", () => {
    const root = lowerRoot(Float64Array.of(1, 2, 2, 4), 2);
    expect([...root]).toEqual([1, 0, 2, 0]);
  });
});
