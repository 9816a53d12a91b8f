/** How a command is described, read from the arguments, and explained in its help. */

import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { CommandRefusal, widthOf } from "./terminal.ts";
import type { Language, Text } from "./terminal.ts";

/** One `--option`. */
export interface Option {
  readonly kind: "switch" | "value";
  /** what stands for the value in the help, e.g. OUT.docx */
  readonly value?: string;
  readonly mayRepeat?: boolean;
  readonly help: Text;
}

/** What stands behind the command's name. */
export interface Positional {
  readonly name: string;
  readonly isOptional?: boolean;
  readonly mayRepeat?: boolean;
}

export interface Command {
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
  /** paragraphs below the usage line */
  readonly about: Text;
  readonly examples: readonly string[];
  /** the exit code */
  readonly run: (call: Call) => Promise<number>;
}

/** One command as typed. */
export interface Call {
  readonly language: Language;
  readonly positionals: readonly string[];
  /** whether a switch is set */
  has(option: string): boolean;
  /** the value of an option, the last one when it was given twice; undefined = not given */
  value(option: string): string | undefined;
  values(option: string): readonly string[];
}

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, Option>> = {
  help: { kind: "switch", help: { zh: "显示本说明", en: "show this help" } },
  lang: { kind: "value", value: "zh|en", help: { zh: "说明的语言", en: "language of the help" } },
};

/**
 * The arguments behind a command's name, checked against its description.
 *
 * @throws CommandRefusal that says which argument is wrong and what was probably meant
 */
export function readCall(name: string, command: Command, args: readonly string[], language: Language): Call {
  const options = { ...command.options, ...commonOptions };
  const config: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [option, { kind }] of Object.entries(options)) {
    config[option] = { type: kind === "switch" ? "boolean" : "string", multiple: true };
  }
  const { tokens } = parseArgs({
    args: args.map((arg) => (arg === "-h" ? "--help" : arg)),
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (option === undefined || !token.rawName.startsWith("--"))
      throw unknownOption(name, token.rawName, Object.keys(options));
    const value = token.value;
    if (option.kind === "switch" && value !== undefined) {
      throw refusal(name, `${token.rawName} 不带值`, `${token.rawName} takes no value`);
    }
    const isSwallowed = token.inlineValue === false && value !== undefined && value.length > 1 && value.startsWith("-");
    if (option.kind === "value" && (value === undefined || value === "" || isSwallowed)) {
      throw refusal(
        name,
        `${token.rawName} 后面缺少值（${option.value ?? ""}）`,
        `${token.rawName} needs a value (${option.value ?? ""})`,
      );
    }
    given.set(token.name, [...(given.get(token.name) ?? []), value ?? ""]);
  }
  for (const [option, values] of given) {
    if (values.length > 1 && options[option]?.kind === "value" && options[option].mayRepeat !== true) {
      throw refusal(name, `--${option} 只能给一次`, `--${option} may be given once only`);
    }
  }
  const call: Call = {
    language,
    positionals,
    has: (option) => given.has(option),
    value: (option) => given.get(option)?.at(-1),
    values: (option) => given.get(option) ?? [],
  };
  if (!call.has("help")) checkPositionals(name, command.positionals, positionals);
  return call;
}

function checkPositionals(name: string, expected: readonly Positional[], given: readonly string[]): void {
  const missing = expected.find((positional, index) => positional.isOptional !== true && index >= given.length);
  if (missing !== undefined) throw refusal(name, `缺少 ${missing.name}`, `${missing.name} is missing`);
  const extra = given[expected.length];
  if (extra !== undefined && expected.at(-1)?.mayRepeat !== true) {
    throw refusal(name, `多余的参数：${extra}`, `unexpected argument: ${extra}`);
  }
}

function unknownOption(name: string, typed: string, options: readonly string[]): CommandRefusal {
  const near = nearest(typed.replace(/^-+/, ""), options);
  if (near === undefined) return refusal(name, `没有选项 ${typed}`, `there is no option ${typed}`);
  return refusal(name, `没有选项 ${typed}。是不是 --${near}？`, `there is no option ${typed}. Did you mean --${near}?`);
}

function refusal(name: string, zh: string, en: string): CommandRefusal {
  return new CommandRefusal({
    zh: `${stopped(zh, "。")}用法见 xingfu ${name} --help`,
    en: `${stopped(en, ".")} See xingfu ${name} --help`,
  });
}

function stopped(text: string, mark: string): string {
  return /[？?。.]$/.test(text) ? text : `${text}${mark}`;
}

/** The name that was probably meant; undefined when none is near. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = name.startsWith(typed) && typed.length >= 2 ? 1 : editDistance(typed, name);
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isEqual = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isEqual ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** The help of one command. */
export function commandHelp(name: string, command: Command, language: Language): string {
  const words = {
    zh: { usage: "用法：", options: "选项：", examples: "例子：" },
    en: { usage: "Usage: ", options: "Options:", examples: "Examples:" },
  }[language];
  const positionals = command.positionals.map(({ name: word, isOptional, mayRepeat }) => {
    const text = mayRepeat === true ? `${word} …` : word;
    return isOptional === true ? ` [${text}]` : ` ${text}`;
  });
  const rows = Object.entries({ ...command.options, ...commonOptions }).map(
    ([option, { value, help }]) => [`--${option}${value === undefined ? "" : ` ${value}`}`, help[language]] as const,
  );
  const width = Math.max(...rows.map(([left]) => widthOf(left)));
  const lines = [
    `${words.usage}xingfu ${name}${positionals.join("")}${Object.keys(command.options).length > 0 ? " […]" : ""}`,
    "",
    command.about[language],
    "",
    words.options,
    ...rows.map(([left, right]) => `  ${left}${" ".repeat(width - widthOf(left))}  ${right}`),
  ];
  if (command.examples.length > 0) {
    lines.push("", words.examples, ...command.examples.map((example) => `  ${example}`));
  }
  return `${lines.join("\n")}\n`;
}
