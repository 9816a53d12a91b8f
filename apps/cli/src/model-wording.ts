/** What the numeric engines refuse and note, in the two languages of the command line. */

import type { FitNote, MixedRule, NumericsFault, NumericsFaultFields } from "@xingfu/numerics";

import { nearest } from "./command.ts";
import type { TextCell } from "./data-file.ts";
import { CommandRefusal, widthOf } from "./terminal.ts";

type Named = Readonly<Record<string, string | number>>;

/** One Chinese sentence per rule; the English one comes with the fault. */
const sentences: Readonly<Record<MixedRule, (named: Named) => string>> = {
  "formula-sign-unknown": ({ found }) => `公式里不能有“${found}”`,
  "formula-no-tilde": () => "结果变量和模型之间应有“~”",
  "formula-not-expected": ({ found }) => `这里不应有“${found}”`,
  "formula-operand-missing": ({ found }) =>
    `这里应是列名、数字或“(”，${found === "" ? "公式却到此为止" : `却是“${found}”`}`,
  "formula-bracket-open": () => "这个括号没有闭合：应有“)”",
  "formula-arguments": ({ found }) => `${found}() 的参数之间应有“,”，或以“)”结束`,
  "formula-bar-inside": () => "随机项应单独作为一个加项",
  "formula-bar-brackets": ({ found }) => `随机项要放在括号里：(… ${found} 分组)`,
  "formula-bar-subtracted": () => "随机项不能减去",
  "formula-bar-empty": () => "这个随机项里没有任何随组变化的效应：请写 (1 | 分组)",
  "formula-nesting": () => "嵌套的分组从最外层写起：a/b/c",
  "formula-group": () => "分组应是一列，或 a:b、a/b",
  "formula-number-alone": () => "单独的数字只能是 0（无截距）或 1（有截距）",
  "formula-power": () => "项的幂应是正整数；算术运算请写 I(x^2)",
  "formula-operator": ({ found }) => `这里不能用“${found}”`,
  "formula-arithmetic": () => "公式里的算术运算要写在 I(…) 里",
  "formula-function": ({ found }) =>
    `不能这样使用函数 ${found}()；可用的有 I、poly(x, 2)、factor、scale、log、log2、log10、log1p、exp、sqrt、abs`,
  "formula-constant": () => "这是一个常数，不含任何列",
  "formula-no-random": () => "没有随机项，因此不是混合模型：请加上 (1 | 分组)",
  "column-of-text": () => "含有文字，不能做算术运算",
  "column-not-numbers": () => "应全是数字",
  "column-length": () => "的行数与其他列不同",
  "outcome-not-numbers": () => "是结果变量，应全是数字",
  "one-value": ({ value }) => `在所用的行里只有一个值（${value}），不能解释任何差异`,
  infinite: ({ row }) => `第 ${row} 行数据是无穷大；不知道的值请留空`,
  "negative-weight": ({ row, value }) => `第 ${row} 行数据是 ${value}；权重不能为负`,
  "no-rows": () => "没有数据行",
  "no-complete-row": () => "没有一行在公式用到的各列里都有值",
  "one-group": ({ group }) => `所用的行里只有一个 ${group}；估计 ${group} 的效应至少要有 2 个，最好十个以上`,
  "constant-outcome": ({ name }) => `结果变量“${name}”在每一行都是同一个值`,
  "nothing-left": ({ name }) => `固定效应完全解释了结果变量“${name}”，没有剩余的变异可分解`,
  "no-residual": ({ name }) => `各组完全解释了结果变量“${name}”，没有剩余的变异可分解`,
  "one-row-per-group": ({ group }) => `每个 ${group} 只有一行，其效应不能与残差区分`,
  "more-effects-than-rows": ({ effects, rows }) =>
    `一个分组因子有 ${effects} 个随机效应，而只有 ${rows} 行，不能与残差区分`,
  "too-few-rows": ({ rows, fixed, variances }) => `${rows} 行不足以估计 ${fixed} 个固定效应和 ${variances} 个方差参数`,
  "effect-twice": ({ effect, group }) => `${group} 的 ${effect} 效应写了两次`,
  "too-many-levels": ({ name, count }) =>
    `“${name}”有 ${count} 个不同的值，作固定效应太多；请改为随机项 (1 | ${name})，若本应是数字请检查内容`,
  "too-many-columns": ({ count }) => `公式产生 ${count} 个固定效应，最多 2,500 个`,
  "too-many-crossed": ({ effects, most }) => `除最大的因子外，交叉的因子共有 ${effects} 个效应，最多 ${most} 个`,
  cancelled: () => "拟合已取消",
  "time-limit": ({ seconds }) => `在 ${seconds} 秒内没有完成拟合；可用 --time-limit 放宽`,
  breakdown: () => "模型在最优处失去数值意义；请检查各列的尺度",
};

