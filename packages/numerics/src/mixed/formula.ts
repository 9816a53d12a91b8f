/**
 * The field's formula language: `score ~ prior * sex + (prior | school/class)`, as R and lme4 read it.
 *
 * Terms. An *expression* is arithmetic on columns (`I(x^2)`, `log(x)`, `poly(x, 2)`); a *variable* is an expression
 * used as a factor of a term, known by its text; a *term* is a set of variables multiplied together (`a:b`); the empty
 * term is the intercept.
 */
import type { MixedRule } from "../fault.ts";
import { NumericsFault } from "../fault.ts";

/** Arithmetic on columns, and the operators of the formula language, as a tree. */
export type Expression =
  | { readonly kind: "number"; readonly value: number; readonly position: number }
  | { readonly kind: "name"; readonly name: string; readonly position: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Argument[]; readonly position: number }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression; readonly position: number }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly position: number;
    };

export interface Argument {
  /** as in `poly(x, 2, raw = TRUE)`; empty when positional */
  readonly label: string;
  readonly value: Expression;
}

/** A term: the texts of its variables in order of appearance. Empty: the intercept. */
export type Term = readonly string[];

/** A sum of terms, in R's order: by number of variables, then by appearance. */
export interface TermList {
  readonly hasIntercept: boolean;
  readonly terms: readonly Term[];
}

/** `(slopes | group)`: effects that vary between the groups. */
export interface RandomTerm {
  readonly slopes: TermList;
  /** variables whose combination is the group: `["class", "school"]` for the inner part of `school/class` */
  readonly group: Term;
}

export interface Formula {
  readonly text: string;
  readonly response: Expression;
  readonly fixed: TermList;
  readonly random: readonly RandomTerm[];
  /** every variable by its text */
  readonly variables: ReadonlyMap<string, Expression>;
}

interface Token {
  readonly text: string;
  readonly kind: "number" | "name" | "operator" | "end";
  readonly position: number;
}

const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const OPERATOR = /\|\||%in%|[-~+*/:^|(),=]/y;
const SPACE = /\s*/y;

/** Whether a character may stand in a name; letters of every script, decided without tables for the usual ones. */
function isNamePart(character: string, isFirst: boolean): boolean {
  if ((character >= "a" && character <= "z") || (character >= "A" && character <= "Z") || character === ".")
    return true;
  if ((character >= "0" && character <= "9") || character === "_") return !isFirst;
  if (character < "\u0080") return false;
  return (isFirst ? /\p{L}/u : /[\p{L}\p{N}]/u).test(character);
}

/**
 * @throws FORMULA_INVALID with the position of the first character that cannot be understood
 */
export function parseFormula(text: string): Formula {
  const refuse: Refuse = (position, rule, problem, found = "") => {
    throw new NumericsFault("FORMULA_INVALID", { formula: text, position, problem, rule, named: { found } });
  };
  const tokens = tokenize(text, refuse);
  let at = 0;
  const peek = (): Token => tokens[at]!;
  const isNext = (...operators: string[]): boolean => peek().kind === "operator" && operators.includes(peek().text);
  const expect = (operator: string, rule: MixedRule, problem: string, found = ""): void => {
    if (!isNext(operator)) refuse(peek().position, rule, problem, found);
    at++;
  };

  /** Binary operators from weakest to strongest, all left-associative but `^`. */
  const levels = [["|", "||"], ["+", "-"], ["*", "/"], ["%in%"], [":"]];
  const parse = (level: number): Expression => {
    if (level === levels.length) return parseUnary();
    let left = parse(level + 1);
    while (isNext(...levels[level]!)) {
      const { text: operator, position } = tokens[at++]!;
      left = { kind: "binary", operator, left, right: parse(level + 1), position };
    }
    return left;
  };
  const parseUnary = (): Expression => {
    if (isNext("-", "+")) {
      const { text: operator, position } = tokens[at++]!;
      return { kind: "unary", operator, operand: parseUnary(), position };
    }
    const base = parsePrimary();
    if (!isNext("^")) return base;
    const { position } = tokens[at++]!;
    return { kind: "binary", operator: "^", left: base, right: parseUnary(), position };
  };
  const parsePrimary = (): Expression => {
    const token = peek();
    at++;
    if (token.kind === "number") return { kind: "number", value: Number(token.text), position: token.position };
    if (token.kind === "name") {
      if (!isNext("(")) return { kind: "name", name: token.text, position: token.position };
      at++;
      const args: Argument[] = [];
      while (!isNext(")")) {
        if (args.length > 0)
          expect(",", "formula-arguments", `expected "," or ")" in the arguments of ${token.text}()`, token.text);
        let label = "";
        if (peek().kind === "name" && tokens[at + 1]?.text === "=") {
          label = peek().text;
          at += 2;
        }
        args.push({ label, value: parse(0) });
      }
      at++;
      return { kind: "call", name: token.text, args, position: token.position };
    }
    if (token.kind === "operator" && token.text === "(") {
      const inner = parse(0);
      expect(")", "formula-bracket-open", 'this bracket is not closed: expected ")"');
      return { kind: "call", name: "(", args: [{ label: "", value: inner }], position: token.position };
    }
    const found = token.kind === "end" ? "the end of the formula" : `"${token.text}"`;
    return refuse(
      token.position,
      "formula-operand-missing",
      `expected a column, a number or "(", found ${found}`,
      token.text,
    );
  };

  const response = parse(1);
  expect("~", "formula-no-tilde", 'expected "~" between the outcome and the model');
  const model = parse(0);
  if (peek().kind !== "end")
    refuse(peek().position, "formula-not-expected", `"${peek().text}" is not expected here`, peek().text);

  const variables = new Map<string, Expression>();
  const context: Context = { variables, refuse };
  const { fixed, bars } = separate(model, context);
  const fixedTerms = expandTerms(fixed, context);
  const random = bars.flatMap((bar) => expandBar(bar, context));
  return { text, response: unwrap(response), fixed: fixedTerms, random, variables };
}

