/** The server by itself, configured by the environment: for a process supervisor. */

import { startServer, stopOnSignals } from "./start.ts";

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  stopOnSignals(await startServer({ log, onReady: ({ url }) => log(`服务已启动：${url}`) }), log);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
