/**
 * From a formula and a table to columns: which numbers enter X, Z, y, under which names, and which rows are used.
 *
 * Nothing is copied: a column is a product of references into the table, filled block by block when rows are read.
 */
import { NumericsFault } from "../fault.ts";
import type { Formula, RandomTerm, Term, TermList } from "./formula.ts";
import { textOf } from "./formula.ts";
import type { FactorColumn, NumericArray, Table, Variable } from "./table.ts";
import { columnOf, evaluateVariable, factorOf, lengthOf, variableOf } from "./table.ts";

/** One multiplicand of a column: numbers, or 1 where a row has the given level. */
export type Atom =
  | { readonly kind: "numeric"; readonly values: NumericArray }
  | { readonly kind: "indicator"; readonly codes: Int32Array; readonly level: number };

/** A column of a model matrix: the product of its atoms; no atoms is the constant 1. */
export interface DesignColumn {
  /** as R names it: `sexM`, `x:sexM`, `poly(x, 2)1`, `(Intercept)` */
  readonly name: string;
  readonly atoms: readonly Atom[];
}

/** All random effects of one grouping factor. */
export interface DesignFactor {
  readonly name: string;
  /** [rows of the table] 0 … size − 1 on the rows used; −1 elsewhere is possible */
  readonly codes: Int32Array;
  readonly size: number;
  readonly levelName: (code: number) => string;
  readonly columns: readonly DesignColumn[];
  /** blocks of columns whose effects are correlated; every column is in one block */
  readonly blocks: readonly (readonly number[])[];
}

export interface Design {
  readonly text: string;
  readonly responseName: string;
  readonly response: NumericArray;
  readonly offset: NumericArray | null;
  readonly weights: NumericArray | null;
  readonly fixed: readonly DesignColumn[];
  readonly factors: readonly DesignFactor[];
  /** rows of the table that are used, or null for all */
  readonly rows: Int32Array | null;
  readonly count: number;
  /** rows of the table */
  readonly total: number;
  readonly missing: MissingRows;
  /** the table the design refers to */
  readonly table: Table;
}

/** Rows left out, and for which column. A row that lacks several values counts under each. */
export interface MissingRows {
  readonly rows: number;
  readonly byColumn: Readonly<Record<string, number>>;
}

export interface DesignOptions {
  /** name of a column of prior weights ≥ 0, or the weights themselves */
  readonly weights?: string | NumericArray;
  /** name of a column, or the numbers, added to the linear predictor with coefficient 1 */
  readonly offset?: string | NumericArray;
  /** keep levels of factors that do not occur, so that chunks of one data set give the same columns */
  readonly keepUnusedLevels?: boolean;
}

/**
 * @param numbers  "unchecked" takes it that no number is missing or infinite and no weight is 0 or less; what is counted
 *                 from the rows is not finite when that was wrong. It saves a pass over every column.
 * @throws COLUMN_UNKNOWN, COLUMN_INVALID, FORMULA_INVALID, DATA_INSUFFICIENT
 */
