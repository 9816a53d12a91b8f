/** Fitted values, residuals and predictions of a fit. */
import { NumericsFault } from "../fault.ts";
import type { Design, DesignColumn } from "./design.ts";
import { buildDesign, fillColumn } from "./design.ts";
import type { MixedFit } from "./fit.ts";
import { groupEffects, internalsOf } from "./fit.ts";
import { parseFormula, textOf } from "./formula.ts";
import type { FactorColumn, Table, TableColumn } from "./table.ts";
import { factorOf, lengthOf, variableOf } from "./table.ts";

/** Which part of the model to predict with: the fixed effects alone, or with the effects of known groups. */
export type PredictionPart = "fixed" | "all";

export interface Prediction {
  /** [rows]; NaN-free: a row that lacks a value has `undefined` */
  readonly values: readonly (number | undefined)[];
  /** per factor, rows whose group the fit does not know; their effect counts as its mean, 0 */
  readonly newGroups: Readonly<Record<string, number>>;
}

/** Rows at a time. */
const BLOCK = 1024;

/** [rows of the table] the fitted values with all effects; NaN marks a row that was not used in the fit. */
export function fittedValues(fit: MixedFit, part: PredictionPart = "all"): Float64Array {
  const { source } = internalsOf(fit);
  if (!source) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "fit",
      value: "summaries",
      problem: "this fit was made from summaries: it has no rows",
    });
  }
  const { levels } = internalsOf(fit);
  return linearPredictor(
    fit,
    source.design,
    part,
    levels.map(({ codes }) => codes!),
  );
}

/** [rows of the table] outcome − fitted; NaN marks a row that was not used in the fit. */
export function residualsOf(fit: MixedFit): Float64Array {
  const fitted = fittedValues(fit);
  const response = internalsOf(fit).source!.design.response;
  return fitted.map((value, i) => response[i]! - value);
}

/** η = Xβ + Σ Z u + offset for the design's rows. @param codes  group of each row in the fit's numbering; −1 is new */
function linearPredictor(
  fit: MixedFit,
  design: Design,
  part: PredictionPart,
  codes: readonly Int32Array[],
): Float64Array {
  const eta = new Float64Array(design.total).fill(Number.NaN);
  const scratch = new Float64Array(BLOCK);
  const sum = new Float64Array(BLOCK);
  const byName = new Map(design.fixed.map((column) => [column.name, column]));
  const fixed = fit.fixed.map(({ name, estimate }) => ({ column: byName.get(name)!, estimate }));
  const effects = part === "all" ? groupEffects(fit) : [];
  const random = effects.flatMap((effect, l) => {
    const factor = design.factors.find(({ name }) => name === effect.group)!;
    return effect.names.map((name, k) => ({ column: columnNamed(factor.columns, name), effect, k, codes: codes[l]! }));
  });
  for (let start = 0; start < design.count; start += BLOCK) {
    const count = Math.min(BLOCK, design.count - start);
    sum.fill(0);
    for (const { column, estimate } of fixed) {
      fillColumn(column, design.rows, start, count, 0, 1, scratch, 0);
      for (let r = 0; r < count; r++) sum[r]! += estimate * scratch[r]!;
    }
    for (const { column, effect, k, codes: own } of random) {
      fillColumn(column, design.rows, start, count, 0, 1, scratch, 0);
      const q = effect.names.length;
      for (let r = 0; r < count; r++) {
        const group = own[design.rows ? design.rows[start + r]! : start + r]!;
        if (group >= 0) sum[r]! += effect.modes[group * q + k]! * scratch[r]!;
      }
    }
    for (let r = 0; r < count; r++) {
      const row = design.rows ? design.rows[start + r]! : start + r;
      eta[row] = sum[r]! + (design.offset ? design.offset[row]! : 0);
    }
  }
  return eta;
}

function columnNamed(columns: readonly DesignColumn[], name: string): DesignColumn {
  return columns.find((column) => column.name === name)!;
}

/**
 * Predicts the outcome for other rows. Groups the fit does not know get the mean of all groups.
 *
 * @param table  the columns of the formula but the outcome; factors may hold known levels only
 */
export function predictRows(fit: MixedFit, table: Table, part: PredictionPart = "all"): Prediction {
  const { source, levels } = internalsOf(fit);
  if (!source) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "fit",
      value: "summaries",
      problem: "this fit was made from summaries: it knows no columns",
    });
  }
  const formula = parseFormula(fit.formula);
  for (const [text, expression] of formula.variables) {
    if (
      expression.kind === "call" &&
      (expression.name === "scale" || (expression.name === "poly" && !text.includes("raw")))
    ) {
      throw new NumericsFault("OPTION_INVALID", {
        option: "formula",
        value: text,
        problem: `${text} depends on the rows it was fitted to; to predict, use raw powers: poly(x, 2, raw = TRUE)`,
      });
    }
  }
  const rows = lengthOf(Object.values(table)[0] ?? []);
  const prepared: Record<string, TableColumn> = { ...table };
  const outcome = textOf(formula.response);
  const groups = new Set(formula.random.flatMap(({ group }) => group));
  const fixedNames = new Set(
    [formula.fixed, ...formula.random.map(({ slopes }) => slopes)].flatMap((list) => list.terms.flat()),
  );
  for (const name of fixedNames) {
    const known = knownLevels(source.design, name);
    const column = table[name];
    if (known && column) prepared[name] = recode(name, column, known);
  }
  for (const name of groups) {
    const column = table[name];
    if (column && !fixedNames.has(name)) prepared[name] = factorOf(column);
  }
  if (formula.response.kind === "name" && !prepared[outcome]) prepared[outcome] = new Float64Array(rows);
  const design = buildDesign(
    { ...formula, response: { kind: "name", name: "outcome to predict", position: 0 } },
    { ...prepared, "outcome to predict": new Float64Array(rows) },
    { keepUnusedLevels: true },
  );
  const newGroups: Record<string, number> = {};
  const codes = levels.map((level) => {
    const numbers = new Map<string, number>();
    for (let g = 0; g < level.size; g++) numbers.set(level.levelName(g), g);
    const factor = design.factors.find(({ name }) => name === level.name)!;
    const to = Int32Array.from({ length: factor.size }, (_, g) => numbers.get(factor.levelName(g)) ?? -1);
    let unknown = 0;
    const own = factor.codes.map((code) => (code < 0 ? -1 : to[code]!));
    for (let r = 0; r < design.count; r++) if (own[design.rows ? design.rows[r]! : r]! < 0) unknown++;
    newGroups[level.name] = unknown;
    return own;
  });
  const eta = linearPredictor(fit, design, part, codes);
  return { values: Array.from(eta, (value) => (Number.isNaN(value) ? undefined : value)), newGroups };
}

/** The levels a factor among the fixed effects had in the fit, or `undefined` for numbers. */
function knownLevels(design: Design, name: string): readonly string[] | undefined {
  const column = design.table[name];
  if (!column) return undefined;
  const variable = variableOf(column);
  return variable.kind === "factor" ? variable.factor.levels : undefined;
}

function recode(name: string, column: TableColumn, levels: readonly string[]): FactorColumn {
  const own = factorOf(column);
  const to = own.levels.map((level) => levels.indexOf(level));
  for (const code of own.codes) {
    if (code >= 0 && to[code]! < 0) {
      throw new NumericsFault("COLUMN_INVALID", {
        column: name,
        problem: `"${name}" has the value "${own.levels[code]!}", which the fit does not know (${levels.join(", ")})`,
      });
    }
  }
  return { codes: own.codes.map((code) => (code < 0 ? -1 : to[code]!)), levels };
}
