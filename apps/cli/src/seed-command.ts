/** `xingfu seed`: the sample district into the database, without serving it. */

import type { Call, Command } from "./command.ts";
import { withDatabase } from "./database.ts";
import { seed } from "./seed.ts";
import { exit, print, progress } from "./terminal.ts";

export const command: Command = {
  positionals: [],
  options: {},
  about: {
    zh: "把示例区县（全部为虚构内容）载入数据库：.xingfu 目录（XINGFU_DATA 可改）或 DATABASE_URL。\n可以重复运行：中断过的接着载入，已完整的不再改动。",
    en: "Loads the sample district (all invented) into the database of XINGFU_DATA or DATABASE_URL. May be repeated:\nan interrupted load goes on, a complete one is left alone.",
  },
  examples: ["xingfu seed", "DATABASE_URL=postgresql://… xingfu seed"],
  run,
};

async function run(_call: Call): Promise<number> {
  return withDatabase({ log: progress, mayCreate: true }, async ({ store }) => {
    const report = await seed({ store, log: progress });
    await print(
      report.outcome === "present"
        ? "示例数据已经完整，没有改动。\n"
        : `示例数据已载入，用时 ${report.seconds.toFixed(1)} 秒。\n`,
    );
    return exit.done;
  });
}
