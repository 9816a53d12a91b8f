import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { Refusal } from "./refusal.ts";
import { validator } from "./validation.ts";

const schema = Type.Object(
  { year: Type.Integer({ minimum: 1990 }), filled: Type.Optional(Type.Boolean()), name: Type.Optional(Type.String()) },
  { additionalProperties: false },
);

function problems(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.fields;
  }
  return null;
}

describe("a validator", () => {
  it("reads numbers and booleans of an address", () => {
    expect(validator(schema, "query")({ year: "2025", filled: "true" })).toEqual({ year: 2025, filled: true });
  });

  it("does not read numbers out of the texts of a body", () => {
    expect(problems(() => validator(schema, "body")({ year: "2025" }))).toEqual({
      problems: [{ at: "body/year", problem: "类型应为整数" }],
    });
  });

  it("names every unknown and missing member", () => {
    expect(problems(() => validator(schema, "query")({ yeer: "1" }))).toEqual({
      problems: expect.arrayContaining([
        { at: "query", problem: "缺少字段：year" },
        { at: "query", problem: "有不认识的字段：yeer" },
      ]),
    });
  });

  it.each(["1e3", "0x10", " 7", "７", "2025.5", ""])("refuses %j as a year", (year) => {
    expect(problems(() => validator(schema, "params")({ year }))).not.toBeNull();
  });

  it("refuses U+0000 wherever it stands", () => {
    expect(problems(() => validator(schema, "body")({ year: 2025, name: "a\0b" }))).toEqual({
      problems: [{ at: "body/name", problem: "含有不允许的空字符" }],
    });
  });

  it("takes no body where the route has none", () => {
    expect(validator(undefined, "body")(undefined)).toBeUndefined();
    expect(problems(() => validator(undefined, "body")({ a: 1 }))).not.toBeNull();
  });
});
