import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiError } from "@xingfu/contract";
import { loadScheme } from "@xingfu/standards";
import { readSchemeText } from "@xingfu/standards/text";
import { describe, expect, test } from "vitest";
import type { ReviewEntry, SyncResult } from "@xingfu/contract";
import { Autosaver } from "./autosave.ts";
import { compareSchemes } from "./compare-schemes.ts";
import { problemForms } from "./problem-words.ts";
import { afterSync } from "./review-store.ts";
import type { LocalEntry } from "./review-store.ts";
import {
  addBelow,
  compileWritten,
  inheritedOf,
  memberOf,
  moveNode,
  nodeAt,
  placeOf,
  removeNode,
  treeOf,
  withMember,
  withNode,
} from "./written.ts";
import type { Written } from "./written.ts";

const root = join(import.meta.dirname, "../../../../..");
const hand: Written =
  readSchemeText(readFileSync(join(root, "packages/domain/src/scheme/cases/hand-written.yaml"), "utf8")).written ?? {};

describe("a scheme that is edited", () => {
  test("is shown as its tree with what the children sum to", () => {
    const rows = treeOf(hand).map(({ place, id, points, below }) => [place.join("."), id, points, below]);
    expect(rows).toEqual([
      ["0", "plan", 30, null],
      ["1", "care", 70, 70],
      ["1.0", "report", 20, null],
      ["1.1", "voice", 30, null],
      ["1.2", "clubs", 20, null],
    ]);
  });

  test("changes in one place only, and stays what it was elsewhere", () => {
    const node = nodeAt(hand, [1, 0]) ?? {};
    const changed = withNode(hand, [1, 0], withMember(node, "points", 25));
    expect(nodeAt(changed, [1, 0])?.["points"]).toBe(25);
    expect(nodeAt(hand, [1, 0])?.["points"]).toBe(20);
    expect(nodeAt(changed, [0])).toEqual(nodeAt(hand, [0]));
  });

  test("says at the place what no longer sums", () => {
    const changed = withNode(hand, [1, 0], withMember(nodeAt(hand, [1, 0]) ?? {}, "points", 25));
    const { scheme, problems } = compileWritten(changed);
    expect(scheme).toBeNull();
    expect(problems.map(({ path }) => placeOf(changed, path))).toEqual([[1]]);
    expect(memberOf(problems[0]?.path ?? "", [1])).toBe("children");
  });

  test("finds the place of a problem by id and by number, and of the whole", () => {
    expect(placeOf(hand, "areas/care/children/voice/rule/zeroAt")).toEqual([1, 1]);
    expect(placeOf(hand, "areas/2/children/3/points")).toEqual([1, 2]);
    expect(placeOf(hand, "rules/four/levels/1/share")).toEqual([]);
    expect(placeOf(hand, "areas/nobody/points")).toEqual([]);
  });

  test("moves, adds and removes nodes, and gives new ones an id of their own", () => {
    const moved = moveNode(hand, [1, 0], 1);
    expect(treeOf(moved?.written ?? {}).map((row) => row.id)).toEqual(["plan", "care", "voice", "report", "clubs"]);
    expect(moved?.place).toEqual([1, 1]);
    expect(moveNode(hand, [0], -1)).toBeNull();
    const added = addBelow(addBelow(hand, [1], "x")?.written ?? {}, [1], "y");
    expect(treeOf(added?.written ?? {}).map((row) => row.id)).toEqual([
      ...treeOf(hand).map((row) => row.id),
      "N1",
      "N2",
    ]);
    expect(addBelow(hand, [1, 0], "x")?.place).toEqual([1, 0, 0]);
    expect(addBelow(hand, [1, 0, 0], "x")).toBeNull();
    let rest: Written = hand;
    for (let left = 3; left > 0; left--) rest = removeNode(rest, [1, 0])?.written ?? {};
    expect(nodeAt(rest, [1])?.["children"]).toBeUndefined();
    const alone = removeNode(hand, [0])?.written ?? {};
    expect(removeNode(alone, [0])).toBeNull();
  });

  test("takes from above what a node does not say", () => {
    expect(inheritedOf(hand, [1, 0], "raters")).toEqual({ value: { self: 0, commission: 1 }, from: [] });
    expect(inheritedOf(hand, [0], "note")).toBeNull();
  });

  test("differs from its original where it was changed, and nowhere else", () => {
    const before = compileWritten(hand).scheme;
    const changed = withNode(
      withNode(hand, [1, 0], withMember(nodeAt(hand, [1, 0]) ?? {}, "points", 10)),
      [1, 1],
      withMember(nodeAt(hand, [1, 1]) ?? {}, "points", 40),
    );
    const after = compileWritten(changed).scheme;
    if (before === null || after === null) throw new Error("both must compile");
    expect(compareSchemes(before, before)).toEqual([]);
    expect(
      compareSchemes(before, after).map(({ node, member, before: was, after: is }) => [node, member, was, is]),
    ).toEqual([
      ["report", "points", 20, 10],
      ["voice", "points", 30, 40],
    ]);
  });

  test("compiles in the browser to what ships", async () => {
    const shipped = await loadScheme("example-kindergarten", "2025.1");
    expect(compileWritten(shipped?.written ?? {}).scheme).toEqual(shipped?.scheme);
  });
});

