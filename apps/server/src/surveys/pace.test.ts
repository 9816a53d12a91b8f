import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

it("lets a minute's worth through at once, then one by one, each address for itself", () => {
  let now = 0;
  const pace = new Pace(60, () => new Date(now));
  const take = (count: number, address = "a"): number[] => Array.from({ length: count }, () => pace.take(address));
  expect(take(60).every((wait) => wait === 0)).toBe(true);
  expect(take(2)).toEqual([1, 1]); // refused ones are not held against the address
  expect(take(60, "b").every((wait) => wait === 0)).toBe(true);
  now += 3000;
  expect(take(4)).toEqual([0, 0, 0, 1]);
  now += 3_600_000;
  expect(take(61).filter((wait) => wait === 0)).toHaveLength(60);
});
