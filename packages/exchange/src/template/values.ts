/** One cell: what clerks write, and what it means. */

import type { AnyColumn, CellData, CellType, Choice } from "./column.ts";
import { plain, unitsOf } from "./column.ts";
import type { FileIssueCode } from "./issue.ts";

/** What a spreadsheet hands over for a cell. */
export type RawCell = string | number | boolean | Date | null;

export interface ReadCell {
  readonly value: CellData;
  /** why the value could not be taken over; `value` is null then */
  readonly fault?: { readonly code: FileIssueCode; readonly expected: string };
  /** read, but not literally as written */
  readonly remark?: { readonly code: FileIssueCode; readonly expected: string };
}

const ok = (value: CellData): ReadCell => ({ value });
const fault = (code: FileIssueCode, expected: string): ReadCell => ({ value: null, fault: { code, expected } });

/** Dashes and words that stand for "nothing here". */
const longestGapMark = 5;
const gapMarks = new Set([
  "-",
  "--",
  "—",
  "——",
  "―",
  "–",
  "/",
  "\\",
  "无数据",
  "未统计",
  "暂无",
  "不详",
  "n/a",
  "na",
  "…",
]);
const yes = new Set(["是", "√", "✓", "✔", "☑", "y", "yes", "true", "1", "对", "有", "已达标", "达标", "通过", "发生"]);
const no = new Set([
  "否",
  "×",
  "✗",
  "✘",
  "☐",
  "x",
  "n",
  "no",
  "false",
  "0",
  "错",
  "无",
  "未达标",
  "不达标",
  "未通过",
  "未发生",
  "没有",
]);
/** What Excel writes when a formula failed. */
const formulaErrors = /^#(REF!|DIV\/0!|VALUE!|NAME\?|N\/A|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)/;

export function isFormulaError(raw: RawCell): boolean {
  return typeof raw === "string" && formulaErrors.test(raw.trim());
}

/** Whether a cell counts as empty: nothing, or only white space. */
export function isBlank(raw: RawCell | undefined): raw is null | undefined | "" {
  return raw === null || raw === undefined || (typeof raw === "string" && !visible.test(raw));
}

const visible = /[^\s\u200B-\u200D\uFEFF]/u;
const untidy = /^\s|\s$|[\u200B-\u200D\uFEFF]/u;

/** Text without the spaces and invisible characters that copying leaves at its ends. */
export function trimmed(text: string): string {
  return untidy.test(text) ? text.replaceAll(/[\u200B-\u200D\uFEFF]/gu, "").trim() : text;
}

/** The cell as the user sees it, for messages; long texts are cut. */
export function shown(raw: RawCell): string | null {
  if (raw === null) return null;
  const text = raw instanceof Date ? isoDate(raw) : String(raw);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isoDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? "无效日期" : date.toISOString().slice(0, 10);
}

/**
 * Reads one cell of a column.
 *
 * @param factor  factor of the unit in the header, where it differs from the template's; null = the template's
 */
export function readCell(column: AnyColumn, raw: RawCell, factor: number | null): ReadCell {
  if (isBlank(raw)) return ok(column.whenEmpty ?? null);
  if (isFormulaError(raw)) return fault("FORMULA_ERROR", "公式的结果，而不是错误值");
  const { type } = column;
  if (type.kind !== "text" && isGapMark(raw)) {
    if (type.kind === "yesNo" && no.has(plain(String(raw)))) return ok(false);
    return { value: null, remark: { code: "READ_AS_GAP", expected: "未填报时留空，数值为零时填 0" } };
  }
  switch (type.kind) {
    case "text":
      return readText(raw, type.maxLength);
    case "code":
      return readCode(raw, type.pattern, type.form);
    case "whole":
    case "decimal":
    case "money":
    case "share":
      return readNumber(type, raw, factor);
    case "yesNo":
      return readYesNo(raw);
    case "choice":
      return readChoice(raw, type.choices(), type.open);
    case "date":
      return readDate(raw);
    case "numbers":
      return readNumbers(type, raw);
  }
}

function isGapMark(raw: RawCell): boolean {
  return typeof raw === "string" && raw.length <= longestGapMark && gapMarks.has(plain(raw));
}

function readText(raw: Exclude<RawCell, null>, maxLength: number): ReadCell {
  if (raw instanceof Date) {
    return fault("DATE_IN_TEXT", "文字（电子表格已把它改成了日期；请把单元格格式设为“文本”后重新输入）");
  }
  const text = typeof raw === "boolean" ? (raw ? "是" : "否") : trimmed(String(raw));
  if (text.length > maxLength) return fault("TOO_LONG", `不超过 ${maxLength} 个字`);
  return ok(text);
}

