/** `xingfu percentiles`: growth percentiles of the pupils of a CSV file; no server, no database. */

import { readFile } from "node:fs/promises";
import type { FactorColumn, GrowthNote, GrowthOptions, GrowthPercentiles, SplineKnots } from "@xingfu/numerics";
import { growthPercentiles, NumericsFault } from "@xingfu/numerics";
import type { Call, Command } from "./command.ts";
import { readDataFile } from "./data-file.ts";
import type { ColumnKind, DataFile } from "./data-file.ts";
import { refusalOf, unknownColumn } from "./model-wording.ts";
import type { Text } from "./terminal.ts";
import { CommandRefusal, exit, note, oneLine, print, widthOf } from "./terminal.ts";

export const command: Command = {
  positionals: [{ name: "DATA.csv" }],
  options: {
    prior: {
      kind: "value",
      value: "a[,b]",
      help: {
        zh: "先前成绩所在的列，最近一次在前（必需）",
        en: "columns of prior scores, the most recent first (required)",
      },
    },
    current: {
      kind: "value",
      value: "y",
      help: { zh: "本次成绩所在的列（必需）", en: "column of current scores (required)" },
    },
    id: { kind: "value", value: "id", help: { zh: "编号所在的列（必需）", en: "column of identifiers (required)" } },
    knots: {
      kind: "value",
      value: "FILE.json",
      help: {
        zh: '各先前成绩列的结点和边界：{"a": {"knots": [4 个数], "boundaries": [低, 高]}}；缺省由数据按惯例取',
        en: 'knots and boundaries: {"a": {"knots": [4 numbers], "boundaries": [low, high]}}; default: by convention',
      },
    },
    weights: {
      kind: "value",
      value: "w",
      help: {
        zh: "权重所在的列（≥ 0；空或 0 不参加计算）",
        en: "column of weights (≥ 0; rows with none or 0 are left out)",
      },
    },
    sem: {
      kind: "value",
      value: "a[,b]",
      help: {
        zh: "各先前成绩的测量标准误：数或列名，次序同 --prior；给出即按 SIMEX 校正测量误差",
        en: "standard errors of measurement, numbers or columns in the order of --prior: corrects by SIMEX",
      },
    },
    simulations: {
      kind: "value",
      value: "n",
      help: {
        zh: "SIMEX 每档误差模拟的次数（默认 50）",
        en: "simulations of SIMEX at each amount of error (default 50)",
      },
    },
    json: {
      kind: "switch",
      help: {
        zh: "输出一个 JSON 对象（docs/schemas/percentiles.schema.json）",
        en: "print one JSON object (docs/schemas/percentiles.schema.json)",
      },
    },
    csv: { kind: "switch", help: { zh: "输出 CSV：id,percentile", en: "print CSV: id,percentile" } },
  },
  about: {
    zh:
      "每名学生的成长百分位（1–99）：在起点（先前成绩）相同的学生中，本次成绩高于百分之多少的人。\n" +
      "三次 B 样条、100 条分位数回归的精确解，规则与结果同 R 的 SGP 和 quantreg。\n" +
      "文件可为 gzip 压缩，UTF-8 或 GBK；缺少先前或本次成绩的行不参加计算，行数写到标准错误。\n" +
      "成长百分位说明一个群体的成长，不得用来给学生排名。",
    en:
      "The growth percentile (1–99) of each pupil: what share of the pupils with the same prior scores scored lower.\n" +
      "Cubic B-splines and 100 exact quantile regressions, by the rules and to the results of SGP and quantreg in R.\n" +
      "The file may be gzip, UTF-8 or GBK; rows without a prior or current score are left out and counted on standard\n" +
      "error. Growth percentiles describe the growth of groups and are never used to rank children.",
  },
  examples: [
    "xingfu percentiles 成绩.csv --prior score2024 --current score2025 --id 学籍号 --csv > 百分位.csv",
    "xingfu percentiles 成绩.csv.gz --prior score2024,score2023 --current score2025 --id 学籍号 --json",
    "xingfu percentiles 成绩.csv --prior a --current y --id id --knots 结点.json",
    "xingfu percentiles 成绩.csv --prior a,b --current y --id id --sem 25,28 --csv",
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const [path = ""] = call.positionals;
  const current = required(call, "current");
  const id = required(call, "id");
  const priors = required(call, "prior")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (priors.length === 0) throw missing("prior");
  const twice = [current, ...priors].find((name, c, all) => all.indexOf(name) !== c);
  if (twice !== undefined) {
    throw new CommandRefusal({
      zh: `列“${twice}”写了两次：先前成绩和本次成绩应各是一列。`,
      en: `Column "${twice}" is named twice: each prior and the current score is a column of its own.`,
    });
  }
  if (call.has("json") && call.has("csv")) {
    throw new CommandRefusal({ zh: "--json 和 --csv 只能给一个。", en: "Give --json or --csv, not both." });
  }
  const knotsPath = call.value("knots");
  const knots = knotsPath === undefined ? [] : await readKnots(knotsPath, priors);

  const weightName = call.value("weights");
  const errors = standardErrors(call, priors);
  const scores = [current, ...priors];
  const file = await readDataFile(path, (header) => {
    const kinds = new Map<string, ColumnKind>();
    const asked = errors.filter((one) => typeof one === "string");
    for (const name of [...scores, ...(weightName === undefined ? [] : [weightName]), ...asked, id]) {
      if (!header.includes(name)) throw unknownColumn(name, header);
      kinds.set(name, name === id ? "factor" : "number");
    }
    return kinds;
  });
  const columns = scores.map((name) => numbersOf(file, name, id));
  const options: GrowthOptions = {
    knots,
    ...(weightName !== undefined && { weights: weightsOf(numbersOf(file, weightName, id), weightName) }),
    ...(errors.length > 0 && {
      measurementError: {
        standardErrors: errors.map((one, k) =>
          typeof one === "number" ? one : errorsOf(file, one, id, columns[k + 1]!),
        ),
        simulations: simulationsOf(call),
      },
    }),
  };
  const result = compute(columns, scores, options);

  const { leftOut, used } = result;
  if (leftOut > 0) {
    await note(
      inLanguage(call, {
        zh: `xingfu: ${leftOut} 行缺少先前或本次成绩${weightName === undefined ? "" : "（或权重）"}，没有计算；计算了 ${used} 行。`,
        en: `xingfu: ${leftOut} rows lack a prior or current score${weightName === undefined ? "" : " or a weight"} and are left out; ${used} rows are used.`,
      }),
    );
  }
  const missingKnots = priors.filter((_, k) => knotsPath !== undefined && knots[k] === undefined);
  if (missingKnots.length > 0) {
    await note(
      inLanguage(call, {
        zh: `xingfu: 结点文件里没有 ${missingKnots.join("、")}，由数据按惯例取。`,
        en: `xingfu: the knots file does not name ${missingKnots.join(", ")}; by convention from the data.`,
      }),
    );
  }
  const ids = idsOf(file, id);
  for (const text of [...repeatedIds(ids, result), ...result.notes.map((one) => noteText(one, priors))]) {
    await note(`xingfu: ${inLanguage(call, text)}`);
  }
  for (const part of output(call, result, ids, current, priors)) await print(part);
  return exit.done;
}

function inLanguage(call: Call, text: Text): string {
  return text[call.language];
}

function required(call: Call, option: string): string {
  const value = call.value(option);
  if (value === undefined) throw missing(option);
  return value;
}

function missing(option: string): CommandRefusal {
  const example = "--prior score2024 --current score2025 --id id";
  return new CommandRefusal({
    zh: `缺少 --${option}，例如 ${example}。用法见 xingfu percentiles --help`,
    en: `Give --${option}, e.g. ${example}. See xingfu percentiles --help`,
  });
}

/** A column of scores; one with a cell that is no number is refused. */
function numbersOf(file: DataFile, name: string, id: string): Float64Array {
  const column = file.table[name];
  if (column instanceof Float64Array) return column;
  const text = file.texts.get(name);
  if (text === undefined || name === id) {
    throw new CommandRefusal({
      zh: `列“${name}”既是编号又是成绩。`,
      en: `Column "${name}" is named both as identifier and as score.`,
    });
  }
  throw new CommandRefusal({
    zh: `列“${name}”应全是数字，第 ${text.row} 行数据却是“${text.text}”。没有成绩请留空。`,
    en: `Column "${name}" should hold numbers only; row ${text.row} holds "${text.text}". Leave a missing score empty.`,
  });
}

/** One per prior: a number, or the name of a column; empty when none are given. */
function standardErrors(call: Call, priors: readonly string[]): (number | string)[] {
  const given = call.value("sem");
  if (given === undefined) {
    if (call.value("simulations") === undefined) return [];
    throw new CommandRefusal({
      zh: "--simulations 只与 --sem（测量标准误）同用。",
      en: "--simulations goes with --sem, the standard errors of measurement.",
    });
  }
  const list = given.split(",").map((one) => one.trim());
  if (list.length !== priors.length) {
    throw new CommandRefusal({
      zh: `--sem 应为每个先前成绩各给一个测量标准误（共 ${priors.length} 个），写了 ${list.length} 个。`,
      en: `--sem needs one standard error for each of the ${priors.length} priors; it names ${list.length}.`,
    });
  }
  return list.map((one) => {
    const value = Number(one);
    if (one === "" || Number.isNaN(value)) return one;
    if (value >= 0 && value < Infinity) return value;
    throw new CommandRefusal({
      zh: `测量标准误应为不小于 0 的数，--sem 写了“${one}”。`,
      en: `A standard error of measurement is a number from 0; --sem says "${one}".`,
    });
  });
}

function simulationsOf(call: Call): number {
  const given = call.value("simulations") ?? "50";
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000) return value;
  throw new CommandRefusal({
    zh: `--simulations 应为 1 到 10000 的整数，写了“${given}”。`,
    en: `--simulations is a whole number from 1 to 10000; it says "${given}".`,
  });
}

