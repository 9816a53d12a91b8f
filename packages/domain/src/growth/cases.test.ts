/** Runs every case of cases/*.yaml: cases an inspector can read. */
import { entryAt } from "@xingfu/standards";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Fault } from "../base/index.ts";
import type { GrowthSource } from "./index.ts";
import { checkSource } from "./index.ts";

interface LawfulCase extends GrowthSource {
  title: string;
  date: string;
  use?: string;
  range?: [number, number];
  clause?: string;
}

const file: { source: string; cases: LawfulCase[] } = parse(
  readFileSync(join(import.meta.dirname, "cases/lawful.yaml"), "utf8"),
);

test("the cases say where they come from", () => {
  expect(file.source).not.toBe("");
});

test.each(file.cases)("lawful.yaml: $title", ({ date, use, range, clause, ...source }) => {
  expect(Number(use === undefined) + Number(clause === undefined)).toBe(1);
  let found: { use?: string; range?: [number, number] | undefined; clause?: string };
  try {
    const permission = checkSource(source, date);
    found = {
      use: permission.use,
      range: permission.range ? [permission.range.low, permission.range.high] : undefined,
    };
    expect(entryAt(permission.reference, date)).toBeDefined();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "SOURCE_REFUSED") throw error;
    const { clause: named, document } = (error as Fault<"SOURCE_REFUSED">).fields;
    expect(entryAt(named)?.reference.startsWith(`${document}/`)).toBe(true);
    found = { clause: named };
  }
  expect(found).toEqual({ use, range, clause });
});
