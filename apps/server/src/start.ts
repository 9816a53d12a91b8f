/** Starting and stopping the whole program: database, migrations, preparation, HTTP. */

import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { openStore, startEmbedded } from "@xingfu/store";
import type { Store } from "@xingfu/store";
import { buildApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { Refusal } from "./refusal.ts";

export interface StartOptions {
  /** overrides of the environment */
  readonly port?: number;
  readonly host?: string;
  readonly dataFolder?: string;
  readonly databaseUrl?: string;
  /** one line of progress, in Chinese; the server prints nothing itself */
  readonly log?: (line: string) => void;
  /** runs after migration and before the first request: loading the sample district, for instance */
  readonly prepare?: (store: Store) => Promise<void>;
  readonly onReady?: (server: RunningServer) => void;
  /** default: the process's own */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunningServer {
  /** e.g. http://localhost:3000 */
  readonly url: string;
  readonly store: Store;
  /** answers what is being answered, for at most 1.5 s, then closes everything; safe to call twice */
  stop(): Promise<void>;
}

/** Time for requests under way when the server stops; the database needs about a second more. */
const graceMs = 1500;

const webFolder = fileURLToPath(new URL("../../web/dist", import.meta.url));

/**
 * Starts everything and resolves when requests are answered.
 *
 * @throws Refusal CONFIG_INVALID or PORT_TAKEN, StoreFault when the database cannot be had; each message is a Chinese
 * sentence for the terminal, and whatever was started is stopped again
 */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const { log = () => {}, env = process.env } = options;
  const fromEnv = readConfig(env);
  const config = {
    ...fromEnv,
    port: options.port ?? fromEnv.port,
    host: options.host ?? fromEnv.host,
    dataFolder: options.dataFolder ?? fromEnv.dataFolder,
    databaseUrl: options.databaseUrl ?? fromEnv.databaseUrl,
  };
  await checkPort(config.port, config.host);

  const closers: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      // last opened, first closed; one that fails does not keep the others open
      for (const close of closers.toReversed()) await close().catch((error: unknown) => log(String(error)));
    })();
    return stopping;
  };

  try {
    let url = config.databaseUrl;
    if (url === null) {
      const embedded = await startEmbedded({ dataFolder: config.dataFolder, log });
      closers.push(() => embedded.stop());
      url = embedded.url;
    }
    const store = await openStore({ url, poolSize: config.poolSize });
    closers.push(() => store.close());
    await store.migrate(({ done, total, name }) => log(`升级数据库 ${done}/${total}：${name}`));
    await options.prepare?.(store);
    await store.gate.sweep(staleDays);

    const app = await buildApp({ store, config, webFolder, withProcessMetrics: true });
    closers.push(async () => {
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cut);
    });
    try {
      await app.listen({ port: config.port, host: config.host });
    } catch (error) {
      throw isPortTaken(error) ? new Refusal("PORT_TAKEN", { port: config.port }) : error;
    }
    const address = app.server.address();
    const port = typeof address === "object" && address !== null ? address.port : config.port;
    const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
    const server = { url: `http://${host}:${port}`, store, stop };
    options.onReady?.(server);
    return server;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Checked imports that nobody came back to are forgotten after this time. */
const staleDays = 30;

/**
 * Stops the server when the process is asked to end (Ctrl-C, SIGTERM). Whoever asks twice, or waits for more than
 * 3 seconds, ends it at once.
 */
export function stopOnSignals(server: RunningServer, log: (line: string) => void = () => {}): void {
  let isAsked = false;
  const end = (): void => {
    if (isAsked) process.exit(1);
    isAsked = true;
    log("正在停止…");
    setTimeout(() => process.exit(1), 2900).unref();
    void server.stop().then(() => process.exit(0));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

/** Said before a database is started for nothing. */
async function checkPort(port: number, host: string): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      if (isPortTaken(error)) reject(new Refusal("PORT_TAKEN", { port }));
      else resolve(); // listening says what else is wrong
    });
    probe.listen({ port, host }, () => probe.close(() => resolve()));
  });
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