/** Weights with 0 where none is given, so that the row is left out. */
function weightsOf(column: Float64Array, name: string): Float64Array {
  return column.map((weight, row) => {
    if (Number.isNaN(weight)) return 0;
    if (weight >= 0 && weight < Infinity) return weight;
    throw new CommandRefusal({
      zh: `权重列“${name}”第 ${row + 1} 行数据是 ${weight}；权重应为不小于 0 的数。`,
      en: `Row ${row + 1} of the weights "${name}" holds ${weight}; a weight is a number from 0.`,
    });
  });
}

/** Standard errors of each row; a row with the score and without its error is refused. */
function errorsOf(file: DataFile, name: string, id: string, prior: Float64Array): Float64Array {
  const column = numbersOf(file, name, id);
  column.forEach((error, row) => {
    if (Number.isNaN(prior[row]!) || (error >= 0 && error < Infinity)) return;
    throw new CommandRefusal({
      zh: `测量标准误列“${name}”第 ${row + 1} 行数据${Number.isNaN(error) ? "为空" : `是 ${error}`}；有成绩的行应有不小于 0 的标准误。`,
      en: `Row ${row + 1} of the standard errors "${name}" ${Number.isNaN(error) ? "is empty" : `holds ${error}`}; a row with the score needs one from 0.`,
    });
  });
  return column;
}