function readCode(raw: Exclude<RawCell, null>, pattern: RegExp, form: string): ReadCell {
  if (raw instanceof Date || typeof raw === "boolean") return fault("BAD_CODE", form);
  if (typeof raw === "number" && !Number.isSafeInteger(raw)) return fault("BAD_CODE", form);
  const text = String(raw)
    .normalize("NFKC")
    .replaceAll(/[\s\u200B-\u200D\uFEFF]+/gu, "")
    .replace(/^'/u, "");
  return pattern.test(text) ? ok(text) : fault("BAD_CODE", form);
}

type NumberType = Extract<CellType, { kind: "whole" | "decimal" | "money" | "share" }>;

/** What a number in a text cell is: its value, and the unit behind it. */
export function parseNumber(text: string): { readonly value: number; readonly unit: string } | null {
  const bare = plain(text)
    .replace(/^[-−–—]/u, "-")
    .replaceAll("⁰", "0");
  const match = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d*)(\.\d+)?(e[+-]?\d{1,3})?(.*)$/u.exec(bare);
  if (match === null) return null;
  const [, sign, whole, fraction, exponent, unit] = match;
  if (!whole && !fraction) return null;
  const value = Number(`${sign ?? ""}${(whole ?? "").replaceAll(",", "") || "0"}${fraction ?? ""}${exponent ?? ""}`);
  if (!Number.isFinite(value)) return null;
  return { value, unit: (unit ?? "").replace(/^\((.*)\)$/u, "$1") };
}

function readNumber(type: NumberType, raw: Exclude<RawCell, null>, factor: number | null): ReadCell {
  const units = unitsOf(type);
  const expected = numberForm(type);
  if (raw instanceof Date) return fault("NOT_A_NUMBER", `${expected}（单元格格式是日期；请改为“常规”后重新输入）`);
  if (typeof raw === "boolean") return fault("NOT_A_NUMBER", expected);
  let amount: number;
  let usedFactor = factor ?? Object.values(units)[0] ?? 1;
  if (type.kind === "share") usedFactor = factor ?? 1;
  let remark: ReadCell["remark"];
  if (typeof raw === "number") {
    amount = raw;
  } else {
    const parsed = parseNumber(raw);
    if (parsed === null) return fault("NOT_A_NUMBER", expected);
    amount = parsed.value;
    if (parsed.unit !== "") {
      const own = Object.entries(units).find(([unit]) => plain(unit) === parsed.unit);
      if (own === undefined) return fault("NOT_A_NUMBER", expected);
      usedFactor = own[1];
      remark = { code: "UNIT_IN_CELL", expected: `${plainNumber(amount)}（只填数字，单位已在表头）` };
    }
  }
  let value: number;
  if (type.kind === "money") {
    // the fen is the smallest amount there is; products such as 1.13 × 10000 carry binary dust
    value = Math.round(amount * usedFactor * 100) / 100;
  } else if (usedFactor === 0.01) {
    value = amount / 100; // 14.35 / 100 is exact to the last digit where 14.35 × 0.01 is not
  } else {
    value = usedFactor === 1 ? amount : amount * usedFactor;
  }
  if (type.kind === "whole") {
    const rounded = Math.round(value);
    if (Math.abs(value - rounded) > 1e-6) return fault("NOT_WHOLE", expected); // formulas leave dust such as 44.9999999999
    value = rounded;
  }
  const min = type.kind === "share" || type.kind === "money" ? 0 : type.min;
  const max = type.kind === "share" ? 1 : type.max;
  if (value < 0 && min >= 0) return fault("NEGATIVE", expected);
  if (value < min || value > max) return fault("OUT_OF_RANGE", expected);
  return remark === undefined ? ok(value) : { value, remark };
}

/** The accepted numbers in words, e.g. "0–10000 的整数(人)". */
export function numberForm(type: NumberType): string {
  const unit = Object.keys(unitsOf(type))[0];
  const tail = unit === undefined || type.kind === "share" ? "" : `（单位：${unit === "m2" ? "㎡" : unit}）`;
  if (type.kind === "share") return "0–1 的小数，或 0%–100%";
  if (type.kind === "money") return `0–${plainNumber(type.max / (Object.values(type.units)[0] ?? 1))} 的金额${tail}`;
  const kind = type.kind === "whole" ? "整数" : "数";
  return `${plainNumber(type.min)}–${plainNumber(type.max)} 的${kind}${tail}`;
}

function plainNumber(value: number): string {
  return String(value);
}

function readYesNo(raw: Exclude<RawCell, null>): ReadCell {
  if (typeof raw === "boolean") return ok(raw);
  if (raw instanceof Date) return fault("NOT_YES_NO", "是 或 否");
  const text = plain(String(raw));
  if (yes.has(text)) return ok(true);
  if (no.has(text)) return ok(false);
  return fault("NOT_YES_NO", "是 或 否");
}

