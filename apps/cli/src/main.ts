/** The command `xingfu`: finds the command, runs it, and turns what went wrong into a sentence and an exit code. */

import { enableCompileCache } from "node:module";
import { commandHelp, nearest, readCall } from "./command.ts";
import { commands } from "./commands.ts";
import type { Entry } from "./commands.ts";
import { CommandRefusal, endWithThePipe, exit, languageOf, note, print } from "./terminal.ts";
import type { Language } from "./terminal.ts";

const version = "0.1.0";

// what was compiled the last time is kept: a command starts in two thirds of the time
enableCompileCache();

async function main(args: readonly string[]): Promise<number> {
  const language = languageIn(args);
  try {
    const found = find(args);
    if (found === undefined) return await overview(args, language);
    const { command } = await found.entry.load();
    const call = readCall(found.name, command, found.rest, language);
    if (call.has("help")) {
      await print(commandHelp(found.name, command, language));
      return exit.done;
    }
    return await command.run(call);
  } catch (error) {
    return await report(error, language);
  }
}

/** The command with the longest name that the arguments begin with: "user add" before "user". */
function find(
  args: readonly string[],
): { readonly name: string; readonly entry: Entry; readonly rest: readonly string[] } | undefined {
  for (const count of [2, 1]) {
    const name = args.slice(0, count).join(" ");
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (entry !== undefined && args.length >= count) return { name, entry, rest: args.slice(count) };
  }
  return undefined;
}

/** `--lang` wherever it stands, before a command is known. */
function languageIn(args: readonly string[]): Language {
  const at = args.findIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  const typed = args[at]?.split("=")[1] ?? args[at + 1];
  if (at < 0) return languageOf(process.env);
  return typed?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}

/** Without a command: the list of commands. With an unknown one: what was probably meant. */
async function overview(args: readonly string[], language: Language): Promise<number> {
  const typed = args[0];
  const [first] = args.filter((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--lang");
  if (typed === "--version") {
    await print(`xingfu ${version} (Node ${process.versions.node})\n`);
    return exit.done;
  }
  const group = Object.keys(commands).filter((name) => first !== undefined && name.startsWith(`${first} `));
  const isAsked = first === undefined || (group.length > 0 && args.includes("--help"));
  const isOption =
    first === undefined && typed !== undefined && !["--help", "-h", "--lang"].includes(typed.split("=")[0] ?? "");
  if (isAsked && !isOption) {
    const text = commandList(group.length > 0 ? group : Object.keys(commands), language);
    if (first === undefined && typed === undefined) {
      await note(text.trimEnd());
      return exit.refused;
    }
    await print(text);
    return exit.done;
  }
  if (group.length > 0 && args.length === 1) {
    await note(commandList(group, language).trimEnd());
    return exit.refused;
  }
  const wrong = group.length > 0 ? args.slice(0, 2).join(" ") : (first ?? typed ?? "");
  const near = nearest(wrong, Object.keys(commands));
  const lines = {
    zh: `xingfu: 没有命令“${wrong}”。${near === undefined ? "" : `是不是 xingfu ${near}？`}全部命令见 xingfu --help`,
    en: `xingfu: there is no command "${wrong}".${near === undefined ? "" : ` Did you mean xingfu ${near}?`} See xingfu --help`,
  };
  await note(lines[language]);
  return exit.refused;
}

function commandList(names: readonly string[], language: Language): string {
  const width = Math.max(...names.map((name) => name.length));
  const list = names.map((name) => `  ${name.padEnd(width)}  ${commands[name]?.summary[language] ?? ""}`);
  const head = {
    zh: "用法：xingfu 命令 […]\n\n命令：",
    en: "Usage: xingfu COMMAND […]\n\nCommands:",
  };
  const foot = {
    zh: "每条命令的说明：xingfu 命令 --help。退出码：0 完成，2 输入或参数不能用，1 其他故障。",
    en: "Help of a command: xingfu COMMAND --help. Exit codes: 0 done, 2 input or arguments cannot be used, 1 anything else.",
  };
  return `${head[language]}\n${list.join("\n")}\n\n${foot[language]}\n`;
}

/** Refusals are told in one sentence; anything else is our mistake and keeps its stack. */
async function report(error: unknown, language: Language): Promise<number> {
  if (error instanceof CommandRefusal) {
    await note(`xingfu: ${error.text[language]}`);
    return exit.refused;
  }
  // faults of the store, the server and the wire carry a code and a Chinese sentence for the terminal
  if (error instanceof Error && "code" in error && "fields" in error && typeof error.code === "string") {
    await note(`xingfu: ${error.code} ${error.message}`);
    return exit.failed;
  }
  const sentence = {
    zh: "程序出错，这不应当发生。请把下面的内容告知维护人员。",
    en: "Something broke that should not. Please report the lines below.",
  };
  await note(
    `xingfu: ${sentence[language]}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return exit.failed;
}

endWithThePipe();
process.exitCode = await main(process.argv.slice(2));