export function buildDesign(
  formula: Formula,
  table: Table,
  options: DesignOptions,
  numbers: "checked" | "unchecked" = "checked",
): Design {
  const names = Object.keys(table);
  const total = names.length === 0 ? 0 : lengthOf(table[names[0]!]!);
  for (const name of names) {
    if (lengthOf(table[name]!) !== total) {
      throw new NumericsFault("COLUMN_INVALID", {
        column: name,
        problem: `column "${name}" has ${lengthOf(table[name]!)} rows, the first column has ${total}`,
        rule: "column-length",
      });
    }
  }
  if (total === 0) throw new NumericsFault("DATA_INSUFFICIENT", { problem: "the table has no rows", rule: "no-rows" });
  if (formula.random.length === 0) {
    throw new NumericsFault("FORMULA_INVALID", {
      formula: formula.text,
      position: formula.text.length,
      problem: "there is no random term, so this is not a mixed model: add (1 | group)",
      rule: "formula-no-random",
    });
  }

  const variables = new Map<string, Variable>();
  const groupVariables = new Set(formula.random.flatMap((term) => term.group));
  const termVariables = new Set(
    [formula.fixed, ...formula.random.map((term) => term.slopes)].flatMap((list) => list.terms.flat()),
  );
  for (const name of termVariables) {
    variables.set(name, evaluateVariable(formula.variables.get(name)!, table, total, formula.text));
  }
  const groups = new Map<string, FactorColumn>();
  for (const name of groupVariables) {
    const expression = formula.variables.get(name)!;
    const column = expression.kind === "name" ? expression.name : undefined;
    const inner = expression.kind === "call" ? expression.args[0]?.value : undefined;
    const source = column ?? (inner?.kind === "name" ? inner.name : name);
    groups.set(name, factorOf(columnOf(table, source)));
  }

  const responseName = textOf(formula.response);
  const outcome = evaluateVariable(formula.response, table, total, formula.text);
  if (outcome.kind !== "numeric") {
    throw new NumericsFault("COLUMN_INVALID", {
      column: responseName,
      problem: `the outcome "${responseName}" must be one column of numbers`,
      rule: "outcome-not-numbers",
    });
  }
  const weights = numbersOf(options.weights, table, total, "weights");
  const offset = numbersOf(options.offset, table, total, "offset");

  // which rows are complete
  const keep = new RowFilter(total);
  if (numbers === "checked") {
    keep.numbers(responseName, outcome.values);
    if (weights) keep.numbers("weights", weights);
    if (offset) keep.numbers("offset", offset);
    for (const [name, variable] of variables) {
      if (variable.kind === "numeric") keep.numbers(name, variable.values);
      else if (variable.kind === "matrix") for (const column of variable.columns) keep.numbers(name, column);
    }
    if (weights) keep.weights(weights);
  }
  for (const [name, variable] of variables) {
    if (variable.kind === "factor") keep.codes(name, variable.factor.codes);
  }
  for (const [name, factor] of groups) keep.codes(name, factor.codes);
  const { rows, count, missing } = keep.result();
  if (count === 0) {
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: "no row has a value in every column of the model",
      rule: "no-complete-row",
    });
  }

  // levels that occur
  for (const [name, variable] of variables) {
    if (variable.kind !== "factor") continue;
    const factor = options.keepUnusedLevels ? variable.factor : usedLevels(variable.factor, rows);
    if (factor.levels.length < 2) {
      throw new NumericsFault("COLUMN_INVALID", {
        column: name,
        problem: `"${name}" has only one value (${factor.levels[0] ?? "none"}) in the rows used, so it explains nothing`,
        rule: "one-value",
        named: { value: factor.levels[0] ?? "" },
      });
    }
    if (factor.levels.length > 2000) {
      throw new NumericsFault("TOO_LARGE", {
        problem: `"${name}" has ${factor.levels.length} levels, too many for fixed effects; make it a random term (1 | ${name})`,
        rule: "too-many-levels",
        named: { name, count: factor.levels.length },
      });
    }
    variables.set(name, { kind: "factor", factor });
  }
  const fixed = expandColumns(formula.fixed, variables);
  if (fixed.length > 2500) {
    throw new NumericsFault("TOO_LARGE", {
      problem: `the formula makes ${fixed.length} fixed effects; at most 2,500`,
      rule: "too-many-columns",
      named: { count: fixed.length },
    });
  }
  const factors = buildFactors(formula.random, groups, variables, rows, total);
  return {
    text: formula.text,
    responseName,
    response: outcome.values,
    offset,
    weights,
    fixed,
    factors,
    rows,
    count,
    total,
    missing,
    table,
  };
}

function numbersOf(
  option: string | NumericArray | undefined,
  table: Table,
  total: number,
  what: string,
): NumericArray | null {
  if (option === undefined) return null;
  if (typeof option !== "string") {
    if (option.length !== total) {
      throw new NumericsFault("COLUMN_INVALID", {
        column: what,
        problem: `${what}: ${option.length} values for ${total} rows`,
        rule: "column-length",
      });
    }
    return option;
  }
  const variable = variableOf(columnOf(table, option));
  if (variable.kind === "numeric") return variable.values;
  throw new NumericsFault("COLUMN_INVALID", {
    column: option,
    problem: `column "${option}" (${what}) must hold numbers`,
    rule: "column-not-numbers",
  });
}

/** Collects which rows have every value; refuses infinite values. */
class RowFilter {
  private readonly total: number;
  private dropped: Uint8Array | null = null;
  private readonly byColumn: Record<string, number> = {};

  constructor(total: number) {
    this.total = total;
  }