describe("the wording of problems", () => {
  test("knows every form of sentence the compiler writes", () => {
    const source = readFileSync(join(root, "packages/standards/src/compile-scheme.ts"), "utf8");
    const sentences = [
      ...source.matchAll(/report\(\s*(?:`[^`]*`|"[^"]*"|[\w.]+)(?:\s*\?[^,]*)?,\s*("[^"]*"|`[^`]*`)/g),
    ].map((match) => (match[1] ?? "").slice(1, -1).replaceAll(/\$\{[^}]*\}/g, "?"));
    expect(sentences.length).toBeGreaterThan(35);
    // the last form takes whatever begins with "is"; a sentence that deserves its own words has one before it
    const unknown = sentences.filter((sentence) => !problemForms.some(([form]) => form.test(sentence)));
    expect(unknown).toEqual([]);
  });

  test("has words for every form", () => {
    const wording = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../locales/zh-CN/evaluation.json"), "utf8"),
    ) as {
      problem: Record<string, string>;
    };
    expect(problemForms.map(([, key]) => key).filter((key) => !(key in wording.problem))).toEqual([]);
  });
});

interface Text {
  readonly revision: number;
  readonly words: string;
}

/** A server with one text: refuses a write on an older revision. */
function server(start: Text) {
  const at = { text: start, isDown: false };
  return {
    at,
    send: async (words: string, revision: number): Promise<number> => {
      await Promise.resolve();
      if (at.isDown) throw new ApiError({ status: 0, title: "no answer" });
      if (revision !== at.text.revision)
        throw new ApiError({ code: "ENTRY_CHANGED", status: 409, title: "changed", fields: { current: at.text } });
      at.text = { revision: revision + 1, words };
      return at.text.revision;
    },
  };
}

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

const saverOf = (send: (words: string, revision: number) => Promise<number>, store = storage()) =>
  new Autosaver<string, Text>(
    {
      key: "k",
      initial: "old",
      revision: 1,
      send,
      accepts: (value): value is string => typeof value === "string",
      conflictOf: (current) => current as Text,
      valueOf: ({ words }) => words,
    },
    store,
  );

