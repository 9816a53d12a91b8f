import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.ts";
import { factorize, inverseFromFactor, solvePositive } from "./cholesky.ts";
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
  it.each([1, 2, 5, 40])("reproduces a matrix of order %i", (n) => {
    const a = randomPositive(n, n);
    const l = a.slice();
    factorize(l, n);
    expect(misfit(l, a, n)).toBeLessThan(1e-10 * n);
  });

  it("says so when the matrix is not positive definite", () => {
    expect(factorize(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    expect(() => solvePositive(Float64Array.of(0), Float64Array.of(1))).toThrow(/positive definite/);
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