function compute(
  columns: readonly Float64Array[],
  names: readonly string[],
  options: GrowthOptions,
): GrowthPercentiles {
  try {
    return growthPercentiles({ current: columns[0]!, priors: columns.slice(1), names }, options);
  } catch (error) {
    if (!(error instanceof NumericsFault)) throw error;
    const { rule, named = {}, problem } = error.fields;
    if (rule === "too-few-rows") {
      const { rows = "", fixed = "" } = named;
      throw new CommandRefusal({
        zh: `先前和本次成绩都有的只有 ${rows} 行，不足以估计每条曲线的 ${fixed} 个系数。`,
        en: `Only ${rows} rows have all scores; each curve has ${fixed} coefficients.`,
      });
    }
    if (rule === "time-limit") {
      throw new CommandRefusal({ zh: "在 600 秒内没有算完。", en: "Not finished within 600 seconds." });
    }
    if (rule === undefined) {
      throw new CommandRefusal(
        { zh: `不能计算成长百分位：${problem}。`, en: `Cannot compute growth percentiles: ${problem}.` },
        { cause: error },
      );
    }
    throw refusalOf(error);
  }
}

/** [rows] identifiers as in the file; null = empty. */
function idsOf(file: DataFile, id: string): FactorColumn {
  const column = file.table[id];
  if (column !== undefined && "codes" in column) return column;
  throw new Error(`column ${id} was read as numbers`);
}

