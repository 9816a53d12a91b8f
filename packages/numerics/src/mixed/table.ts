/** Columns of data as the models take them, and the factors and numbers made from them. */
import type { MixedRule } from "../fault.ts";
import { NumericsFault } from "../fault.ts";
import type { Argument, Expression } from "./formula.ts";
import { textOf } from "./formula.ts";

/** Numbers in a typed array; NaN means missing. Small integer types save memory on millions of rows. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A column of categories: row i holds levels[codes[i]]; code −1 means missing. The first level is the reference. */
export interface FactorColumn {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** A column: numbers, categories, or plain values where `null` (or NaN) means missing. */
export type TableColumn = NumericArray | FactorColumn | readonly (number | string | null)[];

/** Columns of equal length by name. */
export type Table = Readonly<Record<string, TableColumn>>;

/** What an expression of the formula evaluates to. */
export type Variable =
  | { readonly kind: "numeric"; readonly values: NumericArray }
  | { readonly kind: "factor"; readonly factor: FactorColumn }
  /** several numeric columns, such as poly(x, 2); names are suffixes */
  | { readonly kind: "matrix"; readonly columns: readonly NumericArray[]; readonly suffixes: readonly string[] };

/**
 * The column as categories. Numbers sort by value, text by code unit with numeric-looking text by value; an
 * existing factor keeps its order of levels.
 */
export function factorOf(column: TableColumn): FactorColumn {
  if ("codes" in column) return column;
  const n = column.length;
  const codes = new Int32Array(n);
  const seen = new Map<number | string, number>();
  const values: (number | string)[] = [];
  let last: number | string | null | undefined;
  let lastCode = -1;
  for (let i = 0; i < n; i++) {
    const value = column[i]!;
    if (value === last) {
      codes[i] = lastCode;
      continue;
    }
    let code: number | undefined = -1;
    if (value !== null && value === value && value !== "") {
      code = seen.get(value);
      if (code === undefined) {
        code = values.length;
        seen.set(value, code);
        values.push(value);
      }
    }
    codes[i] = code;
    last = value;
    lastCode = code;
  }
  const isNumeric = values.every(
    (value) => typeof value === "number" || (value.trim() !== "" && !Number.isNaN(Number(value))),
  );
  const order = values.map((_, i) => i);
  if (isNumeric) order.sort((a, b) => Number(values[a]) - Number(values[b]));
  else order.sort((a, b) => (String(values[a]) < String(values[b]) ? -1 : 1));
  const rank = new Int32Array(values.length);
  order.forEach((from, to) => {
    rank[from] = to;
  });
  for (let i = 0; i < n; i++) {
    const code = codes[i]!;
    if (code >= 0) codes[i] = rank[code]!;
  }
  return { codes, levels: order.map((from) => String(values[from])) };
}

/** The number of rows of a column. */
export function lengthOf(column: TableColumn): number {
  return "codes" in column ? column.codes.length : column.length;
}

export function columnOf(table: Table, name: string): TableColumn {
  const column = Object.hasOwn(table, name) ? table[name] : undefined;
  if (column === undefined) {
    const known = Object.keys(table);
    const shown = known.slice(0, 20).join(", ") + (known.length > 20 ? ", …" : "");
    throw new NumericsFault("COLUMN_UNKNOWN", {
      column: name,
      known,
      problem: `there is no column "${name}"; the columns are ${shown}`,
    });
  }
  return column;
}

function isTyped(column: TableColumn): column is NumericArray {
  return ArrayBuffer.isView(column);
}

/** A column as a variable: numbers stay numbers, anything with text becomes a factor. */
export function variableOf(column: TableColumn): Variable {
  if ("codes" in column) return { kind: "factor", factor: column };
  if (isTyped(column)) return { kind: "numeric", values: column };
  if (column.some((value) => typeof value === "string" && value !== "")) {
    return { kind: "factor", factor: factorOf(column) };
  }
  return {
    kind: "numeric",
    values: Float64Array.from(column, (value) => (typeof value === "number" ? value : Number.NaN)),
  };
}

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  exp: Math.exp,
  sqrt: Math.sqrt,
  abs: Math.abs,
};

/**
 * Evaluates one variable of a formula over the whole table.
 *
 * @throws COLUMN_UNKNOWN, COLUMN_INVALID, FORMULA_INVALID
 */
