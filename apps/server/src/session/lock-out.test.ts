import { describe, expect, it } from "vitest";
import { UnknownNames, lockOut } from "./lock-out.ts";

describe("names that nobody has", () => {
  function names() {
    let time = Date.parse("2025-11-01T00:00:00Z");
    return { names: new UnknownNames(() => new Date(time)), pass: (seconds: number) => (time += seconds * 1000) };
  }

  it("are locked out at the same failure as an account", () => {
    const { names: unknown } = names();
    for (let i = 1; i < lockOut.limit; i += 1) unknown.note("a");
    expect(unknown.lockedSeconds("a")).toBe(0);
    unknown.note("a");
    expect(unknown.lockedSeconds("a")).toBe(lockOut.lockSeconds);
    expect(unknown.lockedSeconds("b")).toBe(0);
  });

  it("are free again after the time", () => {
    const { names: unknown, pass } = names();
    for (let i = 0; i < lockOut.limit; i += 1) unknown.note("a");
    pass(lockOut.lockSeconds);
    expect(unknown.lockedSeconds("a")).toBe(0);
  });

  it("forget failures of an earlier window", () => {
    const { names: unknown, pass } = names();
    for (let i = 1; i < lockOut.limit; i += 1) unknown.note("a");
    pass(lockOut.windowSeconds);
    unknown.note("a");
    expect(unknown.lockedSeconds("a")).toBe(0);
  });
});
