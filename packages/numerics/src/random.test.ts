import { expect, it } from "vitest";
import { seededRandom } from "./random.ts";

function draw(seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 5 }, () => random.uniform());
}

it("gives the same stream for the same seed and another for another seed", () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it("draws normals with mean 0, variance 1 and fourth moment 3", () => {
  const random = seededRandom(1);
  const n = 200_000;
  let s1 = 0;
  let s2 = 0;
  let s4 = 0;
  for (let i = 0; i < n; i++) {
    const z = random.normal();
    s1 += z;
    s2 += z * z;
    s4 += z ** 4;
  }
  expect(Math.abs(s1 / n)).toBeLessThan(0.01); // 4.5 standard errors
  expect(Math.abs(s2 / n - 1)).toBeLessThan(0.015);
  expect(Math.abs(s4 / n - 3)).toBeLessThan(0.1);
});

it("draws integers below the bound, each of them", () => {
  const random = seededRandom(2);
  const seen = new Set(Array.from({ length: 300 }, () => random.integer(6)));
  expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
});
