/** `xingfu serve`, which is what `npm start` runs: the server, with the sample district on a first start. */

import type { RunningServer } from "@xingfu/server";
import { startServer } from "@xingfu/server";
import type { Store } from "@xingfu/store";
import type { Call, Command } from "./command.ts";
import { dataFolder } from "./database.ts";
import type { SeedReport } from "./seed.ts";
import { seed } from "./seed.ts";
import { CommandRefusal, exit, note, print, textTable } from "./terminal.ts";
import { roleLabel } from "./wording.ts";

export const command: Command = {
  positionals: [],
  options: {
    port: {
      kind: "value",
      value: "3000",
      help: { zh: "端口；缺省取环境变量 PORT，再缺省为 3000", en: "port; default: PORT, else 3000" },
    },
    empty: { kind: "switch", help: { zh: "不载入示例数据", en: "do not load the sample district" } },
  },
  about: {
    zh: "启动系统：建立或打开数据库，第一次启动时载入示例区县，然后在 http://localhost:3000 提供服务。按 Ctrl-C 停止。\n数据放在 .xingfu 目录（XINGFU_DATA 可改），或用 DATABASE_URL 指定 PostgreSQL 15 以上。",
    en: "Starts the system: creates or opens the database, loads the sample district on a first start, and serves\nhttp://localhost:3000. Ctrl-C stops it. Data lie in .xingfu (XINGFU_DATA moves them), or in the PostgreSQL of\nDATABASE_URL.",
  },
  examples: ["xingfu serve", "PORT=8080 XINGFU_DATA=/srv/xingfu xingfu serve --empty"],
  run,
};

/** Thrown inside the start when somebody presses Ctrl-C: what was started is stopped again. */
class StartStopped extends Error {
  override readonly name = "StartStopped";
}

/** Stopping must not take longer, whatever hangs. */
const patienceMs = 2900;
/** A start that is stopped first finishes the database step it is in. */
const startPatienceMs = 15_000;

async function run(call: Call): Promise<number> {
  const stop = new StopRequest();
  let sample: SeedReport | null = null;
  const prepare = async (store: Store): Promise<void> => {
    stop.check();
    if (call.has("empty") || !(await needsSample(store))) return;
    sample = await seed({
      store,
      log: (line) => {
        stop.check();
        say(line);
      },
    });
    stop.check();
  };

  let server: RunningServer;
  try {
    const port = portOf(call);
    server = await startServer({
      ...(port === undefined ? {} : { port }),
      dataFolder: dataFolder(process.env),
      log: say,
      prepare,
    });
  } catch (error) {
    if (!(error instanceof StartStopped)) throw error;
    await note("xingfu: 已停止；下次启动会接着载入。");
    return 128 + 2;
  }
  await print(greeting(server.url, sample, (await server.store.gate.listDistricts()).length));
  await stop.asked;
  await print("正在停止…\n");
  const patience = setTimeout(() => process.exit(exit.failed), patienceMs);
  await server.stop();
  clearTimeout(patience);
  await print("已停止。\n");
  // a worker or a socket that is slow to end must not keep a stopped server in the process list
  setTimeout(() => process.exit(exit.done), 100).unref();
  return exit.done;
}

/** Ctrl-C or SIGTERM: once means stop in order, twice means at once. */
class StopRequest {
  readonly asked: Promise<void>;
  #isAsked = false;

  constructor() {
    this.asked = new Promise((resolve) => {
      let last = 0;
      const end = (): void => {
        // a terminal and a parent process may both pass on the same Ctrl-C
        const isEcho = performance.now() - last < 300;
        last = performance.now();
        if (this.#isAsked && !isEcho) process.exit(exit.failed);
        if (!this.#isAsked) setTimeout(() => process.exit(exit.failed), startPatienceMs).unref();
        this.#isAsked = true;
        resolve();
      };
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
    });
  }

  check(): void {
    if (this.#isAsked) throw new StartStopped("stopped while starting");
  }
}

/** A database with real districts never gets the sample; one with an unfinished sample gets the rest. */
async function needsSample(store: Store): Promise<boolean> {
  const districts = await store.gate.listDistricts();
  return districts.length === 0 || districts.some((district) => district.isSample);
}

/** Progress goes to standard output: it is what a person who starts the system looks at. */
function say(line: string): void {
  void print(`${line}\n`);
}

function portOf(call: Call): number | undefined {
  const text = call.value("port");
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CommandRefusal({
    zh: `--port ${text} 应为 0–65535 的整数。`,
    en: `--port ${text} should be a whole number in 0–65535.`,
  });
}

function greeting(url: string, sample: SeedReport | null, districtCount: number): string {
  const lines = ["", `系统已启动：${url}`, `Serving on ${url}`];
  if (sample !== null) {
    const table = textTable(
      [{ title: "用户名" }, { title: "密码" }, { title: "角色" }, { title: "姓名" }],
      sample.accounts.map((account) => [
        account.signInName,
        account.password,
        roleLabel(account.role),
        account.displayName,
      ]),
    );
    lines.push(
      "",
      "演示账号（全部为虚构，初始密码公开，正式使用前请停用）/ Demonstration accounts:",
      "",
      table.trimEnd(),
    );
  } else if (districtCount === 0) {
    lines.push("", "数据库里还没有区县。在另一个终端运行：xingfu district add 行政区划代码 名称 --admin 用户名");
  }
  return `${[...lines, "", "按 Ctrl-C 停止。/ Press Ctrl-C to stop.", ""].join("\n")}\n`;
}
