/** The database of this machine for commands that run beside the server: the same folder or address as `serve` uses. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig } from "@xingfu/server";
import { openStore, startEmbedded } from "@xingfu/store";
import type { Actor, District, Store } from "@xingfu/store";
import type { Call, Option } from "./command.ts";
import { CommandRefusal } from "./terminal.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** XINGFU_DATA, else `.xingfu` here when there is one, else `.xingfu` of the checkout, wherever the command runs. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  const named = env["XINGFU_DATA"];
  if (named !== undefined && named !== "") return resolve(named);
  return existsSync(".xingfu") ? resolve(".xingfu") : join(repository, ".xingfu");
}

export interface Database {
  readonly store: Store;
  /** address of the user that migrates */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the database, starting the embedded one when no server runs on its folder.
 *
 * @param options.mayCreate  false refuses a folder that does not exist, so that a typing error makes no new database
 * @param options.isMigrated  false leaves the database at the version it has
 */
export async function openDatabase(options: {
  readonly log: (line: string) => void;
  readonly mayCreate: boolean;
  readonly isMigrated?: boolean;
}): Promise<Database> {
  const folder = dataFolder(process.env);
  const { databaseUrl } = readConfig(process.env);
  if (databaseUrl === null && !options.mayCreate && !existsSync(join(folder, "postgres"))) {
    throw new CommandRefusal({
      zh: `没有找到数据目录 ${folder}。请先运行 npm start，或用环境变量 XINGFU_DATA（数据目录）、DATABASE_URL（数据库地址）指明。`,
      en: `There is no data folder ${folder}. Run npm start first, or name it with XINGFU_DATA or DATABASE_URL.`,
    });
  }
  const embedded = databaseUrl === null ? await startEmbedded({ dataFolder: folder, log: options.log }) : null;
  const url = embedded?.url ?? databaseUrl ?? "";
  try {
    const store = await openStore({ url, poolSize: 4 });
    const close = async (): Promise<void> => {
      await store.close();
      await embedded?.stop();
    };
    try {
      if (options.isMigrated !== false) {
        await store.migrate(({ done, total, name }) => options.log(`升级数据库 ${done}/${total}：${name}`));
      }
      return { store, url, close };
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** Runs with the database and closes it whatever happens. */
export async function withDatabase<T>(
  options: Parameters<typeof openDatabase>[0],
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(options);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

export const actingOptions: Readonly<Record<string, Option>> = {
  as: {
    kind: "value",
    value: "NAME",
    help: { zh: "以哪个账号的权限操作，操作记入审计", en: "account that acts; its rights hold and the audit names it" },
  },
  in: {
    kind: "value",
    value: "500199",
    help: {
      zh: "行政区划代码；库里只有一个区县时可省略",
      en: "code of the district; may be left out when there is only one",
    },
  },
};

/** The district of `--in`, or the only one. */
export async function districtIn(store: Store, call: Call): Promise<District> {
  const districts = await store.gate.listDistricts();
  const code = call.value("in");
  const list = districts.map((district) => `${district.code} ${district.name}`).join("、");
  const found =
    code === undefined
      ? districts.length === 1
        ? districts[0]
        : undefined
      : districts.find((district) => district.code === code);
  if (found !== undefined) return found;
  if (districts.length === 0) {
    throw new CommandRefusal({
      zh: "数据库里还没有区县。请先用 xingfu district add 建立。",
      en: "The database has no district yet. Create one with xingfu district add.",
    });
  }
  throw new CommandRefusal({
    zh: code === undefined ? `库里有多个区县，请用 --in 指明：${list}` : `库里没有区县 ${code}。现有：${list}`,
    en:
      code === undefined
        ? `There are several districts; name one with --in: ${list}`
        : `There is no district ${code}. There are: ${list}`,
  });
}

/** The account of `--as`; without it the one called `usual`. */
export async function actorOf(store: Store, call: Call, district: District, usual: string): Promise<Actor> {
  const name = call.value("as") ?? usual;
  const actor = await store.gate.findActor(district.districtId, name);
  if (actor !== null) return actor;
  throw new CommandRefusal({
    zh: `${district.name}没有可用的账号“${name}”。请用 --as 指明以哪个账号操作。`,
    en: `${district.name} has no open account "${name}". Name the acting account with --as.`,
  });
}
