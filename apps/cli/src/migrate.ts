/** `xingfu migrate`: the database brought to this version, or only looked at. */

import { migrationStatus } from "@xingfu/store";
import type { Call, Command } from "./command.ts";
import { withDatabase } from "./database.ts";
import { exit, print, progress } from "./terminal.ts";

export const command: Command = {
  positionals: [],
  options: {
    status: {
      kind: "switch",
      help: { zh: "只列出已执行和待执行的升级，不改动", en: "only list what is applied and what is missing" },
    },
  },
  about: {
    zh: "把数据库升级到本版本（只向前，有锁，可重复运行）。serve 启动时会自动升级，平时不必单独运行。",
    en: "Brings the database to this version (forward only, under a lock, may be repeated). serve does it by itself.",
  },
  examples: ["xingfu migrate --status", "xingfu migrate"],
  run,
};

async function run(call: Call): Promise<number> {
  const isStatus = call.has("status");
  return withDatabase({ log: progress, mayCreate: !isStatus, isMigrated: false }, async ({ store, url }) => {
    if (isStatus) {
      const { applied, missing } = await migrationStatus(url);
      await print(
        [...applied.map((name) => `已执行  ${name}\n`), ...missing.map((name) => `待执行  ${name}\n`)].join(""),
      );
      return exit.done;
    }
    const { applied, total } = await store.migrate();
    await print(
      applied.length === 0
        ? `数据库已是本版本（共 ${total} 步升级）。\n`
        : `已执行 ${applied.length} 步升级：${applied.join("、")}。\n`,
    );
    return exit.done;
  });
}
