/** A sheet of accounts to create in one go. */

import type { Role } from "@xingfu/domain/access";
import { roles } from "@xingfu/domain/access";
import { writeXlsx } from "hucre";

import { openCsv } from "./file/csv.ts";
import type { Refusal } from "./file/guard.ts";
import { refuseWorkbook, workbookLimits } from "./file/guard.ts";
import { fixedDate, polishWorkbook } from "./file/polish.ts";
import { openGrids } from "./file/sheets.ts";
import type { AnyColumn, CellData, Choice } from "./template/column.ts";
import { headerText, plain, splitHeader } from "./template/column.ts";
import type { Issue, IssueTotals } from "./template/issue.ts";
import { IssueList, columnLetter } from "./template/issue.ts";
import type { Grid } from "./template/read.ts";
import { isBlank, readCell, shown } from "./template/values.ts";
import { headerComment, styles } from "./template/write.ts";
import { text } from "./templates/parts.ts";

/** One account as written in the sheet. */
export interface AccountSheetRow {
  /** 1-based row of the sheet, to point at when creating fails */
  readonly row: number;
  /** sign-in name */
  readonly accountName: string;
  /** the person's name */
  readonly displayName: string;
  readonly role: Role;
  /** code or name of the node: a school's 学校标识码, a group's name; null = the district itself */
  readonly node: string | null;
  /** first password; null = the server makes one up */
  readonly password: string | null;
}

export interface AccountsRead {
  readonly accounts: readonly AccountSheetRow[];
  /** units named in any row, also in rows with faults, so that all that is wrong with a sheet can be said at once */
  readonly units: readonly { readonly row: number; readonly node: string }[];
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
}

const sheetName = "账号";
const roleLabels: Readonly<Record<Role, string>> = {
  administrator: "系统管理员",
  officer: "评估人员",
  inspector: "督学",
  viewer: "领导查看",
  groupHead: "集团负责人",
  principal: "校长",
  clerk: "学校填报员",
};
const roleChoices: readonly Choice[] = roles.map((role) => ({ value: role, label: roleLabels[role], aliases: [role] }));
/** Roles that sit on a school or group and so need a node. */
const nodeRoles: ReadonlySet<Role> = new Set(["groupHead", "principal", "clerk"]);

const accountName: AnyColumn["type"] = {
  kind: "code",
  pattern: /^[\p{L}\p{N}._@-]{2,64}$/u,
  form: "2–64 位的字母、数字、汉字或 . _ - @",
};
const define = (
  key: keyof AccountSheetRow,
  header: string,
  type: AnyColumn["type"],
  help: string,
  isRequired: boolean,
  aliases: readonly string[],
): AnyColumn & { readonly key: keyof AccountSheetRow } => ({
  key,
  header,
  unit: null,
  aliases,
  isRequired,
  type,
  help,
  source: "账号管理",
  width: 20,
});
const columns = [
  define("accountName", "登录名", accountName, "用于登录，全区唯一。", true, ["账号", "用户名", "帐号"]),
  define("displayName", "姓名", text(60), "使用人的姓名。", true, ["使用人"]),
  define("role", "角色", { kind: "choice", choices: () => roleChoices }, "从下拉列表选择。", true, ["权限", "身份"]),
  define("node", "所属单位", text(80), "校长、填报员填学校标识码；集团负责人填集团名称；区级人员留空。", false, [
    "单位",
    "学校标识码",
    "学校或集团",
  ]),
  define("password", "初始密码", text(200), "留空由系统生成；首次登录后应当修改。", false, ["密码"]),
];

/** Reads the accounts sheet (xlsx or csv by content). Never throws on content. */
export async function readAccounts(bytes: Uint8Array, options: { readonly fileName: string }): Promise<AccountsRead> {
  const issues = new IssueList();
  const accounts: AccountSheetRow[] = [];
  const units: { row: number; node: string }[] = [];
  const end = (refusal?: Refusal): AccountsRead => {
    if (refusal !== undefined) {
      issues.add({ sheet: "", section: null, row: null, column: null, header: null, severity: "error", ...refusal });
    }
    return { accounts, units, issues: issues.list(), totals: issues.totals() };
  };
  const opened = await openAny(bytes, options.fileName);
  if ("refusal" in opened) return end(opened.refusal);
  readGrid(opened.grid, issues, accounts, units);
  return end();
}

async function openAny(
  bytes: Uint8Array,
  fileName: string,
): Promise<{ readonly grid: Grid } | { readonly refusal: Refusal }> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isZip && fileName.toLowerCase().endsWith(".csv")) return openCsv(bytes, sheetName, workbookLimits);
  const refusal = refuseWorkbook(bytes, fileName, workbookLimits);
  if (refusal !== null) return { refusal };
  const opened = await openGrids(bytes);
  if ("problem" in opened) return { refusal: { code: "FILE_CORRUPT", value: opened.problem, expected: null } };
  const grid = opened.grids.find((candidate) => plain(candidate.name) === sheetName) ?? opened.grids[0];
  return grid === undefined ? { refusal: { code: "SHEET_MISSING", value: null, expected: sheetName } } : { grid };
}