  numbers(name: string, values: NumericArray): void {
    if (!(values instanceof Float64Array || values instanceof Float32Array)) return;
    if (isAllFinite(values)) return;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value !== value) this.drop(i, name);
      else if (value === Infinity || value === -Infinity) {
        throw new NumericsFault("COLUMN_INVALID", {
          column: name,
          problem: `"${name}" is infinite in row ${i + 1}; leave the cell empty if the value is not known`,
          rule: "infinite",
          named: { row: i + 1 },
        });
      }
    }
  }

  codes(name: string, codes: Int32Array): void {
    let signs = 0;
    for (let i = 0; i < codes.length; i++) signs |= codes[i]!;
    if (signs >= 0) return;
    for (let i = 0; i < codes.length; i++) if (codes[i]! < 0) this.drop(i, name);
  }

  weights(values: NumericArray): void {
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < 0) {
        throw new NumericsFault("COLUMN_INVALID", {
          column: "weights",
          problem: `the weight in row ${i + 1} is ${values[i]!}; weights must not be negative`,
          rule: "negative-weight",
          named: { row: i + 1, value: values[i]! },
        });
      }
      if (values[i] === 0) this.drop(i, "weights (zero)");
    }
  }

  private drop(row: number, name: string): void {
    this.dropped ??= new Uint8Array(this.total);
    this.dropped[row] = 1;
    this.byColumn[name] = (this.byColumn[name] ?? 0) + 1;
  }

  result(): { rows: Int32Array | null; count: number; missing: MissingRows } {
    if (!this.dropped) return { rows: null, count: this.total, missing: { rows: 0, byColumn: {} } };
    let count = 0;
    for (const flag of this.dropped) count += 1 - flag;
    const rows = new Int32Array(count);
    let at = 0;
    for (let i = 0; i < this.total; i++) if (this.dropped[i] === 0) rows[at++] = i;
    return { rows, count, missing: { rows: this.total - count, byColumn: this.byColumn } };
  }
}

/** x − x is 0 unless x is NaN or infinite: the usual case costs one pass without a branch. */
function isAllFinite(values: Float64Array | Float32Array): boolean {
  const n = values.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    a += values[i]! - values[i]!;
    b += values[i + 1]! - values[i + 1]!;
    c += values[i + 2]! - values[i + 2]!;
    d += values[i + 3]! - values[i + 3]!;
  }
  for (; i < n; i++) a += values[i]! - values[i]!;
  return a + b + c + d === 0;
}

/** The factor with only the levels that occur in the rows used, in their order. */
function usedLevels(factor: FactorColumn, rows: Int32Array | null): FactorColumn {
  const size = factor.levels.length;
  const used = new Uint8Array(size);
  const { codes } = factor;
  if (rows) for (let i = 0; i < rows.length; i++) used[codes[rows[i]!]!] = 1;
  else for (let i = 0; i < codes.length; i++) used[codes[i]!] = 1;
  let count = 0;
  for (const flag of used) count += flag;
  if (count === size) return factor;
  const to = new Int32Array(size).fill(-1);
  const levels: string[] = [];
  for (let level = 0; level < size; level++) {
    if (used[level] === 0) continue;
    to[level] = levels.length;
    levels.push(factor.levels[level]!);
  }
  return { codes: codes.map((code) => (code < 0 ? -1 : to[code]!)), levels };
}

/**
 * The columns of a sum of terms, R's contrasts included: a factor takes treatment contrasts when the term without it
 * is in the sum too, else one indicator per level.
 */
function expandColumns(list: TermList, variables: ReadonlyMap<string, Variable>): DesignColumn[] {
  const keys = new Set(list.terms.map(keyOf));
  if (list.hasIntercept) keys.add(keyOf([]));
  const columns: DesignColumn[] = list.hasIntercept ? [{ name: "(Intercept)", atoms: [] }] : [];
  for (const term of list.terms) {
    let products: DesignColumn[] = [{ name: "", atoms: [] }];
    for (const name of term) {
      const isContrast = keys.has(keyOf(term.filter((other) => other !== name)));
      const own = columnsOf(name, variables.get(name)!, isContrast);
      products = own.flatMap((right) =>
        products.map((left) => ({
          name: left.name === "" ? right.name : `${left.name}:${right.name}`,
          atoms: [...left.atoms, ...right.atoms],
        })),
      );
    }
    columns.push(...products);
  }
  return columns;
}

function keyOf(term: Term): string {
  return JSON.stringify(term.toSorted());
}

function columnsOf(name: string, variable: Variable, isContrast: boolean): DesignColumn[] {
  switch (variable.kind) {
    case "numeric":
      return [{ name, atoms: [{ kind: "numeric", values: variable.values }] }];
    case "matrix":
      return variable.columns.map((values, i) => ({
        name: variable.columns.length === 1 ? name : `${name}${variable.suffixes[i]!}`,
        atoms: [{ kind: "numeric", values }],
      }));
    default: {
      const { codes, levels } = variable.factor;
      return levels
        .map((label, level): DesignColumn => ({ name: name + label, atoms: [{ kind: "indicator", codes, level }] }))
        .slice(isContrast ? 1 : 0);
    }
  }
}