function repeatedIds({ codes, levels }: FactorColumn, { percentiles }: GrowthPercentiles): Text[] {
  const counts = new Int32Array(levels.length);
  let empty = 0;
  codes.forEach((code, row) => {
    if (percentiles[row] === 0) return;
    if (code < 0) empty++;
    else counts[code]!++;
  });
  const repeated = levels.filter((_, code) => counts[code]! > 1);
  const texts: Text[] = [];
  if (repeated.length > 0) {
    const shown = repeated.slice(0, 5).map((level) => oneLine(level));
    const more = repeated.length > 5 ? "…" : "";
    texts.push({
      zh: `${repeated.length} 个编号不止一行（${shown.join("、")}${more}），每一行各算一次。`,
      en: `${repeated.length} identifiers stand in more than one row (${shown.join(", ")}${more}); each row counts.`,
    });
  }
  if (empty > 0) texts.push({ zh: `${empty} 行没有编号。`, en: `${empty} rows have no identifier.` });
  return texts;
}

/** A note of the engine in both languages. */
function noteText(one: GrowthNote, priors: readonly string[]): Text {
  switch (one.code) {
    case "SMALL_COHORT":
      return {
        zh: `只有 ${one.used} 名学生：不足 1,000 名时，两端的百分位只由几名学生决定，很不稳定。`,
        en: `Only ${one.used} pupils: below 1,000 the outer percentiles rest on a handful of them.`,
      };
    case "COLUMNS_DROPPED":
      return {
        zh: `先前成绩的不同值太少或分布不匀，样条的 ${one.of} 列中略去了不能区分的 ${one.columns} 列。`,
        en: `Prior scores take few values or lie unevenly: ${one.columns} of ${one.of} columns cannot be told apart and are left out.`,
      };
    case "OUTSIDE_BOUNDARIES": {
      const name = priors[one.prior] ?? "";
      return {
        zh: `列“${name}”有 ${one.rows} 行在给定的边界之外，按两端的曲线外推。`,
        en: `${one.rows} rows of column "${name}" lie outside the boundaries; the end pieces of the curves continue there.`,
      };
    }
    case "SCORE_LIMIT": {
      const share = (100 * one.share).toFixed(1);
      return {
        zh: `${share}% 的学生本次成绩同为 ${one.score}（最高或最低分），他们的百分位说明不了成长。`,
        en: `${share} % of the pupils share the extreme score ${one.score}; their percentiles say little.`,
      };
    }
    case "FINE_SCALE":
      return {
        zh: `本次成绩的范围很小，与曲线在小数点后 ${one.decimals} 位相同即算落在曲线上（惯例为 5 位）。`,
        en: `Current scores span little: a score lies on a curve when ${one.decimals} decimals agree (by convention 5).`,
      };
  }
}

