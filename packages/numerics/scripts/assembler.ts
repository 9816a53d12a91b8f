/**
 * A small assembler for WebAssembly with two-lane arithmetic. Loops written with it run at full speed from the first call
 * of a process, where JavaScript would still be interpreted. A piece of code is the list of its bytes; an expression
 * leaves one value on the stack, a statement none.
 */

/** Bytes of an expression or a statement. */
export type Code = readonly number[];

/** The number of a local variable. */
export type Local = number;

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;

/** LEB128 of a whole number from 0 upwards. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

const binary =
  (...instruction: readonly number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...instruction];
const unary =
  (...instruction: readonly number[]) =>
  (operand: Code): Code => [...operand, ...instruction];

export const get = (local: Local): Code => [0x20, ...unsigned(local)];
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)];

// addresses and counters; addresses are in bytes
/** @param value  0 … 63 as one byte of signed LEB128, larger as two */
export const int = (value: number): Code => [0x41, ...(value < 64 ? [value] : [(value & 0x7f) | 0x80, value >> 7])];
export const plus = binary(0x6a);
export const minus = binary(0x6b);
export const times = binary(0x6c);
export const isBelow = binary(0x49);
export const isEqual = binary(0x46);
export const halved = (value: Code): Code => [...value, ...int(1), 0x76];
export const loadInt = (address: Code, offset = 0): Code => [...address, 0x28, 0x02, ...unsigned(offset)];

// numbers
export const number = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
export const load = (address: Code, offset = 0): Code => [...address, 0x2b, 0x03, ...unsigned(offset)];
export const store = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0x39,
  0x03,
  ...unsigned(offset),
];
export const sum = binary(0xa0);
export const difference = binary(0xa1);
export const product = binary(0xa2);
export const quotient = binary(0xa3);
export const root = unary(0x9f);
export const isAbove = binary(0x64);

// pairs of numbers
export const loadPair = (address: Code, offset = 0): Code => [...address, 0xfd, 0x00, 0x03, ...unsigned(offset)];
export const storePair = (address: Code, value: Code): Code => [...address, ...value, 0xfd, 0x0b, 0x03, 0x00];
export const pairOf = unary(0xfd, 0x14);
export const noPair: Code = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
export const sumOfPairs = binary(0xfd, 0xf0, 0x01);
export const differenceOfPairs = binary(0xfd, 0xf1, 0x01);
export const productOfPairs = binary(0xfd, 0xf2, 0x01);
/** The two numbers of a local pair added up. */
export const total = (pair: Local): Code => sum([...get(pair), 0xfd, 0x21, 0], [...get(pair), 0xfd, 0x21, 1]);

// control
export const when = (condition: Code, statement: Code): Code => [...condition, 0x04, 0x40, ...statement, 0x0b];
/** Runs the statement, and again while the condition holds after it. */
export const repeat = (statement: Code, condition: Code): Code => [
  0x03,
  0x40,
  ...statement,
  ...condition,
  0x0d,
  0x00,
  0x0b,
];
/** counter = first; while (counter < end) { statement; counter += step } */
export const count = (counter: Local, first: Code, end: Code, statement: Code, step = 1): Code => [
  ...set(counter, first),
  ...when(
    isBelow(get(counter), end),
    repeat([...statement, ...set(counter, plus(get(counter), int(step)))], isBelow(get(counter), end)),
  ),
];
export const leave = (value: Code): Code => [...value, 0x0f];
/** Calls the imported logarithm. */
export const log = (value: Code): Code => [...value, 0x10, 0x00];

/** One function: whole numbers as parameters unless said otherwise, locals numbered behind them. */
export class FunctionCode {
  readonly name: string;
  readonly isResult: boolean;
  readonly parameters: readonly number[];
  private readonly locals: number[] = [];
  private body: Code = [];

  /** @param kinds  "i" whole number, "f" number, one letter per parameter @param isResult  whether it returns a number */
  constructor(name: string, kinds: string, isResult = false) {
    this.name = name;
    this.isResult = isResult;
    this.parameters = Array.from(kinds, (kind) => (kind === "f" ? F64 : I32));
  }

  private local(type: number): Local {
    this.locals.push(type);
    return this.parameters.length + this.locals.length - 1;
  }
  integer(): Local {
    return this.local(I32);
  }
  number(): Local {
    return this.local(F64);
  }
  pair(): Local {
    return this.local(V128);
  }
  write(...statements: readonly Code[]): this {
    this.body = statements.flat();
    return this;
  }
  /** @returns type of the function and its body, as their sections of a module list them */
  parts(): { readonly type: Code; readonly body: Code } {
    const code = [...vector(this.locals.map((type) => [1, type])), ...this.body, 0x0b];
    const type = [0x60, ...vector(this.parameters.map((one) => [one])), ...(this.isResult ? [1, F64] : [0])];
    return { type, body: [...unsigned(code.length), ...code] };
  }
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

/** A module of the functions, which share one memory and may call {@link log}. */
export function assemble(functions: readonly FunctionCode[]): Uint8Array<ArrayBuffer> {
  const parts = functions.map((one) => one.parts());
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const text = (word: string): Code => vector(Array.from(word, (letter) => [letter.charCodeAt(0)]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[0x60, 1, F64, 1, F64], ...parts.map(({ type }) => type)])),
    ...section(
      2,
      vector([
        [...text("m"), ...text("log"), 0x00, 0x00],
        [...text("m"), ...text("memory"), 0x02, 0x00, 0x01],
      ]),
    ),
    ...section(3, vector(parts.map((_, i) => unsigned(i + 1)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i + 1)]))),
    ...section(10, vector(parts.map(({ body }) => body))),
  ]);
}
