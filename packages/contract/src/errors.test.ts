import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errors } from "./errors.ts";
import type { ErrorEntry } from "./errors.ts";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
const documented = new Map(
  page
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => /^[A-Z][A-Z_]+$/.test(cells[1] ?? ""))
    .map((cells) => [cells[1] ?? "", { status: cells[2], reportable: cells[3], fields: cells[4], when: cells[5] }]),
);

describe("docs/errors.md", () => {
  it("has a line for every code and no line for any other", () => {
    expect([...documented.keys()].toSorted()).toEqual(Object.keys(errors).toSorted());
  });

  it.each(Object.entries<ErrorEntry>(errors))("says of %s what the registry says", (code, entry) => {
    expect(documented.get(code)).toEqual({
      status: entry.status === null ? "start" : String(entry.status),
      reportable: entry.isReportable ? "yes" : "no",
      fields: entry.fields.join(", "),
      when: expect.stringMatching(/\S/),
    });
  });
});