export function evaluateVariable(expression: Expression, table: Table, rows: number, formula: string): Variable {
  const refuse = (position: number, problem: string, rule: MixedRule = "formula-function", found = ""): never => {
    throw new NumericsFault("FORMULA_INVALID", { formula, position, problem, rule, named: { found } });
  };
  const numbers = (inner: Expression): NumericArray | number => {
    switch (inner.kind) {
      case "number":
        return inner.value;
      case "name": {
        const variable = variableOf(columnOf(table, inner.name));
        if (variable.kind === "numeric") return variable.values;
        throw new NumericsFault("COLUMN_INVALID", {
          column: inner.name,
          problem: `column "${inner.name}" holds text, so no arithmetic can be done with it`,
          rule: "column-of-text",
        });
      }
      case "unary": {
        const operand = numbers(inner.operand);
        return inner.operator === "-" ? combine(operand, 0, rows, (x) => -x) : operand;
      }
      case "binary": {
        const operations: Readonly<Record<string, (x: number, y: number) => number>> = {
          "+": (x, y) => x + y,
          "-": (x, y) => x - y,
          "*": (x, y) => x * y,
          "/": (x, y) => x / y,
          "^": (x, y) => x ** y,
        };
        const operation = operations[inner.operator];
        if (!operation)
          return refuse(inner.position, `"${inner.operator}" is not arithmetic`, "formula-operator", inner.operator);
        return combine(numbers(inner.left), numbers(inner.right), rows, operation);
      }
      default: {
        const first = inner.args[0];
        if (!first) return refuse(inner.position, `${inner.name}() needs an argument`, "formula-function", inner.name);
        if (inner.name === "I" || inner.name === "(") return numbers(first.value);
        if (inner.name === "scale") return standardized(numbers(first.value), rows);
        const operation = FUNCTIONS[inner.name];
        if (!operation || inner.args.length !== 1) {
          const known = ["I", "poly", "factor", "scale", ...Object.keys(FUNCTIONS)].join(", ");
          return refuse(
            inner.position,
            `there is no function ${inner.name}() of this form; known are ${known}`,
            "formula-function",
            inner.name,
          );
        }
        return combine(numbers(first.value), 0, rows, operation);
      }
    }
  };
  if (expression.kind === "name") return variableOf(columnOf(table, expression.name));
  if (expression.kind === "call" && (expression.name === "factor" || expression.name === "as.factor")) {
    const inner = expression.args[0]?.value;
    if (inner?.kind !== "name")
      return refuse(expression.position, "factor() takes a column", "formula-function", "factor");
    return { kind: "factor", factor: factorOf(columnOf(table, inner.name)) };
  }
  if (expression.kind === "call" && expression.name === "poly") {
    return polynomial(expression.args, numbers, rows, (problem) =>
      refuse(expression.position, problem, "formula-function", "poly"),
    );
  }
  const values = numbers(expression);
  if (typeof values === "number")
    return refuse(expression.position, `${textOf(expression)} is a constant`, "formula-constant");
  return { kind: "numeric", values };
}

function combine(
  left: NumericArray | number,
  right: NumericArray | number,
  rows: number,
  operation: (x: number, y: number) => number,
): NumericArray | number {
  if (typeof left === "number" && typeof right === "number") return operation(left, right);
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    result[i] = operation(typeof left === "number" ? left : left[i]!, typeof right === "number" ? right : right[i]!);
  }
  return result;
}

function standardized(values: NumericArray | number, rows: number): NumericArray | number {
  if (typeof values === "number") return values;
  let n = 0;
  let mean = 0;
  for (const value of values) if (Number.isFinite(value)) mean += (value - mean) / ++n;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  return combine(values, 0, rows, (x) => (x - mean) / deviation);
}

/**
 * R's poly(): polynomials of x orthogonal over the rows with a value, each of unit length, by the three-term
 * recurrence; with `raw = TRUE` plain powers.
 */
function polynomial(
  args: readonly Argument[],
  numbers: (expression: Expression) => NumericArray | number,
  rows: number,
  refuse: (problem: string) => never,
): Variable {
  const positional = args.filter(({ label }) => label === "" || label === "degree");
  const x = positional[0] ? numbers(positional[0].value) : 0;
  const degree = positional[1] ? numbers(positional[1].value) : 1;
  const raw = args.find(({ label }) => label === "raw")?.value;
  const isRaw = raw?.kind === "name" && (raw.name === "TRUE" || raw.name === "T");
  if (typeof x === "number" || typeof degree !== "number" || !Number.isInteger(degree) || degree < 1 || degree > 20) {
    return refuse("poly() takes a column and a degree from 1 to 20: poly(x, 2)");
  }
  const suffixes = Array.from({ length: degree }, (_, d) => String(d + 1));
  if (isRaw) {
    const columns = suffixes.map((_, d) => Float64Array.from(x, (value) => value ** (d + 1)));
    return { kind: "matrix", columns, suffixes };
  }
  let count = 0;
  let mean = 0;
  for (const value of x) if (Number.isFinite(value)) mean += (value - mean) / ++count;
  if (new Set(x).size <= degree) {
    return refuse(`a polynomial of degree ${degree} needs more than ${degree} different values`);
  }
  const centered = Float64Array.from(x, (value) => value - mean);
  let before = new Float64Array(rows);
  let current = Float64Array.from(x, () => 1);
  let normBefore = 1;
  let norm = count;
  const columns: Float64Array[] = [];
  for (let d = 0; d < degree; d++) {
    let shift = 0;
    for (let i = 0; i < rows; i++) if (Number.isFinite(centered[i]!)) shift += centered[i]! * current[i]! ** 2;
    shift /= norm;
    const ratio = d === 0 ? 0 : norm / normBefore;
    const next = current.map((p, i) => (centered[i]! - shift) * p - ratio * before[i]!);
    before = current;
    current = next;
    normBefore = norm;
    norm = 0;
    for (let i = 0; i < rows; i++) if (Number.isFinite(centered[i]!)) norm += current[i]! ** 2;
    const length = Math.sqrt(norm);
    columns.push(current.map((p) => p / length));
  }
  return { kind: "matrix", columns, suffixes };
}
