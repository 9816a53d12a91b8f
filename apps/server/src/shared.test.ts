import { describe, expect, it } from "vitest";
import { SharedReads } from "./shared.ts";

/** A slow read that tells when it began, and can be let go. */
function slowRead() {
  const begun: (() => void)[] = [];
  let count = 0;
  return {
    begun,
    read: async (): Promise<number> => {
      count += 1;
      const own = count;
      await new Promise<void>((resolve) => begun.push(resolve));
      return own;
    },
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("shared reads", () => {
  it("answer all who came while one was under way with one further read", async () => {
    const shared = new SharedReads();
    const slow = slowRead();
    const first = shared.read("a", slow.read);
    const later = [1, 2, 3].map(() => shared.read("a", slow.read));
    await turn();
    expect(slow.begun).toHaveLength(1);
    slow.begun[0]?.();
    expect(await first).toBe(1);
    await turn();
    slow.begun[1]?.();
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    expect(slow.begun).toHaveLength(2);
  });

  it("never answer with a read that began before the question", async () => {
    const shared = new SharedReads();
    let stored = "old";
    const read = async (): Promise<string> => {
      const seen = stored;
      await turn();
      return seen;
    };
    const before = shared.read("a", read);
    stored = "new";
    const after = shared.read("a", read);
    expect([await before, await after]).toEqual(["old", "new"]);
  });

  it("keep nothing, and go on after a failure", async () => {
    const shared = new SharedReads();
    let count = 0;
    const read = async (): Promise<number> => {
      count += 1;
      if (count === 1) throw new Error("no");
      return count;
    };
    const [failed, next] = [shared.read("a", read), shared.read("a", read)];
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe(2);
    expect(await shared.read("a", read)).toBe(3);
  });

  it("keep different keys apart", async () => {
    const shared = new SharedReads();
    expect(await Promise.all([shared.read("a", async () => 1), shared.read("b", async () => 2)])).toEqual([1, 2]);
  });
});
