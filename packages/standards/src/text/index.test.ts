import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileScheme, entryAt, loadScheme, schemeAt, schemeHeadings } from "../index.ts";
import { readSchemeText, writeSchemeText } from "./index.ts";

const surroundings = { entryOf: (reference: string) => entryAt(reference), sources: {} };
const handWritten = join(import.meta.dirname, "../../../domain/src/scheme/cases/hand-written.yaml");

describe("a shipped scheme fetched by itself", () => {
  test.each(schemeHeadings)("$id is the one held in memory, and what its file compiles to", async (heading) => {
    const shipped = await loadScheme(heading.id, heading.version);
    expect(shipped?.scheme).toEqual(schemeAt(heading.id, heading.effectiveFrom));
    expect(compileScheme(shipped?.written, "file", surroundings).scheme).toEqual(shipped?.scheme);
    expect(heading.leaves).toBe(shipped?.scheme.nodes.filter(({ leaf }) => leaf !== null).length);
  });

  test("is nothing when no such version ships", async () => {
    expect(await loadScheme("example-compulsory", "1900.1")).toBeUndefined();
  });
});

describe("the text of a scheme", () => {
  test.each(schemeHeadings)("$id reads back as it was written", async ({ id, version }) => {
    const written = (await loadScheme(id, version))?.written ?? {};
    expect(readSchemeText(writeSchemeText(written))).toEqual({ written, problem: null });
  });

  test("written by hand compiles", () => {
    const { written } = readSchemeText(readFileSync(handWritten, "utf8"));
    expect(compileScheme(written, "file", surroundings).problems).toEqual([]);
  });

  test("that cannot be read says on which line", () => {
    expect(readSchemeText("id: a\ntitle: [\n").problem?.line).toBeGreaterThanOrEqual(2);
    expect(readSchemeText("- a\n- b\n").problem).toEqual({ line: 1, message: "not a record" });
    expect(readSchemeText("").problem?.line).toBe(1);
    expect(readSchemeText("a".repeat(600_000)).problem?.message).toContain("512");
  });

  test("that would blow up by its aliases is refused", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]", "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]"];
    bomb.push("c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]", "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]");
    expect(readSchemeText(bomb.join("\n")).problem).not.toBeNull();
  });
});
