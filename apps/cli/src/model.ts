/** `xingfu model`: a linear mixed model fitted to a CSV file; no server, no database. */

import type { FactorColumn, FitOptions, Formula, GroupEffects, MixedFit, Table } from "@xingfu/numerics";
import { columnsOfFormula, fitMixed, groupEffects, NumericsFault, parseFormula } from "@xingfu/numerics";
import type { Call, Command } from "./command.ts";
import { readDataFile } from "./data-file.ts";
import type { ColumnKind, DataFile } from "./data-file.ts";
import { modelText } from "./model-text.ts";
import { noteSentence, refusalOf, unknownColumn } from "./model-wording.ts";
import { CommandRefusal, exit, note, print } from "./terminal.ts";

export const command: Command = {
  positionals: [{ name: "DATA.csv" }],
  options: {
    formula: {
      kind: "value",
      value: '"y ~ x + (x | g)"',
      help: { zh: "模型公式，写法同 R 的 lme4（必需）", en: "the model, written as for lme4 in R (required)" },
    },
    ml: { kind: "switch", help: { zh: "用最大似然（ML）；缺省为 REML", en: "maximum likelihood; default: REML" } },
    weights: {
      kind: "value",
      value: "COLUMN",
      help: { zh: "权重所在的列（残差方差与权重成反比）", en: "column of weights (residual variance / weight)" },
    },
    offset: {
      kind: "value",
      value: "COLUMN",
      help: { zh: "系数固定为 1 的一列", en: "column that enters with coefficient 1" },
    },
    factor: {
      kind: "value",
      value: "a,b",
      mayRepeat: true,
      help: { zh: "内容是数字、但表示类别的列", en: "columns of numbers that are categories" },
    },
    levels: {
      kind: "value",
      value: "column=a,b,c",
      mayRepeat: true,
      help: {
        zh: "一列各类别的次序，第一个是参照；缺省按数值或字符排序",
        en: "order of a column's categories, the reference first; default: sorted",
      },
    },
    json: {
      kind: "switch",
      help: {
        zh: "输出一个 JSON 对象，数值不舍入（docs/schemas/model.schema.json）",
        en: "print one JSON object, numbers unrounded (docs/schemas/model.schema.json)",
      },
    },
    ranef: {
      kind: "switch",
      help: { zh: "同时输出各组的效应和标准误", en: "also print the effects of the groups with standard errors" },
    },
    "time-limit": {
      kind: "value",
      value: "SECONDS",
      help: { zh: "拟合的时间上限，缺省 600 秒", en: "bound on the time of the fit, default 600" },
    },
  },
  about: {
    zh:
      "对 CSV 文件（可为 gzip 压缩，UTF-8 或 GBK）拟合线性混合模型（多水平模型），结果与 R 的 lme4 一致。\n" +
      "分组写作 (1 | school)、(x | school)、(1 | school/class)、(1 | a) + (1 | b)、(x || school)。\n" +
      "含文字的列自动作为类别；空单元格和 NA 是缺失值，含缺失值的行不参加拟合并注明行数。\n" +
      "公式或数据不能用时退出码 2，原因写到标准错误，标准输出为空。",
    en:
      "Fits a linear mixed (multilevel) model to a CSV file, plain or gzip, UTF-8 or GBK, to the digits of lme4 in R.\n" +
      "Random terms: (1 | school), (x | school), (1 | school/class), (1 | a) + (1 | b), (x || school).\n" +
      "Columns with text are factors by themselves; empty cells and NA are missing, and rows that lack a value are left\n" +
      "out and counted. Exit code 2 when the formula or the data cannot be used, with nothing on standard output.",
  },
  examples: [
    'xingfu model 成绩.csv --formula "score ~ prior + (prior | school)"',
    'xingfu model 成绩.csv.gz --formula "score ~ prior + sex + (1 | school/class)" --ml --json --ranef',
    'xingfu model ratings.csv --formula "y ~ service * dept + (1 | s) + (1 | d)" --factor service,dept',
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const [path = ""] = call.positionals;
  const { formula, text } = formulaOf(call);
  const options = fitOptions(call);
  const orders = levelOrders(call);
  const file = await readDataFile(path, (header) => kindsOf(header, call, formula, orders));
  for (const [name, { row, text: cell }] of file.texts) {
    const hasNumbers = levelsOf(file.table[name]).some(
      (level) => level.trim() !== "" && Number.isFinite(Number(level)),
    );
    if (!hasNumbers) continue;
    await note(
      call.language === "zh"
        ? `xingfu: 列“${name}”含有文字（第 ${row} 行数据是“${cell}”），按类别处理。`
        : `xingfu: column "${name}" holds text (row ${row}: "${cell}") and is taken as a factor.`,
    );
  }
  const { fit, effects } = fitFile(call, text, { ...file, table: inOrder(file.table, orders) }, options);
  for (const one of fit.notes) {
    await note(`xingfu: ${call.language === "zh" ? noteSentence(one) : one.text}`);
  }
  if (call.has("json")) {
    for (const part of documentParts(fit, effects)) await print(part);
  } else await print(modelText(fit, effects, call.language));
  return exit.done;
}

function formulaOf(call: Call): { readonly formula: Formula; readonly text: string } {
  const text = call.value("formula");
  if (text === undefined) {
    throw new CommandRefusal({
      zh: '缺少 --formula，例如 --formula "score ~ prior + (1 | school)"。用法见 xingfu model --help',
      en: 'Give --formula, e.g. --formula "score ~ prior + (1 | school)". See xingfu model --help',
    });
  }
  try {
    return { formula: parseFormula(text), text };
  } catch (error) {
    throw error instanceof NumericsFault ? refusalOf(error) : error;
  }
}

function fitOptions(call: Call): FitOptions {
  const typed = call.value("time-limit");
  const seconds = typed === undefined ? 600 : Number(typed);
  if (!(seconds > 0 && seconds < 1e9)) {
    throw new CommandRefusal({
      zh: `--time-limit ${typed ?? ""} 应是秒数，如 60。`,
      en: `--time-limit ${typed ?? ""} should be seconds, e.g. 60.`,
    });
  }
  const weights = call.value("weights");
  const offset = call.value("offset");
  return {
    method: call.has("ml") ? "ML" : "REML",
    timeLimitSeconds: seconds,
    ...(weights === undefined ? {} : { weights }),
    ...(offset === undefined ? {} : { offset }),
  };
}

/** `--levels column=a,b,c` by column. */
function levelOrders(call: Call): ReadonlyMap<string, readonly string[]> {
  return new Map(
    call.values("levels").map((typed) => {
      const at = typed.indexOf("=");
      if (at < 1) {
        throw new CommandRefusal({
          zh: `--levels ${typed} 应写成“列名=参照类别,其他类别,…”。`,
          en: `--levels ${typed} should be COLUMN=REFERENCE,OTHER,….`,
        });
      }
      return [typed.slice(0, at), typed.slice(at + 1).split(",")] as const;
    }),
  );
}

/** Which columns of the file are read, and how. @throws CommandRefusal for columns the file does not have */
function kindsOf(
  header: readonly string[],
  call: Call,
  formula: Formula,
  orders: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ColumnKind> {
  const asked = new Set(call.values("factor").flatMap((list) => list.split(",")));
  const kinds = new Map<string, ColumnKind>();
  for (const [name, use] of columnsOfFormula(formula)) {
    if (!header.includes(name)) throw unknownColumn(name, header, { formula: formula.text, position: use.position });
    const isFactor = asked.has(name) || orders.has(name) || !use.isTerm;
    kinds.set(name, isFactor ? "factor" : "number");
  }
  for (const name of [call.value("weights"), call.value("offset")]) {
    if (name === undefined) continue;
    if (!header.includes(name)) throw unknownColumn(name, header);
    if (!kinds.has(name)) kinds.set(name, "number");
  }
  for (const name of [...asked, ...orders.keys()]) if (!header.includes(name)) throw unknownColumn(name, header);
  return kinds;
}

function levelsOf(column: Table[string] | undefined): readonly string[] {
  return column !== undefined && "codes" in column ? column.levels : [];
}

/** The table with the levels of some factors in the order asked for; levels not named follow in their own order. */
function inOrder(table: Table, orders: ReadonlyMap<string, readonly string[]>): Table {
  const changed: Record<string, FactorColumn> = {};
  for (const [name, order] of orders) {
    const column = table[name];
    if (column === undefined || !("codes" in column)) continue;
    const unknown = order.find((level) => !column.levels.includes(level));
    if (unknown !== undefined) {
      const list = column.levels.slice(0, 20).join(", ");
      throw new CommandRefusal({
        zh: `列“${name}”里没有“${unknown}”；各类别为：${list}`,
        en: `Column "${name}" does not hold "${unknown}"; its values are: ${list}`,
      });
    }
    const levels = [...order, ...column.levels.filter((level) => !order.includes(level))];
    const rank = column.levels.map((level) => levels.indexOf(level));
    changed[name] = { levels, codes: column.codes.map((code) => (code < 0 ? -1 : rank[code]!)) };
  }
  return { ...table, ...changed };
}

function fitFile(
  call: Call,
  formula: string,
  file: DataFile,
  options: FitOptions,
): { readonly fit: MixedFit; readonly effects: readonly GroupEffects[] } {
  try {
    const fit = fitMixed(formula, file.table, options);
    return { fit, effects: call.has("ranef") ? groupEffects(fit) : [] };
  } catch (error) {
    throw error instanceof NumericsFault ? refusalOf(error, file.texts) : error;
  }
}

/** The JSON document, effects of many groups piece by piece. */
function* documentParts(fit: MixedFit, effects: readonly GroupEffects[]): Generator<string> {
  const { random, report, notes } = fit;
  const head = {
    formula: fit.formula,
    nobs: fit.nobs,
    groups: fit.groups,
    method: fit.method,
    criterion: fit.criterion,
    logLik: fit.logLik,
    aic: fit.aic,
    bic: fit.bic,
    fixed: fit.fixed,
    random: random.map(({ group, names, sd, corr, variance }) => ({ group, names, sd, corr, variance })),
    sigma: fit.sigma,
    isSingular: fit.isSingular,
    dropped: fit.dropped,
    missing: fit.missing,
    notes: notes.map(({ kind, text }) => ({ kind, text })),
    converged: report.converged,
    stopReason: report.stopReason,
    evaluations: report.evaluations,
    seconds: report.seconds,
  };
  const text = JSON.stringify(head, null, 2);
  if (effects.length === 0) {
    yield `${text}\n`;
    return;
  }
  yield `${text.slice(0, -2)},\n  "ranef": {`;
  let groupMark = "\n";
  for (const { group, size, names, levelName, modes, comparativeSe } of effects) {
    yield `${groupMark}    ${JSON.stringify(group)}: {`;
    groupMark = ",\n";
    const q = names.length;
    let lines: string[] = [];
    for (let g = 0; g < size; g++) {
      const mode = Array.from(modes.subarray(g * q, g * q + q));
      const se = Array.from(comparativeSe.subarray(g * q, g * q + q));
      lines.push(`\n      ${JSON.stringify(levelName(g))}: ${JSON.stringify({ mode, se })}${g + 1 < size ? "," : ""}`);
      if (lines.length === 10_000 || g + 1 === size) {
        yield lines.join("");
        lines = [];
      }
    }
    yield "\n    }";
  }
  const namesOf = Object.fromEntries(effects.map(({ group, names }) => [group, names]));
  yield `\n  },\n  "ranefNames": ${JSON.stringify(namesOf)}\n}\n`;
}
