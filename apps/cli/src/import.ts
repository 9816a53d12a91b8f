/** `xingfu import`: check a return, show what it would change, then load it whole or not at all. */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import { ApiError, createClient, errors } from "@xingfu/contract";
import type { Client } from "@xingfu/contract";
import { schoolSections, schoolYear, schoolYearLabel } from "@xingfu/domain/base";
import type { DistrictYear, SchoolYear, Section } from "@xingfu/domain/base";
import { compareReturns, countChanges } from "@xingfu/domain/returns";
import { loadDistrictYear, loadImport, loadRows, revision, saveImport } from "@xingfu/store";
import type { Batch, Transaction } from "@xingfu/store";
import { yearOf, yearOption } from "./arguments.ts";
import type { Call, Command } from "./command.ts";
import { cookieJar } from "./cookies.ts";
import { actingOptions, actorOf, districtIn, withDatabase } from "./database.ts";
import { issueCount, issueLine, readReturnFile, sectionOf } from "./return-file.ts";
import type { ReturnFile } from "./return-file.ts";
import { CommandRefusal, exit, note, print, progress, readStandardInput, textTable } from "./terminal.ts";
import { sectionLabel } from "./wording.ts";

export const command: Command = {
  positionals: [{ name: "WORKBOOK.xlsx|FOLDER" }],
  options: {
    "dry-run": { kind: "switch", help: { zh: "只检查和预览，不写入", en: "check and preview only" } },
    yes: { kind: "switch", help: { zh: "不再询问，直接写入", en: "load without asking" } },
    replace: {
      kind: "value",
      value: "listed|all",
      help: {
        zh: "listed（缺省）：文件里没有的学校保持不变；all：文件所含各表中没有的学校，其数据清空",
        en: "listed (default): schools that are not in the file stay; all: they lose their rows in the sheets of the file",
      },
    },
    year: yearOption,
    server: {
      kind: "value",
      value: "URL",
      help: { zh: "经运行中的服务器导入，如 http://localhost:3000", en: "import through a running server" },
    },
    name: {
      kind: "value",
      value: "NAME",
      help: { zh: "登录服务器的用户名", en: "name to sign in to the server with" },
    },
    "password-stdin": {
      kind: "switch",
      help: {
        zh: "从标准输入读取密码（也可用环境变量 XINGFU_PASSWORD）",
        en: "read the password from standard input (or XINGFU_PASSWORD)",
      },
    },
    ...actingOptions,
  },
  about: {
    zh: "检查填报工作簿，列出问题，预览会改动哪些数据，确认后整批写入；有错误时不写入任何内容。\n写入的是一个批次，可以在系统里撤销。缺省直接写入本机数据库；给出 --server 时经服务器写入。",
    en: "Checks a return, lists its issues, shows what would change, and loads it as one batch once confirmed; nothing is\nloaded while there are errors. Without --server it works on the database of this machine.",
  },
  examples: [
    "xingfu import 填报.xlsx --dry-run",
    "xingfu import 填报.xlsx --yes --as officer",
    "xingfu import 填报.xlsx --server http://localhost:3000 --name officer --password-stdin < 密码文件",
  ],
  run: (call) =>
    call.value("server") === undefined ? importHere(call) : importThrough(call, call.value("server") ?? ""),
};

