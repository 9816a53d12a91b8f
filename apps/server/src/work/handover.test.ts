import { describe, expect, it } from "vitest";
import { Handover } from "./handover.ts";

describe("a handover", () => {
  it("hands things over in order and ends", async () => {
    const handover = new Handover<number>();
    const giving = (async () => {
      for (const thing of [1, 2, 3]) await handover.give(thing);
      handover.end();
    })();
    const taken: number[] = [];
    for await (const thing of handover) taken.push(thing);
    await giving;
    expect(taken).toEqual([1, 2, 3]);
  });

  it("makes the giver wait for the taker", async () => {
    const handover = new Handover<number>();
    let given = 0;
    const giving = (async () => {
      for (; given < 3; given += 1) await handover.give(given);
      handover.end();
    })();
    const seen: number[] = [];
    for await (const thing of handover) seen.push(given - thing);
    await giving;
    expect(seen).toEqual([0, 0, 0]);
  });

  it("throws the giver's failure to the taker, even after things were given", async () => {
    const handover = new Handover<number>();
    const taking = (async () => {
      for await (const thing of handover) if (thing === 1) handover.fail(new Error("read"));
    })();
    await expect(handover.give(1)).rejects.toThrow("read");
    await expect(taking).rejects.toThrow("read");
  });

  it("lets a waiting giver go when the taker gave up", async () => {
    const handover = new Handover<number>();
    const giving = handover.give(1);
    handover.fail(new Error("load"));
    await expect(giving).rejects.toThrow("load");
    await expect(handover.give(2)).rejects.toThrow("load");
  });
});