/** The output, some thousand rows at a time. */
function* output(
  call: Call,
  result: GrowthPercentiles,
  ids: FactorColumn,
  current: string,
  priors: readonly string[],
): Generator<string> {
  const { percentiles, used, leftOut, fit, notes } = result;
  const idOf = (row: number): string | null => ids.levels[ids.codes[row]!] ?? null;
  let line: (id: string | null, percentile: number) => string;
  let [between, end] = ["\n", "\n"];
  if (call.has("json")) {
    const { knots, gap, objective, taus, report } = fit;
    const head = {
      current,
      priors,
      used,
      leftOut,
      knots: Object.fromEntries(priors.map((name, k) => [name, knots[k]])),
      notes: notes.map((one) => ({ ...one, text: inLanguage(call, noteText(one, priors)) })),
      taus,
      objective: [...objective],
      largestGap: Math.max(...gap),
      seconds: report.seconds,
    };
    yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "percentiles": [\n`;
    line = (id, percentile) => `    ${JSON.stringify({ id, percentile })}`;
    [between, end] = [",\n", "\n  ]\n}\n"];
  } else if (call.has("csv")) {
    yield "id,percentile\n";
    line = (id, percentile) => `${quoted(id ?? "")},${percentile}`;
  } else {
    let width = 4;
    for (const level of ids.levels) width = Math.max(width, widthOf(level));
    const pad = (text: string): string => text + " ".repeat(Math.max(0, width - widthOf(text)));
    const heads = inLanguage(call, { zh: `${pad("编号")}  百分位`, en: `${pad("id")}  percentile` });
    yield `${heads}\n`;
    line = (id, percentile) => `${pad(oneLine(id ?? ""))}  ${String(percentile).padStart(2)}`;
  }
  let lines: string[] = [];
  let left = used;
  for (let row = 0; row < percentiles.length; row++) {
    const percentile = percentiles[row]!;
    if (percentile === 0) continue;
    left--;
    lines.push(line(idOf(row), percentile));
    if (lines.length === 10_000 || left === 0) {
      yield lines.join(between) + (left === 0 ? end : between);
      lines = [];
    }
  }
}

/** A cell of CSV. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Knots and boundaries from a file, in the order of the priors; undefined = the file does not name the column.
 *
 * @throws CommandRefusal that names the column and what is wrong
 */
async function readKnots(path: string, priors: readonly string[]): Promise<(SplineKnots | undefined)[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CommandRefusal({ zh: `不能打开结点文件 ${path}`, en: `Cannot open the knots file ${path}` }, { cause });
  });
  const wrong = (zh: string, en: string): CommandRefusal =>
    new CommandRefusal({ zh: `结点文件 ${path} 有误：${zh}。`, en: `The knots file ${path} is wrong: ${en}.` });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw wrong("不是 JSON", "it is no JSON");
  }
  const whole = recordOf(content);
  if (whole === undefined) {
    throw wrong(
      '应为 {"列名": {"knots": […], "boundaries": [低, 高]}}',
      'it should be {"column": {"knots": […], "boundaries": [low, high]}}',
    );
  }
  return priors.map((name) => {
    if (!Object.hasOwn(whole, name)) return undefined;
    const entry = recordOf(whole[name]);
    const [knots, boundaries] = [numbersIn(entry?.["knots"]), numbersIn(entry?.["boundaries"])];
    const [low, high] = boundaries ?? [];
    if (knots === undefined || low === undefined || high === undefined || boundaries?.length !== 2) {
      throw wrong(
        `“${name}”应有 knots（数字的列表）和 boundaries（两个数字）`,
        `"${name}" needs knots (a list of numbers) and boundaries (two numbers)`,
      );
    }
    const outside = knots.find((knot) => !(knot >= low && knot <= high));
    if (!(low < high) || outside !== undefined || knots.length > 50) {
      throw wrong(
        `“${name}”的边界应由低到高，结点（至多 50 个）在两个边界之间`,
        `the boundaries of "${name}" should ascend, with its knots (at most 50) between them`,
      );
    }
    return { knots, boundaries: [low, high] };
  });
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function numbersIn(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: readonly unknown[] = value;
  const numbers = list.filter((one): one is number => typeof one === "number" && Number.isFinite(one));
  return numbers.length === list.length ? numbers : undefined;
}
