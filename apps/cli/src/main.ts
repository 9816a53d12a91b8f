/** The command `xingfu`: finds the command, runs it, and turns what went wrong into a sentence and an exit code. */

import { commandHelp, nearest, readCall } from "./command.ts";
import type { Command } from "./command.ts";
import { CommandRefusal, endWithThePipe, exit, languageOf, note, print } from "./terminal.ts";
import type { Language, Text } from "./terminal.ts";

interface Entry {
  readonly summary: Text;
  /** loaded only when it runs: `assess` needs no database */
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command by its name, in the order of the help. */
const commands: Readonly<Record<string, Entry>> = {
  assess: { summary: { zh: "评估一份填报工作簿（不需要服务器和数据库）", en: "assess a return (no server, no database)" }, load: () => import("./assess.ts") },
  check: { summary: { zh: "检查填报工作簿，列出全部问题", en: "list what is wrong with a return" }, load: () => import("./check.ts") },
  template: { summary: { zh: "写出空白填报工作簿", en: "write an empty workbook" }, load: () => import("./template.ts") },
  import: { summary: { zh: "检查并导入填报工作簿", en: "check and load a return" }, load: () => import("./import.ts") },
  serve: { summary: { zh: "启动系统（npm start 所运行的）", en: "start the system (what npm start runs)" }, load: () => import("./serve.ts") },
  seed: { summary: { zh: "把示例区县载入数据库", en: "load the sample district into the database" }, load: () => import("./seed-command.ts") },
  migrate: { summary: { zh: "升级数据库，或查看升级情况", en: "bring the database to this version" }, load: () => import("./migrate.ts") },
  "district add": { summary: { zh: "建立区县和第一个系统管理员", en: "create a district and its first administrator" }, load: async () => ({ command: (await import("./users.ts")).districtAddCommand }) },
  "district list": { summary: { zh: "列出区县", en: "list the districts" }, load: async () => ({ command: (await import("./users.ts")).districtListCommand }) },
  "user add": { summary: { zh: "建立账号", en: "create an account" }, load: async () => ({ command: (await import("./users.ts")).addCommand }) },
  "user list": { summary: { zh: "列出账号", en: "list the accounts" }, load: async () => ({ command: (await import("./users.ts")).listCommand }) },
  "user grant": { summary: { zh: "增加或取消角色", en: "give or take a role" }, load: async () => ({ command: (await import("./users.ts")).grantCommand }) },
  "user reset-password": { summary: { zh: "重设密码", en: "give a new first password" }, load: async () => ({ command: (await import("./users.ts")).resetPasswordCommand }) },
  "user unlock": { summary: { zh: "解除锁定", en: "end a lock-out" }, load: async () => ({ command: (await import("./users.ts")).unlockCommand }) },
  "user disable": { summary: { zh: "停用账号", en: "close an account" }, load: async () => ({ command: (await import("./users.ts")).disableCommand }) },
  "user enable": { summary: { zh: "重新启用账号", en: "open a closed account" }, load: async () => ({ command: (await import("./users.ts")).enableCommand }) },
};

const version = "0.1.0";

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
function find(args: readonly string[]): { readonly name: string; readonly entry: Entry; readonly rest: readonly string[] } | undefined {
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
  const isOption = first === undefined && typed !== undefined && !["--help", "-h", "--lang"].includes(typed.split("=")[0] ?? "");
  if (isAsked && !isOption) {
    const text = commandList(group.length > 0 ? group : Object.keys(commands), language);
    if (first === undefined && typed === undefined) {
      await note(text.trimEnd());
      return exit.refused;
    }
    await print(text);
    return exit.done;
  }
  const wrong = group.length > 0 ? args.slice(0, 2).join(" ") : (first ?? typed ?? "");
  const near = nearest(wrong, Object.keys(commands));
  const lines = {
    zh: `xingfu: 没有命令“${wrong}”。${near === undefined ? "" : `是不是 xingfu ${near}？`}全部命令见 xingfu --help`,
    en: `xingfu: there is no command "${wrong}".${near === undefined ? "" : ` Did you mean xingfu ${near}?`} See xingfu --help`,
  };
  await note(lines[language]);
  if (group.length > 0) await note(commandList(group, language).trimEnd());
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
  const sentence = { zh: "程序出错，这不应当发生。请把下面的内容告知维护人员。", en: "Something broke that should not. Please report the lines below." };
  await note(`xingfu: ${sentence[language]}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return exit.failed;
}

endWithThePipe();
process.exitCode = await main(process.argv.slice(2));
