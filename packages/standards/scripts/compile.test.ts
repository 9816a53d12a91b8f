import { describe, expect, test } from "vitest";
import { compileFolder } from "./compile-folder.ts";

const documentText = `
id: moe-2000-example
title: 示例办法
number: 示例〔2000〕1号
issuer: 示例
issuedOn: "2000-01-01"
effectiveFrom: "2000-01-01"
tag: M-likely
checkedOn: "2026-01-01"
summary: 示例
tables: [things]
sources: { S1: 示例来源 https://example.org/1 }
`;
const tableText = `
title: 示例表
effectiveFrom: "2000-01-01"
checkedOn: "2026-01-01"
entries:
  - id: T1
    label: 示例面积
    short: 面积
    unit: m2/pupil
    tag: "F:S1"
    fields:
      threshold: { label: 达标线, unit: m2/pupil, primary: 1, junior: 2 }
`;

/** Problems of the example with one text replaced in its table, its document, or files added. */
function problemsWith(change: {
  table?: [string, string];
  document?: [string, string];
  files?: Record<string, string>;
}): readonly string[] {
  const files = new Map([
    ["moe-2000-example/document.yaml", documentText],
    ["moe-2000-example/things.yaml", tableText],
    ...Object.entries(change.files ?? {}),
  ]);
  for (const [file, pair] of [
    ["things", change.table],
    ["document", change.document],
  ] as const) {
    const path = `moe-2000-example/${file}.yaml`;
    const text = files.get(path) ?? "";
    if (!pair) continue;
    expect(text).toContain(pair[0]);
    files.set(path, text.replace(pair[0], pair[1]));
  }
  return compileFolder(files).problems;
}

const secondRow = (dates: string) => `      threshold: { label: 达标线, unit: m2/pupil, primary: 1, junior: 2 }
  - id: T1
    label: 示例面积
    short: 面积
    unit: m2/pupil
    tag: "F:S1"
    ${dates}
`;
const lastLine = "      threshold: { label: 达标线, unit: m2/pupil, primary: 1, junior: 2 }\n";

