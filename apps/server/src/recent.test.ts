import { describe, expect, it } from "vitest";
import { Recent } from "./recent.ts";

describe("recent results", () => {
  it("computes once for many who ask at the same time", async () => {
    const recent = new Recent<number>(2);
    let computed = 0;
    const compute = async (): Promise<number> => (computed += 1);
    expect(await Promise.all([1, 2, 3].map(() => recent.get("a", compute)))).toEqual([1, 1, 1]);
    expect(await recent.get("a", compute)).toBe(1);
  });

  it("does not keep a failure", async () => {
    const recent = new Recent<number>(2);
    await expect(recent.get("a", async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await recent.get("a", async () => 7)).toBe(7);
  });

  it("lets go of what was unused for longest", async () => {
    const recent = new Recent<number>(2);
    for (const key of ["a", "b", "a", "c"]) await recent.get(key, async () => 1);
    expect([recent.has("a"), recent.has("b"), recent.has("c")]).toEqual([true, false, true]);
  });
});
