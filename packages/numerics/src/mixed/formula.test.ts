import { describe, expect, it } from "vitest";
import { NumericsFault } from "../fault.ts";
import { columnsOfFormula, parseFormula, textOf } from "./formula.ts";

function fixed(text: string): string {
  const { hasIntercept, terms } = parseFormula(`y ~ ${text}`).fixed;
  return [hasIntercept ? "1" : "0", ...terms.map((term) => term.join(":"))].join(" ");
}
function random(text: string): string[] {
  return parseFormula(`y ~ ${text}`).random.map(
    ({ slopes, group }) =>
      `${[slopes.hasIntercept ? "1" : "0", ...slopes.terms.map((t) => t.join(":"))].join("+")}|${group.join(":")}`,
  );
}

describe("fixed terms expand as in R's terms()", () => {
  it.each([
    ["a + b", "1 a b"],
    ["a * b", "1 a b a:b"],
    ["a:b + c", "1 c a:b"],
    ["a / b", "1 a a:b"],
    ["(a + b)^2", "1 a b a:b"],
    ["(a + b + c)^2 - a:c", "1 a b c a:b b:c"],
    ["0 + a", "0 a"],
    ["a - 1", "0 a"],
    ["a * b * c - a:b:c", "1 a b c a:b a:c b:c"],
    ["I(x^2) + log(x + 1) + poly(x, 2)", "1 I(x^2) log(x + 1) poly(x, 2)"],
    ["a + a + b:a + a:b", "1 a a:b"],
    ["m * c + s * c", "1 m c s m:c c:s"],
    ["语文 + `two words`", "1 语文 two words"],
    ["1", "1"],
  ])("%s", (text, expected) => expect(fixed(text)).toBe(expected));
});

describe("random terms", () => {
  it.each([
    ["x + (x | g)", ["1+x|g"]],
    ["(1 | school/class)", ["1|class:school", "1|school"]],
    ["(x || g)", ["1|g", "0+x|g"]],
    ["(1 | s) + (0 + x | d)", ["1|s", "0+x|d"]],
    ["(1 | a:b)", ["1|a:b"]],
    ["(x | a/b/c)", ["1+x|c:b:a", "1+x|b:a", "1+x|a"]],
  ])("%s", (text, expected) => expect(random(text)).toEqual(expected));
});

function faultOf(text: string): NumericsFault<"FORMULA_INVALID"> {
  try {
    parseFormula(text);
  } catch (error) {
    if (isFormulaFault(error)) return error;
    throw error;
  }
  throw new Error("no fault");
}
function isFormulaFault(error: unknown): error is NumericsFault<"FORMULA_INVALID"> {
  return error instanceof NumericsFault && error.code === "FORMULA_INVALID";
}

describe("errors point at the place", () => {
  it.each([
    ["y ~ x + ", 8, /found the end/],
    ["y x", 2, /expected "~"/],
    ["y ~ x + (1 | g", 14, /not closed/],
    ["y ~ x | g", 6, /brackets/],
    ["y ~ x $ 2", 6, /no meaning/],
    ["y ~ 2 + x", 4, /only 0 and 1/],
    ["y ~ x^z", 5, /whole number/],
    ["y ~ (0 | g)", 5, /no effect/],
    ["y ~ x - (1 | g)", 11, /subtracted/],
    ["y ~ (1 | g + 2)", 13, /a group must be/],
    ["", 0, /found the end/],
  ])("%s", (text, position, problem) => {
    const fault = faultOf(text);
    expect(fault.fields.position).toBe(position);
    expect(fault.fields.problem).toMatch(problem);
    expect(fault.fields.rule).toMatch(/^formula-/);
  });
});

it("prints an expression as R does", () => {
  const { response } = parseFormula("log(a*b/2 - 1) ~ x");
  expect(textOf(response)).toBe("log(a * b/2 - 1)");
});

it("tells the columns it needs, where they stand first, and what for", () => {
  const uses = columnsOfFormula(
    parseFormula("log(y) ~ poly(x, 2, raw = TRUE) * sex + (x + age | school/class) + (1 | age)"),
  );
  expect(Object.fromEntries(uses)).toEqual({
    y: { position: 4, isGroup: false, isTerm: true },
    x: { position: 14, isGroup: false, isTerm: true },
    sex: { position: 34, isGroup: false, isTerm: true },
    age: { position: 45, isGroup: true, isTerm: true },
    school: { position: 51, isGroup: true, isTerm: false },
    class: { position: 58, isGroup: true, isTerm: false },
  });
});