function buildFactors(
  random: readonly RandomTerm[],
  groups: ReadonlyMap<string, FactorColumn>,
  variables: ReadonlyMap<string, Variable>,
  rows: Int32Array | null,
  total: number,
): DesignFactor[] {
  const byName = new Map<string, { factor: Grouping; columns: DesignColumn[]; blocks: number[][] }>();
  for (const term of random) {
    const name = term.group.join(":");
    let entry = byName.get(name);
    if (!entry) {
      entry = {
        factor: groupingOf(
          term.group.map((part) => groups.get(part)!),
          rows,
          total,
        ),
        columns: [],
        blocks: [],
      };
      byName.set(name, entry);
    }
    const block: number[] = [];
    for (const column of expandColumns(term.slopes, variables)) {
      if (entry.columns.some((other) => other.name === column.name)) {
        throw new NumericsFault("MODEL_NOT_IDENTIFIED", {
          problem: `the effect of ${column.name} on ${name} is asked for twice`,
          rule: "effect-twice",
          named: { effect: column.name, group: name },
        });
      }
      block.push(entry.columns.length);
      entry.columns.push(column);
    }
    entry.blocks.push(block);
  }
  return [...byName].map(([name, { factor, columns, blocks }]) => ({ name, ...factor, columns, blocks }));
}

interface Grouping {
  readonly codes: Int32Array;
  readonly size: number;
  readonly levelName: (code: number) => string;
}

/** The combinations of several factors that occur, numbered in order of the factors' levels. */
function groupingOf(parts: readonly FactorColumn[], rows: Int32Array | null, total: number): Grouping {
  const first = usedLevels(parts[0]!, rows);
  if (parts.length === 1) {
    return { codes: first.codes, size: first.levels.length, levelName: (code) => first.levels[code]! };
  }
  let codes: Int32Array = first.codes;
  let size = first.levels.length;
  let name = (code: number): string => first.levels[code]!;
  for (const part of parts.slice(1)) {
    const width = part.levels.length;
    const combined = new Int32Array(total).fill(-1);
    const table = size * width <= 1 << 26 ? new Int32Array(size * width).fill(-1) : null;
    const map = new Map<number, number>();
    const pairs: number[] = [];
    const count = rows ? rows.length : total;
    for (let r = 0; r < count; r++) {
      const i = rows ? rows[r]! : r;
      const key = codes[i]! * width + part.codes[i]!;
      let code = table ? table[key]! : (map.get(key) ?? -1);
      if (code < 0) {
        code = pairs.length;
        pairs.push(key);
        if (table) table[key] = code;
        else map.set(key, code);
      }
      combined[i] = code;
    }
    const left = name;
    name = (code) => {
      const key = pairs[code]!;
      return `${left(Math.floor(key / width))}:${part.levels[key % width]!}`;
    };
    codes = combined;
    size = pairs.length;
  }
  return { codes, size, levelName: name };
}

/**
 * Fills one column for a block of rows with (product of atoms − origin) · scale.
 *
 * @param start  first row of the block, counted among the rows used
 * @param out    receives `count` values from `at`
 */
export function fillColumn(
  column: DesignColumn,
  rows: Int32Array | null,
  start: number,
  count: number,
  origin: number,
  scale: number,
  out: Float64Array,
  at: number,
): void {
  const { atoms } = column;
  if (atoms.length === 0) {
    out.fill((1 - origin) * scale, at, at + count);
    return;
  }
  const first = atoms[0]!;
  if (atoms.length === 1 && rows === null && first.kind === "indicator") {
    fillIndicator(first.codes, first.level, start, count, origin, scale, out, at);
    return;
  }
  for (let r = 0; r < count; r++) out[at + r] = 1;
  for (const atom of atoms) {
    if (atom.kind === "numeric") {
      const { values } = atom;
      for (let r = 0; r < count; r++) out[at + r]! *= values[rows ? rows[start + r]! : start + r]!;
    } else {
      const { codes, level } = atom;
      for (let r = 0; r < count; r++) {
        if (codes[rows ? rows[start + r]! : start + r] !== level) out[at + r] = 0;
      }
    }
  }
  for (let r = 0; r < count; r++) out[at + r] = (out[at + r]! - origin) * scale;
}

function fillIndicator(
  codes: Int32Array,
  level: number,
  start: number,
  count: number,
  origin: number,
  scale: number,
  out: Float64Array,
  at: number,
): void {
  const off = -origin * scale;
  const on = (1 - origin) * scale;
  for (let r = 0; r < count; r++) out[at + r] = codes[start + r] === level ? on : off;
}