describe("the compiler", () => {
  test("takes a complete table", () => {
    expect(problemsWith({})).toEqual([]);
  });

  test.each<[string, Parameters<typeof problemsWith>[0], string]>([
    ["a value without source", { table: ['    tag: "F:S1"\n', ""] }, "T1: has no source"],
    ["a source the document does not list", { table: ["F:S1", "F:S9"] }, "source S9 is not listed"],
    ["a tag that is none", { table: ["F:S1", "somewhere"] }, "has no source"],
    ["an unknown unit", { table: ["unit: m2/pupil\n", "unit: acres\n"] }, 'unknown unit "acres"'],
    [
      "a threshold in another unit than its entry",
      { table: ["unit: m2/pupil, primary", "unit: yuan/pupil, primary"] },
      "is in yuan/pupil, its entry in m2/pupil",
    ],
    ["a value that is no number", { table: ["primary: 1", "primary: one"] }, 'not "one"'],
    ["a field without value", { table: [", primary: 1, junior: 2", ""] }, "needs either one value or one per phase"],
    ["a row that is not dated", { table: ['effectiveFrom: "2000-01-01"\n', ""] }, "effectiveFrom: is not a date"],
    ["a day that does not exist", { table: ["2000-01-01", "2000-02-30"] }, "is not a date"],
    ["a half-dated row", { table: [lastLine, `${lastLine}    effectiveTo: "2010-01-01"\n`] }, "is half-dated"],
    [
      "a row that ends before it begins",
      { table: [lastLine, `${lastLine}    effectiveFrom: "2011-01-01"\n    effectiveTo: "2010-01-01"\n`] },
      "ends before it begins",
    ],
    [
      "two rows for the same time",
      { table: [lastLine, secondRow('effectiveFrom: "2010-01-01"')] },
      "T1 holds twice from 2010-01-01",
    ],
    ["a row without label", { table: ["    label: 示例面积\n", ""] }, "has no label"],
    [
      "general knowledge called verified",
      { table: ['tag: "F:S1"', "tag: M-certain\n    verified: true"] },
      "cannot be verified",
    ],
    ["a table without file", { document: ["[things]", "[things, more]"] }, "table more has no file"],
    ["a file no document lists", { files: { "moe-2000-example/stray.yaml": "title: x" } }, "is not listed in"],
    ["a folder without document", { files: { "lost/table.yaml": "title: x" } }, "belongs to no document.yaml"],
    [
      "a document in a folder of another name",
      { document: ["id: moe-2000-example", "id: other"] },
      "is not the name of its folder",
    ],
    ["broken YAML", { files: { "codes/broken.yaml": "a: [" } }, "codes/broken.yaml"],
    [
      "a code list in which one name means two codes",
      {
        files: {
          "codes/twice.yaml":
            'title: x\ntag: D\nsource: x\ncheckedOn: "2026-01-01"\ncodes: [{ code: "1", label: a }, { code: "2", label: b, aliases: [a] }]',
        },
      },
      "a means both 1 and 2",
    ],
    [
      "an override of a number that does not exist",
      {
        document: [
          "tables: [things]",
          'tables: [things]\noverrides: [{ reference: moe-2000-example/things/T2, field: threshold, value: 1, source: x, effectiveFrom: "2001-01-01" }]',
        ],
      },
      "there is no such number",
    ],
  ])("refuses %s", (_what, change, problem) => {
    expect(problemsWith(change).join("\n")).toContain(problem);
  });

  const schemeText = (version: string, dates: string) => `
id: example
version: "${version}"
title: 示例
districtRule: true
guide: moe-2000-example/things
points: 10
parties: { commission: 区教委 }
raters: { commission: 1 }
methods: [documentReview]
areas: [{ id: a, takes: T1, points: 10, rule: yesNo }]
${dates}
tag: "F:S1"
checkedOn: "2026-01-01"
`;
  const withSchemes = (first: string, second: string) =>
    compileFolder(
      new Map([
        ["moe-2000-example/document.yaml", `${documentText}schemes: [one, two]\n`],
        ["moe-2000-example/things.yaml", tableText],
        ["moe-2000-example/one.yaml", first],
        ["moe-2000-example/two.yaml", second],
      ]),
    );

  test("takes two versions of a scheme that follow each other, with wording of a table", () => {
    const { problems, schemes } = withSchemes(
      schemeText("1", 'effectiveFrom: "2000-01-01"\neffectiveTo: "2009-12-31"'),
      schemeText("2", 'effectiveFrom: "2010-01-01"'),
    );
    expect(problems).toEqual([]);
    expect([...schemes.keys()].toSorted()).toEqual([
      "all-schemes.ts",
      "scheme-headings.ts",
      "schemes/example-1.ts",
      "schemes/example-2.ts",
    ]);
    expect(schemes.get("schemes/example-2.ts")).toContain('"label": "示例面积"');
    expect(schemes.get("scheme-headings.ts")).not.toContain("示例面积");
  });

  test("refuses two versions for the same time, and the same version twice", () => {
    const first = schemeText("1", 'effectiveFrom: "2000-01-01"');
    const { problems } = withSchemes(first, first.replace('"2000-01-01"', '"2010-01-01"'));
    expect(problems.join("\n")).toContain("two.yaml: effectiveFrom: version 1 of example overlaps version 1");
    expect(problems.join("\n")).toContain("two.yaml: version: 1 of example exists twice");
  });

  test("refuses a scheme without file, and says how to mend one with faults", () => {
    expect(problemsWith({ document: ["[things]", "[things]\nschemes: [lost]"] })).toEqual([
      "moe-2000-example/document.yaml: scheme lost has no file",
    ]);
    const { problems } = withSchemes(
      schemeText("1", 'effectiveFrom: "2000-01-01"').replace("points: 10\nparties", "points: 11\nparties"),
      schemeText("2", "").replace("example", "other"),
    );
    expect(problems).toEqual([
      "moe-2000-example/one.yaml: areas: points sum to 10, not 11; add 1 among 1 nodes, or change the points of the node above",
      'moe-2000-example/two.yaml: effectiveFrom: is missing; an ISO date, e.g. "2026-03-01"',
    ]);
  });

  test("takes two rows that follow each other", () => {
    const first = lastLine.replace("\n", '\n    effectiveFrom: "2000-01-01"\n    effectiveTo: "2009-12-31"\n');
    expect(
      problemsWith({ table: [lastLine, first + secondRow('effectiveFrom: "2010-01-01"').slice(lastLine.length)] }),
    ).toEqual([]);
  });
});