/** How a formula uses a column of the table. */
export interface ColumnUse {
  /** characters from 0, of its first mention */
  readonly position: number;
  /** it tells the groups of a random term */
  readonly isGroup: boolean;
  /** it is the outcome, or its values enter a term */
  readonly isTerm: boolean;
}

/** The columns of the table that a formula needs, by name. */
export function columnsOfFormula(formula: Formula): ReadonlyMap<string, ColumnUse> {
  const uses = new Map<string, ColumnUse>();
  const visit = (expression: Expression, isGroup: boolean): void => {
    switch (expression.kind) {
      case "name": {
        const { name, position } = expression;
        const before = uses.get(name) ?? { position, isGroup: false, isTerm: false };
        uses.set(name, {
          position: Math.min(before.position, position),
          isGroup: before.isGroup || isGroup,
          isTerm: before.isTerm || !isGroup,
        });
        break;
      }
      case "unary":
        visit(expression.operand, isGroup);
        break;
      case "binary":
        visit(expression.left, isGroup);
        visit(expression.right, isGroup);
        break;
      case "call":
        for (const { label, value } of expression.args) if (label !== "raw") visit(value, isGroup);
        break;
      default:
    }
  };
  visit(formula.response, false);
  for (const term of [...formula.fixed.terms, ...formula.random.flatMap(({ slopes }) => slopes.terms)]) {
    for (const name of term) visit(formula.variables.get(name)!, false);
  }
  for (const { group } of formula.random) for (const name of group) visit(formula.variables.get(name)!, true);
  return uses;
}

/** Throws FORMULA_INVALID. `found` is what stands at the position, for the sentence. */
type Refuse = (position: number, rule: MixedRule, problem: string, found?: string) => never;

function tokenize(text: string, refuse: Refuse): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  for (;;) {
    take(SPACE);
    if (at >= end) break;
    const position = at;
    const number = take(NUMBER);
    const operator = number === "" ? take(OPERATOR) : "";
    if (number !== "") tokens.push({ text: number, kind: "number", position });
    else if (operator !== "") tokens.push({ text: operator, kind: "operator", position });
    else if (text[at] === "`" && text.indexOf("`", at + 1) > at + 1) {
      const close = text.indexOf("`", at + 1);
      tokens.push({ text: text.slice(at + 1, close), kind: "name", position });
      at = close + 1;
    } else {
      for (const character of text.slice(at)) {
        if (!isNamePart(character, at === position)) break;
        at += character.length;
      }
      if (at === position) {
        const found = String.fromCodePoint(text.codePointAt(at)!);
        return refuse(position, "formula-sign-unknown", `"${found}" has no meaning in a formula`, found);
      }
      tokens.push({ text: text.slice(position, at), kind: "name", position });
    }
  }
  tokens.push({ text: "", kind: "end", position: text.length });
  return tokens;
}