describe("a text that saves itself", () => {
  test("sends what was typed last and leaves nothing behind", async () => {
    const { at, send } = server({ revision: 1, words: "old" });
    const store = storage();
    const saver = saverOf(send, store);
    saver.set("a");
    saver.set("ab");
    expect(store.kept.size).toBe(1);
    await saver.flush();
    expect(at.text).toEqual({ revision: 2, words: "ab" });
    expect(saver.snapshot().state.kind).toBe("saved");
    expect(store.kept.size).toBe(0);
  });

  test("sends what was typed while it was on its way with the revision that came back", async () => {
    const { at, send } = server({ revision: 1, words: "old" });
    const saver = saverOf(send);
    saver.set("a");
    const sending = saver.flush();
    saver.set("ab");
    await sending;
    expect(at.text).toEqual({ revision: 3, words: "ab" });
  });

  test("keeps on the device what could not be sent, and sends it the next time", async () => {
    const { at, send } = server({ revision: 1, words: "old" });
    const store = storage();
    at.isDown = true;
    const saver = saverOf(send, store);
    saver.set("mine");
    await saver.flush();
    expect(saver.snapshot().state.kind).toBe("failed");
    at.isDown = false;
    const next = saverOf(send, store);
    expect(next.snapshot().value).toBe("mine");
    await next.flush();
    expect(at.text.words).toBe("mine");
  });

  test("never writes over somebody else's newer version before one is chosen", async () => {
    const { at, send } = server({ revision: 5, words: "theirs" });
    const saver = saverOf(send);
    saver.set("mine");
    await saver.flush();
    expect(saver.snapshot().conflict).toEqual({ revision: 5, words: "theirs" });
    saver.set("mine still");
    await saver.flush();
    expect(at.text.words).toBe("theirs");
    saver.resolve("mine");
    await saver.flush();
    expect(at.text).toEqual({ revision: 6, words: "mine still" });
  });

  test("takes the newer version over when that is chosen", async () => {
    const { at, send } = server({ revision: 5, words: "theirs" });
    const store = storage();
    const saver = saverOf(send, store);
    saver.set("mine");
    await saver.flush();
    saver.resolve("theirs");
    expect(saver.snapshot()).toMatchObject({ value: "theirs", conflict: null });
    expect(store.kept.size).toBe(0);
    saver.set("both");
    await saver.flush();
    expect(at.text).toEqual({ revision: 6, words: "both" });
  });
});

const local = (id: string, writtenAt: string): LocalEntry => ({
  id,
  evaluationId: 1,
  place: "B1",
  party: "commission",
  method: "onSiteCheck",
  judgement: { kind: "rubric", level: "A" },
  words: id,
  baseRevision: 0,
  writtenAt,
  state: "waiting",
  current: null,
  why: null,
});
const stored = (id: string, revision: number): ReviewEntry => ({
  id,
  evaluationId: 1,
  place: "B1",
  party: "commission",
  method: "onSiteCheck",
  judgement: { kind: "rubric", level: "A" },
  words: id,
  revision,
  isOwn: true,
  inspector: null,
  accountId: null,
  savedAt: "2026-03-01T08:00:00Z",
  writtenAt: "2026-03-01T07:00:00Z",
  clockOffSeconds: null,
  setApart: null,
  photos: [],
});
const answer = (id: string, outcome: SyncResult["outcome"], revision = 1): SyncResult => ({
  id,
  outcome,
  current: outcome === "refused" ? null : stored(id, revision),
  why: outcome === "refused" ? "closed" : null,
});

describe("what becomes of entries that were sent", () => {
  const sent = [local("a", "t1"), local("b", "t1"), local("c", "t1"), local("d", "t1"), local("e", "t1")];

  test("stored, replayed and set apart leave the device; conflicts and refusals stay with their reason", () => {
    const results = [
      answer("a", "stored"),
      answer("b", "replayed"),
      answer("c", "conflict", 7),
      answer("d", "refused"),
      answer("e", "setApart"),
    ];
    const { keep, drop, stored: onServer } = afterSync(sent, sent, results);
    expect(drop).toEqual(["a", "b", "e"]);
    expect(onServer.map((entry) => entry.id)).toEqual(["a", "b", "e"]);
    expect(keep.map(({ id, state, why, current }) => [id, state, why, current?.revision])).toEqual([
      ["c", "conflict", null, 7],
      ["d", "refused", "closed", undefined],
    ]);
  });

  test("an entry changed while it was on its way waits again, on the revision that came back", () => {
    const now = [local("a", "t2")];
    const { keep, drop } = afterSync(sent, now, [answer("a", "stored", 3)]);
    expect(drop).toEqual([]);
    expect(keep).toEqual([{ ...local("a", "t2"), baseRevision: 3 }]);
  });

  test("an answer about an entry that is not here changes nothing", () => {
    expect(afterSync(sent, [], [answer("a", "stored")])).toEqual({ keep: [], drop: [], stored: [] });
  });
});