interface ChangedRows {
  readonly section: Section;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

function replaceOf(call: Call): "listed" | "all" {
  const text = call.value("replace") ?? "listed";
  if (text === "listed" || text === "all") return text;
  throw new CommandRefusal({
    zh: `--replace ${text} 应为 listed 或 all。`,
    en: `--replace ${text} should be listed or all.`,
  });
}

/** The year of `--year`, else the one the file names. */
async function yearFor(call: Call, path: string): Promise<SchoolYear> {
  const given = yearOf(call);
  if (given !== undefined) return given;
  const file = await readReturnFile(path, { required: [] });
  if (file.districtYear !== null) return file.districtYear.schoolYear;
  for (const issue of file.issues) await note(issueLine(issue, file.fileName));
  throw new CommandRefusal({
    zh: `${issueCount(file)}。没有写入任何内容。`,
    en: `${file.fileName} cannot be read. Nothing was loaded.`,
  });
}

async function importHere(call: Call): Promise<number> {
  const [path = ""] = call.positionals;
  const replace = replaceOf(call);
  const year = await yearFor(call, path);
  return withDatabase({ log: progress, mayCreate: false }, async ({ store }) => {
    const district = await districtIn(store, call);
    const actor = await actorOf(store, call, district, "officer");
    const before = await store.withActor(actor, async (tx) => ({
      revision: (await revision(tx, year)).revision,
      current: await loadDistrictYear(tx, year),
      previous: await loadDistrictYear(tx, schoolYear(year - 1)),
    }));
    const file = await readReturnFile(path, {
      schoolYear: year,
      district: { code: district.code, name: district.name },
      required: [],
      current: before.current ?? undefined,
      previous: before.previous ?? undefined,
    });
    for (const issue of file.issues) await note(issueLine(issue, file.fileName));
    if (file.districtYear === null || file.errorCount > 0) return refuse(issueCount(file));

    const rows = file.districtYear;
    const options = {
      sections: file.presentSections,
      ...(replace === "all" ? {} : { schoolCodes: schoolsIn(rows) }),
    };
    const counts = countChanges(before.current, rows, options);
    await print(preview(year, counts));
    if (!(await isConfirmed(call, counts))) return exit.done;

    const batch = await store.withActor(actor, (tx) =>
      load(tx, { file, rows, year, replace, counts, revision: before.revision, current: before.current, options }),
    );
    await print(`已写入第 ${batch.id} 批，${batch.rowCount} 行。可在系统的“填报数据”中撤销。\n`);
    return exit.done;
  });
}

interface Load {
  readonly file: ReturnFile;
  readonly rows: DistrictYear;
  readonly year: SchoolYear;
  readonly replace: "listed" | "all";
  readonly counts: readonly ChangedRows[];
  readonly revision: number;
  readonly current: DistrictYear | null;
  readonly options: { readonly sections: readonly Section[]; readonly schoolCodes?: readonly string[] };
}

/** A workbook is kept with its batch; a folder has no single file to keep. */
async function load(
  tx: Transaction,
  { file, rows, year, replace, counts, revision: base, current, options }: Load,
): Promise<Batch> {
  if (file.bytes === null) {
    const present = Object.fromEntries(file.presentSections.map((section) => [section, rows[section]]));
    return loadRows(tx, {
      year,
      kind: "import",
      fileName: file.fileName,
      isSample: rows.isSample,
      rows: present,
      replace,
    });
  }
  const changes = compareReturns(current, rows, options).slice(0, 5000);
  const record = await saveImport(tx, {
    year,
    fileName: file.fileName,
    bytes: file.bytes,
    rows,
    presentSections: file.presentSections,
    replace,
    issues: file.issues,
    errorCount: file.errorCount,
    warningCount: file.warningCount,
    changes,
    changeCounts: counts,
    schoolCodes: [...new Set(changes.flatMap((change) => change.schoolCode ?? []))].toSorted(),
    baseRevision: base,
  });
  return loadImport(tx, record.id);
}

function schoolsIn(rows: DistrictYear): string[] {
  return [...new Set(schoolSections.flatMap((section) => rows[section].map((row) => row.schoolCode)))];
}

function preview(year: SchoolYear, counts: readonly ChangedRows[]): string {
  const changed = counts.filter((count) => count.added + count.removed + count.changed > 0);
  if (changed.length === 0) return `${schoolYearLabel(year)}：与已有数据相同，没有改动。\n`;
  const table = textTable(
    [
      { title: "表" },
      { title: "增加", align: "right" },
      { title: "删除", align: "right" },
      { title: "改动", align: "right" },
    ],
    changed.map((count) => [
      sectionLabel(count.section),
      String(count.added),
      String(count.removed),
      String(count.changed),
    ]),
  );
  return `${schoolYearLabel(year)}，将会改动：\n\n${table}\n`;
}

async function isConfirmed(call: Call, counts: readonly ChangedRows[]): Promise<boolean> {
  if (call.has("dry-run")) {
    await print("只作检查，没有写入。\n");
    return false;
  }
  if (counts.every((count) => count.added + count.removed + count.changed === 0)) return false;
  if (call.has("yes")) return true;
  if (!process.stdin.isTTY || call.has("password-stdin")) {
    throw new CommandRefusal({ zh: "没有写入。确认写入请加 --yes。", en: "Nothing was loaded. Add --yes to load it." });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("写入吗？[y/N] ");
  terminal.close();
  if (/^(y|yes|是)$/i.test(answer.trim())) return true;
  await print("没有写入。\n");
  return false;
}

async function refuse(count: string): Promise<number> {
  await note(`xingfu: ${count}。没有写入任何内容；请改正后重新运行。`);
  return exit.refused;
}

async function importThrough(call: Call, server: string): Promise<number> {
  const [path = ""] = call.positionals;
  const replace = replaceOf(call);
  const year = await yearFor(call, path);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CommandRefusal(
      {
        zh: "经服务器导入需要一个 xlsx 或 csv 文件，不能是文件夹。",
        en: "A server takes one xlsx or csv file, not a folder.",
      },
      { cause },
    );
  });
  const client = createClient(addressOf(server), cookieJar());
  try {
    await signIn(client, call);
    return await sendImport(client, call, { year, replace, fileName: basename(path), bytes });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new CommandRefusal(
      { zh: apiSentence(error, server), en: `${error.code ?? "NO_ANSWER"}: ${error.message}` },
      { cause: error },
    );
  } finally {
    await client.signOut().catch(() => undefined);
  }
}

