import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { csvText } from "./csv.ts";
import { dropDraft, readDraft, writeDraft } from "./draft.ts";
import { bytes, day, missing, moment, number, percent, plain, signed } from "./format.ts";
import { dark, light } from "./palette.ts";
import type { Palette } from "./palette.ts";
import { pastedCells, typedNumber } from "./paste.ts";
import { parsePreferences } from "./preferences.ts";
import { chosenYear } from "./session.ts";
import { schoolYear } from "@xingfu/domain/base";

describe("figures", () => {
  it("are shown with thousands separators and a true minus sign", () => {
    expect(number(1234567.891, 2)).toBe("1,234,567.89");
    expect(number(-3.5, 1)).toBe("−3.5");
  });

  it("have as many decimals as they need and no more", () => {
    expect([plain(2000), plain(4.5), plain(1 / 3, 4)]).toEqual(["2,000", "4.5", "0.3333"]);
  });

  it("carry the sign of a change, and none when nothing is left of it", () => {
    expect([signed(0.3), signed(-1.2), signed(0.001)]).toEqual(["+0.30", "−1.20", "0.00"]);
  });

  it("turn a share into per cent", () => {
    expect(percent(0.853)).toBe("85.3%");
  });

  it("round a missing amount up, so that what is added is enough", () => {
    expect(missing(6.2, "R1")).toBe(7);
    expect(missing(4261.71, "R5")).toBe(4261.8);
    expect(missing(24000.000000001, "R6")).toBe(24000);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (amount) => missing(amount, "R4") >= amount - 1e-6),
    );
  });

  it("name sizes of files", () => {
    expect([bytes(900), bytes(2048), bytes(3 * 1024 * 1024)]).toEqual(["900 B", "2 kB", "3.0 MB"]);
  });
});

describe("times", () => {
  it("are those of the district, wherever the reader's clock stands", () => {
    expect(moment("2025-10-31T10:00:00.000Z")).toBe("2025-10-31 18:00");
    expect(day("2025-10-31T18:30:00.000Z")).toBe("2025-11-01");
    expect(day("2025-09-01")).toBe("2025-09-01");
  });
});

describe("a pasted block", () => {
  it("is split into rows and cells, quoted cells kept whole", () => {
    expect(pastedCells('1\t2\r\n"a\tb"\t"say ""x"""\n')).toEqual([
      ["1", "2"],
      ["a\tb", 'say "x"'],
    ]);
  });

  it("reads back what a spreadsheet would write", () => {
    const cell = fc.string({ minLength: 1 }).filter((text) => !/["\t\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
        expect(pastedCells(rows.map((row) => row.join("\t")).join("\r\n"))).toEqual(rows);
      }),
    );
  });
});

describe("a typed number", () => {
  it.each([
    ["1,234", 1234],
    ["１２．５", 12.5],
    ["12人", 12],
    ["3.5万元", 35_000],
    ["1.2万", 12_000],
    ["85%", 0.85],
    ["12.3 m²", 12.3],
    ["−4", -4],
  ])("%s is %d", (text, value) => {
    expect(typedNumber(text)).toBe(value);
  });

  it("is absent when the cell is empty and refused when it is no number", () => {
    expect([typedNumber(""), typedNumber(" - "), typedNumber("/")]).toEqual([null, null, null]);
    expect([typedNumber("abc"), typedNumber("1.2.3"), typedNumber("人")]).toEqual([undefined, undefined, undefined]);
  });
});

describe("a csv export", () => {
  it("opens in WPS with its characters and runs nothing", () => {
    expect(csvText([["a,b", "=1+1", 3, null, true, 'x"y']])).toBe('\uFEFF"a,b",\'=1+1,3,,true,"x""y"\r\n');
  });
});

describe("a draft", () => {
  const isText = (value: unknown): value is string => typeof value === "string";
  const store = (): Storage => {
    const kept = new Map<string, string>();
    return {
      get length() {
        return kept.size;
      },
      clear: () => kept.clear(),
      getItem: (key) => kept.get(key) ?? null,
      key: () => null,
      removeItem: (key) => void kept.delete(key),
      setItem: (key, value) => void kept.set(key, value),
    };
  };

  it("comes back as it was written, until it is dropped", () => {
    const storage = store();
    writeDraft(storage, "a", "half a sentence");
    expect(readDraft(storage, "a", isText)).toBe("half a sentence");
    dropDraft(storage, "a");
    expect(readDraft(storage, "a", isText)).toBeNull();
  });

  it("counts as none when it is damaged or of another shape", () => {
    const storage = store();
    storage.setItem("xingfu.draft.a", "{");
    expect(readDraft(storage, "a", isText)).toBeNull();
    writeDraft(storage, "a", { other: 1 });
    expect(readDraft(storage, "a", isText)).toBeNull();
  });
});

describe("preferences", () => {
  it("fall back to the first choice on anything unknown", () => {
    expect(parsePreferences('{"language":"en","theme":"pink"}')).toEqual({ language: "en", theme: "system" });
    expect(parsePreferences("no json")).toEqual({ language: "zh-CN", theme: "system" });
  });
});

describe("the year on show", () => {
  const known = {
    years: [
      { year: schoolYear(2024), hasData: true },
      { year: schoolYear(2025), hasData: true },
      { year: schoolYear(2026), hasData: false },
    ],
    current: schoolYear(2026),
  };
  it("is the one asked for, else the newest with data, else the current one", () => {
    expect(chosenYear(2024, known)).toBe(2024);
    expect(chosenYear(undefined, known)).toBe(2025);
    expect(chosenYear("x", { years: [], current: schoolYear(2026) })).toBe(2026);
  });
});

/** Contrast of two colours after WCAG 2: (L₁ + 0.05) ÷ (L₂ + 0.05) with relative luminances. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, blue = 0] = parts.map((part) =>
      part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [bright = 0, dim = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (bright + 0.05) / (dim + 0.05);
}

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("the %s palette", (_, palette: Palette) => {
  it.each([
    ["ink", "paper"],
    ["inkSoft", "paper"],
    ["inkFaint", "paper"],
    ["inkFaint", "surface"],
    ["accent", "paper"],
    ["accent", "accentSoft"],
    ["onAccent", "accent"],
    ["met", "metSoft"],
    ["amber", "amberSoft"],
    ["amber", "surface"],
    ["red", "redSoft"],
    ["red", "surface"],
    ["inkSoft", "redSoft"],
    ["ink", "amberSoft"],
  ] as const)("shows %s on %s with a contrast of at least 4.5", (text, ground) => {
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it("draws the border of a field with a contrast of at least 3", () => {
    expect(contrast(palette.lineStrong, palette.raised)).toBeGreaterThanOrEqual(3);
  });
});
