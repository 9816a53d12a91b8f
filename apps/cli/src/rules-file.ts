/** Numbers of a provincial or district document from a YAML or JSON file, checked one by one. */

import { readFile } from "node:fs/promises";
import { balanceRules } from "@xingfu/domain/balance";
import type { RuleOverride } from "@xingfu/domain/balance";
import { Fault } from "@xingfu/domain/base";
import { entryAt } from "@xingfu/standards";
import { LineCounter, isMap, isSeq, parseDocument } from "yaml";
import { nearest } from "./command.ts";
import { CommandRefusal } from "./terminal.ts";

/** The overrides of a file, in its order. */
export interface RulesFile {
  readonly overrides: readonly RuleOverride[];
  /** overrides that come into force after `date` and so have no effect */
  readonly later: readonly RuleOverride[];
}

const members = ["reference", "field", "phase", "value", "source", "effectiveFrom"] as const;

/**
 * Reads the overrides for an assessment on `date`. The file holds a list, or a record with a list `overrides`.
 *
 * @throws CommandRefusal that names every fault with its line
 */
export async function readRulesFile(path: string, date: string): Promise<RulesFile> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CommandRefusal({ zh: `不能打开规则文件 ${path}`, en: `Cannot open the rules file ${path}` }, { cause });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults: string[] = document.errors.map(
    (error) => `${path}:${lines.linePos(error.pos[0]).line} 不是有效的 YAML 或 JSON：${error.message}`,
  );
  if (faults.length > 0) throw refusal(faults);

  const root = document.contents;
  const list = isMap(root) ? root.get("overrides", true) : root;
  if (!isSeq(list)) throw refusal([`${path}:1 应为一个列表，每项含 ${members.join("、")}`]);

  const overrides: RuleOverride[] = [];
  for (const node of list.items) {
    const range = typeof node === "object" && node !== null && "range" in node ? node.range : null;
    const offset: unknown = Array.isArray(range) ? range[0] : 0;
    const line = lines.linePos(typeof offset === "number" ? offset : 0).line;
    const value: unknown = isMap(node) ? node.toJSON() : null;
    const override = readOverride(value);
    const problem = typeof override === "string" ? override : whyRefused(override, date);
    if (problem === null && typeof override !== "string") overrides.push(override);
    else faults.push(`${path}:${line} ${problem ?? ""}`);
  }
  if (faults.length > 0) throw refusal(faults);
  return { overrides, later: overrides.filter((override) => override.effectiveFrom > date) };
}

function refusal(faults: readonly string[]): CommandRefusal {
  const text = faults.join("\n");
  return new CommandRefusal({ zh: `规则文件有误：\n${text}`, en: `The rules file has faults:\n${text}` });
}

/** The record as an override, or what is wrong with its form. */
function readOverride(value: unknown): RuleOverride | string {
  if (typeof value !== "object" || value === null) return `应为一条记录，含 ${members.join("、")}`;
  const record: Readonly<Record<string, unknown>> = { ...value };
  const unknown = Object.keys(record).find((key) => !members.some((member) => member === key));
  if (unknown !== undefined) {
    const near = nearest(unknown, members);
    return `没有“${unknown}”这一项${near === undefined ? "" : `，是不是 ${near}`}`;
  }
  const { reference, field, phase, value: number, source, effectiveFrom } = record;
  if (typeof reference !== "string") return "缺少 reference（条款引用，如 moe-2017-quality-balance/government/G7）";
  if (typeof field !== "string") return `${reference}：缺少 field（数值名称）`;
  if (phase !== undefined && typeof phase !== "string") return `${reference}：phase 应为 primary、junior 等文字`;
  if (typeof number !== "number" && typeof number !== "boolean") return `${reference}：value 应为数字或 true / false`;
  if (typeof source !== "string" || source.trim() === "") return `${reference}：缺少 source（依据的文件和条款）`;
  if (typeof effectiveFrom !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(effectiveFrom))
    return `${reference}：effectiveFrom 应为日期，如 2025-01-01`;
  return { reference, field, ...(phase === undefined ? {} : { phase }), value: number, source, effectiveFrom };
}

/** Why the standards library cannot take an override; null = it can. */
function whyRefused(override: RuleOverride, date: string): string | null {
  const { reference, field } = override;
  const entry = entryAt(reference);
  if (entry === undefined) return `${reference}：标准库里没有这一条`;
  if (entry.fields[field] === undefined) {
    const known = Object.keys(entry.fields);
    return known.length === 0
      ? `${reference}：这一条没有可替换的数值`
      : `${reference}：没有数值“${field}”，可用：${known.join("、")}`;
  }
  try {
    balanceRules(date, [override]);
    return null;
  } catch (error) {
    if (error instanceof Fault && error.code === "RULES_INVALID")
      return `${reference}（${field}）：不能采用，${detail(error)}`;
    throw error;
  }
}

function detail(fault: Fault): string {
  return "problem" in fault.fields ? fault.fields.problem : fault.message;
}