function readChoice(raw: Exclude<RawCell, null>, choices: readonly Choice[], open: string | undefined): ReadCell {
  if (raw instanceof Date || typeof raw === "boolean") return fault("NOT_IN_LIST", choiceForm(choices));
  const text = plain(String(raw));
  const found = choiceIndex(choices).get(text) ?? choiceIndex(choices).get(/^[a-z]?\d+/u.exec(text)?.[0] ?? "");
  if (found !== undefined) return ok(found.value);
  return open === undefined ? fault("NOT_IN_LIST", choiceForm(choices)) : ok(open);
}

const choiceIndexes = new WeakMap<readonly Choice[], ReadonlyMap<string, Choice>>();

/** Choices by every spelling that names exactly one of them. */
function choiceIndex(choices: readonly Choice[]): ReadonlyMap<string, Choice> {
  const known = choiceIndexes.get(choices);
  if (known !== undefined) return known;
  const index = new Map<string, Choice>();
  const twice = new Set<string>();
  for (const choice of choices) {
    const spellings = [choice.label, ...(choice.aliases ?? []), choice.value === null ? "" : String(choice.value)];
    for (const text of new Set(spellings.map(plain))) {
      if (text === "") continue;
      if (index.has(text)) twice.add(text);
      else index.set(text, choice);
    }
  }
  for (const text of twice) index.delete(text);
  choiceIndexes.set(choices, index);
  return index;
}

function choiceForm(choices: readonly Choice[]): string {
  const labels = choices.slice(0, 8).map((choice) => choice.label);
  return `下拉列表中的一项：${labels.join("、")}${choices.length > labels.length ? " 等" : ""}`;
}

function readDate(raw: Exclude<RawCell, null>): ReadCell {
  const expected = "日期，如 2025-09-01";
  if (typeof raw === "boolean") return fault("NOT_A_DATE", expected);
  if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? fault("NOT_A_DATE", expected) : ok(isoDate(raw));
  const text = plain(String(raw));
  const parts =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[t ]?\d{2}:\d{2}.*)?$/u.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})$/u.exec(text);
  if (parts !== null) {
    const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
    const date = new Date(Date.UTC(year, month - 1, day));
    const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900 && year <= 2100;
    return isReal ? ok(isoDate(date)) : fault("NOT_A_DATE", expected);
  }
  const serial = Number(text);
  // a date cell formatted as a number shows its serial: days since 1899-12-30; 20000 is 1954, 80000 is 2119
  if (Number.isFinite(serial) && serial >= 20_000 && serial < 80_000) {
    return ok(isoDate(new Date(Date.UTC(1899, 11, 30) + Math.floor(serial) * 86_400_000)));
  }
  return fault("NOT_A_DATE", expected);
}

function readNumbers(type: Extract<CellType, { kind: "numbers" }>, raw: Exclude<RawCell, null>): ReadCell {
  const expected = `每间的数值，用顿号隔开，如 96、100、98（各 ${plainNumber(type.min)}–${plainNumber(type.max)}）；没有则填“无”`;
  if (raw instanceof Date || typeof raw === "boolean") return fault("NOT_A_NUMBER", expected);
  if (typeof raw === "string" && ["无", "没有", "0", "0间"].includes(plain(raw))) return ok([]);
  if (raw === 0) return ok([]);
  const parts =
    typeof raw === "number"
      ? [raw]
      : trimmed(raw)
          .normalize("NFKC")
          .split(/[、,;/|\s]+/u);
  const amounts: number[] = [];
  for (const part of parts) {
    if (part === "") continue;
    const parsed = typeof part === "number" ? { value: part, unit: "" } : parseNumber(part);
    if (parsed === null || (parsed.unit !== "" && !(parsed.unit in type.units))) return fault("NOT_A_NUMBER", expected);
    if (parsed.value < type.min || parsed.value > type.max) return fault("OUT_OF_RANGE", expected);
    amounts.push(parsed.value);
  }
  return amounts.length === 0 ? fault("NOT_A_NUMBER", expected) : ok(amounts);
}

/** The cell that `readCell` reads back as the same value. */
export function writeCell(type: CellType, value: CellData | undefined): RawCell {
  if (value === null || value === undefined) {
    if (type.kind === "choice") return type.choices().find((choice) => choice.value === null)?.label ?? null;
    return null;
  }
  switch (type.kind) {
    case "yesNo":
      return value === true ? "是" : "否";
    case "choice":
      return type.choices().find((choice) => choice.value === value)?.label ?? String(value);
    case "money":
      return typeof value === "number" ? value / (Object.values(type.units)[0] ?? 1) : null;
    case "date":
      return typeof value === "string" ? new Date(`${value}T00:00:00Z`) : null;
    case "numbers":
      return Array.isArray(value) ? (value.length === 0 ? "无" : value.map(plainNumber).join("、")) : null;
    default:
      return typeof value === "object" ? null : value;
  }
}
