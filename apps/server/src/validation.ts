/** Requests held to the contract's shapes: unknown members are refused, numbers in addresses are read as numbers. */

import type { InputProblem } from "@xingfu/contract";
import type { TObject } from "typebox";
import { Compile } from "typebox/compile";
import { Refusal } from "./refusal.ts";

type Where = "params" | "query" | "body";

/** Most problems reported of one request: enough to mend it, too few to flood a log. */
const mostProblems = 20;

/** Checks `value` against `schema`; throws INPUT_INVALID with every problem. */
export type Validate = (value: unknown) => unknown;

/** A check that is compiled when it is first needed: most routes are not called in the first second. */
export function validator(schema: TObject | undefined, where: Where): Validate {
  if (schema === undefined) return where === "body" ? refuseBody : () => undefined;
  let compiled: ReturnType<typeof Compile> | null = null;
  return (raw) => {
    compiled ??= Compile(schema);
    const value = where === "body" ? raw : readAddress(schema, raw);
    if (!compiled.Check(value)) {
      const problems = compiled
        .Errors(value)
        .filter((error) => error.keyword !== "boolean") // repeats an unknown member from the inside
        .slice(0, mostProblems)
        .map((error): InputProblem => ({ at: `${where}${error.instancePath}`, problem: sentence(error) }));
      throw new Refusal("INPUT_INVALID", { problems });
    }
    const at = findNul(value);
    if (at !== null) throw invalid(`${where}${at}`, "含有不允许的空字符");
    return value;
  };
}

/** INPUT_INVALID with one problem. */
export function invalid(at: string, problem: string): Refusal<"INPUT_INVALID"> {
  return new Refusal("INPUT_INVALID", { problems: [{ at, problem }] satisfies InputProblem[] });
}

function refuseBody(value: unknown): undefined {
  const isEmpty =
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
  if (!isEmpty) throw invalid("body", "此请求不带内容");
  return undefined;
}

/** Texts of an address as the numbers and booleans the schema asks for. */
function readAddress(schema: TObject, raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null) return {};
  return Object.fromEntries(
    Object.entries(raw).map(([name, text]: [string, unknown]) => {
      const member: { readonly type?: unknown } | undefined = schema.properties[name];
      if (typeof text !== "string") return [name, text];
      if ((member?.type === "integer" || member?.type === "number") && /^-?\d{1,17}(\.\d+)?$/.test(text)) {
        return [name, Number(text)];
      }
      if (member?.type === "boolean" && (text === "true" || text === "false")) return [name, text === "true"];
      return [name, text];
    }),
  );
}

/** Place of the first text that holds U+0000, which the database cannot store; null = none. */
function findNul(value: unknown): string | null {
  if (typeof value === "string") return value.includes("\0") ? "" : null;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const at = findNul(member);
    if (at !== null) return `/${key}${at}`;
  }
  return null;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "文本",
  number: "数字",
  integer: "整数",
  boolean: "是或否",
  object: "对象",
  array: "列表",
  null: "空值",
};

function sentence(error: { readonly keyword: string; readonly params: object; readonly message: string }): string {
  const params: Readonly<Record<string, unknown>> = { ...error.params };
  const list = (value: unknown): string => (Array.isArray(value) ? value.join("、") : String(value));
  switch (error.keyword) {
    case "type":
      return `类型应为${[params["type"]]
        .flat()
        .map((name) => typeNames[String(name)] ?? String(name))
        .join("或")}`;
    case "enum":
      return `应为以下之一：${list(params["allowedValues"])}`;
    case "additionalProperties":
      return `有不认识的字段：${list(params["additionalProperties"])}`;
    case "required":
      return `缺少字段：${list(params["requiredProperties"])}`;
    case "minLength":
      return `至少${String(params["limit"])}个字符`;
    case "maxLength":
      return `至多${String(params["limit"])}个字符`;
    case "minimum":
    case "maximum":
      return `应${error.keyword === "minimum" ? "不小于" : "不大于"}${String(params["limit"])}`;
    case "minItems":
      return `至少${String(params["limit"])}项`;
    case "maxItems":
      return `至多${String(params["limit"])}项`;
    case "pattern":
      return "格式不正确";
    default:
      return "内容不符合要求";
  }
}