/** The Chinese sentence for what the engines note about a fit. */
export function noteSentence(note: FitNote): string {
  const names = (note.names ?? []).join("、");
  switch (note.kind) {
    case "zero-variance":
      return `${note.group ?? ""} 之间 ${names} 的方差估计为零：数据没有显示超出偶然的差异。`;
    case "perfect-correlation":
      return `${note.group ?? ""} 的效应（${names}）估计为完全相关：数据不足以分别支持它们，较简单的随机项给出同样的拟合。`;
    case "not-identified":
      return `数据不能把 ${note.group ?? ""} 之间 ${names} 的各方差、协方差全部区分开（例如没有一个 ${note.group ?? ""} 同时有其中两种情形）；准则值正确，个别数值没有意义。`;
    case "dropped":
      return `以下各列可由其他列推出，已略去：${names}。`;
    case "missing":
      return `${note.rows ?? 0} 行缺少公式用到的值，没有使用（${names}）。`;
    default:
      return "搜索在确认最优之前停止，结果可能不准确。";
  }
}

function is<C extends keyof NumericsFaultFields>(fault: NumericsFault, code: C): fault is NumericsFault<C> {
  return fault.code === code;
}

/**
 * A fault of the engines as a refusal a person can act on; a formula is shown with a caret under the place.
 *
 * @param texts  cells that are no numbers, named where the fault is about their column
 */
export function refusalOf(fault: NumericsFault, texts: ReadonlyMap<string, TextCell> = new Map()): CommandRefusal {
  const { rule, named = {}, problem } = fault.fields;
  const zh = rule === undefined ? problem : sentences[rule](named);
  if (is(fault, "FORMULA_INVALID")) {
    const { formula, position } = fault.fields;
    const place = caretUnder(formula, position);
    return new CommandRefusal(
      { zh: `公式有误：${zh}。\n${place}`, en: `The formula is wrong: ${problem}.\n${place}` },
      { cause: fault },
    );
  }
  if (is(fault, "COLUMN_UNKNOWN")) return unknownColumn(fault.fields.column, fault.fields.known);
  if (is(fault, "COLUMN_INVALID")) {
    const { column } = fault.fields;
    const cell = texts.get(column);
    const where = cell === undefined ? "" : `（第 ${cell.row} 行数据是“${cell.text}”）`;
    const place = cell === undefined ? "" : ` (row ${cell.row} holds "${cell.text}")`;
    return new CommandRefusal(
      { zh: `列“${column}”${zh}${where}。`, en: `${sentenceOf(problem)}${place}.` },
      { cause: fault },
    );
  }
  return new CommandRefusal({ zh: `${zh}。`, en: `${sentenceOf(problem)}.` }, { cause: fault });
}

function sentenceOf(problem: string): string {
  return problem.charAt(0).toUpperCase() + problem.slice(1);
}

export function unknownColumn(
  column: string,
  known: readonly string[],
  at?: { readonly formula: string; readonly position: number },
): CommandRefusal {
  const near = nearest(column, known);
  const list = known.slice(0, 30).join(", ") + (known.length > 30 ? ", …" : "");
  const place = at === undefined ? "" : `\n${caretUnder(at.formula, at.position)}`;
  return new CommandRefusal({
    zh: `文件里没有列“${column}”。${near === undefined ? "" : `是不是“${near}”？`}各列为：${list}${place}`,
    en: `There is no column "${column}". ${near === undefined ? "" : `Did you mean "${near}"? `}The columns are: ${list}${place}`,
  });
}

/** A formula with a caret under a place, counted in the columns of a terminal: Chinese names are two wide. */
function caretUnder(formula: string, position: number): string {
  return `  ${formula}\n  ${" ".repeat(widthOf(formula.slice(0, position)))}^`;
}