interface Context {
  readonly variables: Map<string, Expression>;
  readonly refuse: Refuse;
}

/** Bracketed expression without its brackets. */
function unwrap(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "call" && inner.name === "(") inner = inner.args[0]!.value;
  return inner;
}

interface Bar {
  readonly slopes: Expression;
  readonly group: Expression;
  readonly isCorrelated: boolean;
}

/** Takes the `(… | …)` out of a sum. */
function separate(model: Expression, context: Context): { fixed: Signed[]; bars: Bar[] } {
  const fixed: Signed[] = [];
  const bars: Bar[] = [];
  for (const part of addends(model, 1)) {
    const inner = unwrap(part.expression);
    if (inner.kind !== "binary" || (inner.operator !== "|" && inner.operator !== "||")) {
      if (containsBar(inner))
        context.refuse(inner.position, "formula-bar-inside", "a random term must stand by itself in a sum");
      fixed.push(part);
      continue;
    }
    if (inner === part.expression) {
      context.refuse(
        inner.position,
        "formula-bar-brackets",
        `put the random term in brackets: (… ${inner.operator} group)`,
        inner.operator,
      );
    }
    if (part.sign < 0) context.refuse(inner.position, "formula-bar-subtracted", "a random term cannot be subtracted");
    bars.push({ slopes: inner.left, group: inner.right, isCorrelated: inner.operator === "|" });
  }
  return { fixed, bars };
}

function containsBar(expression: Expression): boolean {
  switch (expression.kind) {
    case "binary":
      return expression.operator.startsWith("|") || containsBar(expression.left) || containsBar(expression.right);
    case "unary":
      return containsBar(expression.operand);
    case "call":
      return expression.args.some((argument) => containsBar(argument.value));
    default:
      return false;
  }
}

interface Signed {
  readonly expression: Expression;
  readonly sign: 1 | -1;
}

function addends(expression: Expression, sign: 1 | -1): Signed[] {
  if (expression.kind === "binary" && (expression.operator === "+" || expression.operator === "-")) {
    const right: 1 | -1 = expression.operator === "+" ? sign : sign === 1 ? -1 : 1;
    return [...addends(expression.left, sign), ...addends(expression.right, right)];
  }
  if (expression.kind === "unary") {
    return addends(expression.operand, expression.operator === "-" ? (sign === 1 ? -1 : 1) : sign);
  }
  return [{ expression, sign }];
}

/** `(a + b || g)` and `(x | g/h)` as plain random terms. */
function expandBar(bar: Bar, context: Context): RandomTerm[] {
  const groups = expandGroup(bar.group, context);
  const all = expandTerms(addends(bar.slopes, 1), context);
  const blocks: TermList[] = [];
  if (bar.isCorrelated) blocks.push(all);
  else {
    if (all.hasIntercept) blocks.push({ hasIntercept: true, terms: [] });
    for (const term of all.terms) blocks.push({ hasIntercept: false, terms: [term] });
  }
  if (blocks.length === 0 || (blocks.length === 1 && !blocks[0]!.hasIntercept && blocks[0]!.terms.length === 0)) {
    context.refuse(
      bar.slopes.position,
      "formula-bar-empty",
      "this random term has no effect that varies: write (1 | group)",
    );
  }
  return groups.flatMap((group) => blocks.map((slopes) => ({ slopes, group })));
}

/** `school/class` is `class:school` and `school`, in lme4's order and naming. */
function expandGroup(group: Expression, context: Context): Term[] {
  const inner = unwrap(group);
  if (inner.kind === "binary" && inner.operator === "/") {
    const outer = expandGroup(inner.left, context);
    const own = expandGroup(inner.right, context);
    if (own.length !== 1)
      context.refuse(inner.position, "formula-nesting", "write nested groups from the outermost: a/b/c");
    return [[...own[0]!, ...outer[0]!], ...outer];
  }
  if (inner.kind === "binary" && inner.operator === ":") {
    const left = expandGroup(inner.left, context);
    const right = expandGroup(inner.right, context);
    return [[...left[0]!, ...right[0]!]];
  }
  if (inner.kind === "binary" && inner.operator === "+") {
    return [...expandGroup(inner.left, context), ...expandGroup(inner.right, context)];
  }
  if (inner.kind === "name" || (inner.kind === "call" && inner.name === "factor")) {
    return [[variable(inner, context)]];
  }
  return context.refuse(inner.position, "formula-group", "a group must be a column, a:b or a/b");
}