async function sendImport(
  client: Client,
  call: Call,
  {
    year,
    replace,
    fileName,
    bytes,
  }: {
    readonly year: SchoolYear;
    readonly replace: "listed" | "all";
    readonly fileName: string;
    readonly bytes: Buffer;
  },
): Promise<number> {
  const section = /\.csv$/i.test(fileName) ? sectionOf(fileName) : undefined;
  const record = await client.checkImport({
    params: { year },
    query: { replace, ...(section === undefined ? {} : { section }) },
    file: { blob: new Blob([new Uint8Array(bytes)]), fileName },
  });
  const params = { id: record.id };
  for (let page = 1; ; page += 1) {
    const issues = await client.listImportIssues({ params, query: { page, size: 200 } });
    for (const issue of issues.items) await note(issueLine(issue, fileName));
    if (page * issues.size >= issues.total) break;
  }
  const discard = (): Promise<void> => client.discardImport({ params }).catch(() => undefined);
  if (record.errorCount > 0) {
    await discard();
    return refuse(`${fileName}：${record.errorCount} 处错误，${record.warningCount} 处警告`);
  }
  await print(preview(year, record.changes));
  let isLoaded = false;
  try {
    if (!(await isConfirmed(call, record.changes))) return exit.done;
    const batch = await client.loadImport({ params });
    isLoaded = true;
    await print(`已写入第 ${batch.id} 批，${batch.rowCount} 行。可在系统的“填报数据”中撤销。\n`);
    return exit.done;
  } finally {
    if (!isLoaded) await discard();
  }
}

function addressOf(server: string): string {
  if (URL.canParse(server) && /^https?:$/.test(new URL(server).protocol)) return new URL(server).origin;
  throw new CommandRefusal({
    zh: `--server ${server} 应为 http:// 或 https:// 开头的地址。`,
    en: `--server ${server} should be an http or https address.`,
  });
}

async function signIn(client: Client, call: Call): Promise<void> {
  const name = call.value("name");
  if (name === undefined)
    throw new CommandRefusal({ zh: "请用 --name 指明登录的用户名。", en: "Name the account with --name." });
  const password = call.has("password-stdin")
    ? (await readStandardInput()).replace(/\r?\n$/, "")
    : process.env["XINGFU_PASSWORD"];
  if (password === undefined || password === "") {
    throw new CommandRefusal({
      zh: "没有密码。请用 --password-stdin 从标准输入给出，或设环境变量 XINGFU_PASSWORD。",
      en: "There is no password. Give it on standard input with --password-stdin, or in XINGFU_PASSWORD.",
    });
  }
  const district = call.value("in");
  await client.signIn({ body: { name, password, ...(district === undefined ? {} : { district }) } });
}

function apiSentence(error: ApiError, server: string): string {
  if (error.code === null) return `${error.message}：${server}`;
  return `${errors[error.code].title}（${error.code}）。没有写入任何内容。`;
}