function readGrid(
  grid: Grid,
  issues: IssueList,
  accounts: AccountSheetRow[],
  units: { row: number; node: string }[],
): void {
  const match = (cell: unknown): (typeof columns)[number] | undefined => {
    if (typeof cell !== "string") return undefined;
    const { name } = splitHeader(cell);
    return columns.find((column) => [column.header, ...column.aliases].some((known) => plain(known) === name));
  };
  const at = { sheet: grid.name, section: null, severity: "error" as const };
  const headerRow = grid.rows
    .slice(0, 10)
    .findIndex((row) => row.filter((cell) => match(cell) !== undefined).length >= 2);
  if (headerRow < 0) {
    issues.add({
      ...at,
      row: null,
      column: null,
      header: null,
      code: "HEADER_MISSING",
      value: null,
      expected: columns.map(headerText).join("、"),
    });
    return;
  }
  const places = (grid.rows[headerRow] ?? []).flatMap((cell, index) => {
    const column = match(cell);
    return column === undefined ? [] : [{ column, index }];
  });
  const missing = columns.filter((column) => column.isRequired && !places.some((place) => place.column === column));
  for (const column of missing) {
    issues.add({
      ...at,
      row: headerRow + 1,
      column: null,
      header: null,
      code: "COLUMN_MISSING",
      value: null,
      expected: headerText(column),
    });
  }
  if (missing.length > 0) return;
  const taken = new Map<string, number>();
  for (let r = headerRow + 1; r < grid.rows.length; r += 1) {
    const raw = grid.rows[r] ?? [];
    if (places.every(({ index }) => isBlank(raw[index]))) continue;
    const values: { -readonly [K in keyof AccountSheetRow]?: CellData } = {};
    let isUsable = true;
    const report = (
      index: number,
      header: string,
      code: Issue["code"],
      value: string | null,
      expected: string | null,
    ): void => {
      issues.add({ ...at, row: r + 1, column: columnLetter(index), header, code, value, expected });
      isUsable = false;
    };
    for (const { column, index } of places) {
      const cell = raw[index] ?? null;
      const read = readCell(column, cell, null);
      if (read.fault !== undefined) {
        // a password must not travel into a list of issues
        report(
          index,
          column.header,
          read.fault.code,
          column.key === "password" ? null : shown(cell),
          read.fault.expected,
        );
      } else if (read.value === null && column.isRequired) report(index, column.header, "REQUIRED", null, column.help);
      values[column.key] = read.value;
    }
    const role = roles.find((candidate) => candidate === values.role);
    const name = String(values.accountName);
    const namePlace = places.find(({ column }) => column.key === "accountName")?.index ?? 0;
    const first = taken.get(name.toLowerCase());
    if (first !== undefined) report(namePlace, "登录名", "DUPLICATE_ROW", name, `第 ${first} 行`);
    else if (isUsable) taken.set(name.toLowerCase(), r + 1);
    const nodePlace = places.find(({ column }) => column.key === "node")?.index ?? 0;
    if (role !== undefined && nodeRoles.has(role) && (values.node ?? null) === null) {
      report(nodePlace, "所属单位", "REQUIRED", null, "学校标识码或集团名称");
    }
    if (typeof values.node === "string") units.push({ row: r + 1, node: values.node });
    if (!isUsable || role === undefined) continue;
    accounts.push({
      row: r + 1,
      accountName: name,
      displayName: String(values.displayName),
      role,
      node: typeof values.node === "string" ? values.node : null,
      password: typeof values.password === "string" ? values.password : null,
    });
  }
}

/** An empty accounts sheet with help and drop-downs. Equal bytes every time. */
export async function writeAccountsTemplate(): Promise<Uint8Array> {
  const bytes = await writeXlsx({
    sheets: [
      {
        name: sheetName,
        columns: columns.map((column) => ({ width: column.width, style: { ...styles.cell, numFmt: "@" } })),
        rows: [[], [], [], ...Array.from({ length: 20 }, () => columns.map(() => null))],
        cells: new Map([
          ["0,0", { value: "批量建立账号", style: styles.title }],
          [
            "1,0",
            {
              value:
                "每个账号一行。校长、学校填报员填学校标识码，集团负责人填集团名称，区级人员的“所属单位”留空。\n例：zhangsan｜张三｜学校填报员｜2150000001｜（留空）",
              style: styles.intro,
            },
          ],
          ...columns.map((column, c): [string, object] => [
            `2,${c}`,
            {
              value: headerText(column),
              style: column.isRequired ? styles.required : styles.optional,
              comment: { author: "填报说明", text: headerComment(column) },
            },
          ]),
        ]),
        merges: [
          { startRow: 0, startCol: 0, endRow: 0, endCol: columns.length - 1 },
          { startRow: 1, startCol: 0, endRow: 1, endCol: columns.length - 1 },
        ],
        rowDefs: new Map([
          [0, { height: 26 }],
          [1, { height: 40 }],
          [2, { height: 24 }],
        ]),
        dataValidations: [
          {
            type: "list",
            values: roleChoices.map((choice) => choice.label),
            range: "C4:C2000",
            allowBlank: true,
            showErrorMessage: true,
            errorMessage: "请从下拉列表选择角色。",
          },
        ],
        freezePane: { rows: 3 },
      },
    ],
    properties: { title: "批量建立账号", creator: "Xingfu", created: fixedDate, modified: fixedDate },
  });
  return polishWorkbook(bytes, 4);
}