function expandTerms(parts: readonly Signed[], context: Context): TermList {
  let hasIntercept = true;
  const terms = new Map<string, Term>();
  for (const { expression, sign } of parts) {
    const inner = unwrap(expression);
    if (inner.kind === "number") {
      if (inner.value !== 0 && inner.value !== 1) {
        context.refuse(
          inner.position,
          "formula-number-alone",
          "only 0 and 1 may stand alone: without and with intercept",
        );
      }
      hasIntercept = (inner.value === 1) === (sign === 1);
      continue;
    }
    for (const term of productTerms(inner, context)) {
      if (sign === 1) terms.set(keyOf(term), terms.get(keyOf(term)) ?? term);
      else terms.delete(keyOf(term));
    }
  }
  // R writes the variables of a term in the order in which they first appear in the sum
  const appearance = [...new Set([...terms.values()].flat())];
  const ordered = [...terms.values()]
    .filter((term) => term.length > 0)
    .map((term) => term.toSorted((a, b) => appearance.indexOf(a) - appearance.indexOf(b)));
  return { hasIntercept, terms: ordered.toSorted((a, b) => a.length - b.length) };
}

/** A term is a set: `a:b` and `b:a` are one. */
function keyOf(term: Term): string {
  return JSON.stringify(term.toSorted());
}

function productTerms(expression: Expression, context: Context): Term[] {
  const inner = unwrap(expression);
  if (inner.kind === "binary") {
    const cross = (left: readonly Term[], right: readonly Term[]): Term[] =>
      left.flatMap((a) => right.map((b) => [...a, ...b.filter((name) => !a.includes(name))]));
    const left = (): Term[] => productTerms(inner.left, context);
    const right = (): Term[] => productTerms(inner.right, context);
    switch (inner.operator) {
      case "+":
        return unique([...left(), ...right()]);
      case "-": {
        const gone = new Set(right().map(keyOf));
        return left().filter((term) => !gone.has(keyOf(term)));
      }
      case ":":
      case "%in%":
        return unique(cross(left(), right()));
      case "*": {
        const [a, b] = [left(), right()];
        return unique([...a, ...b, ...cross(a, b)]);
      }
      case "/": {
        const [a, b] = [left(), right()];
        const whole = [...new Set(a.flat())];
        return unique([...a, ...cross([whole], b)]);
      }
      case "^": {
        const power = inner.right;
        if (power.kind !== "number" || !Number.isInteger(power.value) || power.value < 1) {
          return context.refuse(
            inner.position,
            "formula-power",
            "a power of terms must be a whole number; for arithmetic write I(x^2)",
          );
        }
        const base = left();
        let all = base;
        for (let i = 1; i < power.value; i++) all = unique([...all, ...cross(all, base)]);
        return all;
      }
      default:
        return context.refuse(
          inner.position,
          "formula-operator",
          `"${inner.operator}" is not allowed inside a term`,
          inner.operator,
        );
    }
  }
  if (inner.kind === "unary" || inner.kind === "number") {
    return context.refuse(inner.position, "formula-arithmetic", "arithmetic in a formula must be wrapped: I(…)");
  }
  return [[variable(inner, context)]];
}

function unique(terms: readonly Term[]): Term[] {
  const seen = new Map(terms.map((term) => [keyOf(term), term]));
  for (const term of terms.toReversed()) seen.set(keyOf(term), term);
  return [...seen.values()];
}

function variable(expression: Expression, context: Context): string {
  const text = textOf(expression);
  if (!context.variables.has(text)) context.variables.set(text, expression);
  return text;
}

/** An expression as R prints it: `I(x^2)`, `poly(x, 2)`, `log(x + 1)`. */
export function textOf(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "name":
      return expression.name;
    case "unary":
      return expression.operator + textOf(expression.operand);
    case "binary": {
      const isTight = ["^", ":", "/"].includes(expression.operator);
      return (
        textOf(expression.left) +
        (isTight ? expression.operator : ` ${expression.operator} `) +
        textOf(expression.right)
      );
    }
    default: {
      const args = expression.args.map(({ label, value }) => (label ? `${label} = ` : "") + textOf(value));
      return `${expression.name === "(" ? "" : expression.name}(${args.join(", ")})`;
    }
  }
}
