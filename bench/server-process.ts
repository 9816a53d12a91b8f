/** The server of the benchmark in a process of its own, with the sample district loaded first. */

import { seed } from "../apps/cli/src/seed.ts";
import { startServer, stopOnSignals } from "../apps/server/src/index.ts";

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const server = await startServer({
  log,
  prepare: async (store) => {
    await seed({ store, log });
  },
  onReady: ({ url }) => log(`READY ${url}`),
});
stopOnSignals(server);
