/** The sheet 填报说明: whose return this is, and how to fill it in. */

import type { SchoolYear } from "@xingfu/domain/base";
import { isSchoolYear, schoolYearLabel } from "@xingfu/domain/base";
import type { WriteSheet } from "hucre";

import { plain } from "../template/column.ts";
import type { Grid } from "../template/read.ts";
import type { RawCell } from "../template/values.ts";
import { isBlank, trimmed } from "../template/values.ts";
import { styles } from "../template/write.ts";

export const identitySheet = "填报说明";
const sheetNames = new Set(["填报说明", "说明", "填表说明", "封面", "基本信息"]);

/** What the labelled cells say; null = empty or absent. */
export interface Identity {
  readonly districtName: string | null;
  readonly districtCode: string | null;
  /** as written, to quote it in a message */
  readonly yearText: string | null;
  readonly schoolYear: SchoolYear | null;
  readonly isSample: boolean;
}

const labels = {
  districtName: "区县名称",
  districtCode: "行政区划代码",
  year: "学年",
  nature: "数据性质",
} as const;
const aliases: Readonly<Record<keyof typeof labels, readonly string[]>> = {
  districtName: ["区县名称", "区县", "县（市、区）名称", "区（县）名称"],
  districtCode: ["行政区划代码", "区划代码", "区县代码"],
  year: ["学年", "填报学年", "数据学年", "年度"],
  nature: ["数据性质", "数据类型"],
};
export const realData = "正式数据";
export const sampleData = "示例数据";

/** Whether a sheet is the identity sheet, by its name. */
export function isIdentitySheet(name: string): boolean {
  return sheetNames.has(plain(name));
}

/** Reads the labelled cells: a label, and the first filled cell to its right. */
export function readIdentity(grid: Grid | undefined): Identity {
  const values = new Map<string, string>();
  for (const row of grid?.rows.slice(0, 30) ?? []) {
    row.forEach((cell, c) => {
      if (typeof cell !== "string") return;
      const text = plain(cell).replace(/[::]$/u, "");
      for (const [key, names] of Object.entries(aliases)) {
        if (values.has(key) || !names.some((name) => plain(name) === text)) continue;
        const value = row.slice(c + 1, c + 5).find((next: RawCell) => !isBlank(next));
        if (value !== undefined && value !== null) values.set(key, trimmed(String(value)));
      }
    });
  }
  const yearText = values.get("year") ?? null;
  const code = values.get("districtCode");
  return {
    districtName: values.get("districtName") ?? null,
    districtCode: code === undefined ? null : plain(code),
    yearText,
    schoolYear: yearText === null ? null : yearOf(yearText),
    isSample: plain(values.get("nature") ?? "").startsWith("示例"),
  };
}

/** "2025-2026学年", "2025—2026", "2025学年", "2025" → 2025. */
function yearOf(text: string): SchoolYear | null {
  const match = /^(\d{4})(?:学年)?(?:[-—–~至/](\d{4}|\d{2}))?(?:学年|年)?$/u.exec(plain(text));
  if (match === null) return null;
  const first = Number(match[1]);
  const second = match[2];
  if (second !== undefined && Number(second.slice(-2)) !== (first + 1) % 100) return null;
  return isSchoolYear(first) ? first : null;
}

export interface IdentityContent {
  readonly schoolYear: SchoolYear;
  readonly district: { readonly code: string; readonly name: string } | null;
  readonly isSample: boolean;
  /** name, who fills it in, what it holds */
  readonly sheets: readonly { readonly name: string; readonly by: string; readonly holds: string }[];
}

const guidance: readonly string[] = [
  "本工作簿用于《县域义务教育优质均衡发展督导评估办法》（教督〔2017〕6号）各项指标的数据填报，可用 WPS 表格或 Excel 打开填写。",
  "先填写上面黄色的四格。“学年”按起始年份填写，如 2025-2026学年；“数据性质”填“正式数据”，演示用的填“示例数据”。",
  "从“学校”表开始填：学校标识码是各表之间对应的依据，先登记学校，再填其他各表。",
  "单元格为空表示“未填报”，有关指标会列为“无法判定”；确实没有的请填 0，不要用空格、横线代替。",
  "只填数字，不写单位；单位在表头的括号里。金额单位均为万元，面积单位均为平方米（㎡）。",
  "标识码、代码按文本填写。如果单元格左上角没有绿色三角、数字变成 2.1E+09 之类，请把格式改为“文本”后重新输入。",
  "有下拉列表的单元格请选择填写；也可以只填代码或名称。鼠标停在表头上可以看到该栏的含义和依据。",
  "可以调整列的顺序，可以增加自用的列（不会读取），请不要改动表头文字，不要合并单元格，不要改工作表名称。",
  "允许使用公式，读取的是公式的计算结果；公式显示 #REF!、#DIV/0! 等错误时不能导入。",
  "填好后在系统中上传，系统会一次列出全部问题，并提供一份标出问题单元格的副本；改正后重新上传即可。有错误时不会写入任何数据。",
];

/** The sheet as written. */
export function writeIdentity(content: IdentityContent): WriteSheet {
  const cells: NonNullable<WriteSheet["cells"]> = new Map();
  const merges: NonNullable<WriteSheet["merges"]> = [];
  const rowDefs: NonNullable<WriteSheet["rowDefs"]> = new Map();
  const lastColumn = 3;
  let r = 0;
  const line = (text: string, style: (typeof styles)[keyof typeof styles], height: number): void => {
    cells.set(`${r},0`, { value: text, style });
    merges.push({ startRow: r, startCol: 0, endRow: r, endCol: lastColumn });
    rowDefs.set(r, { height });
    r += 1;
  };
  line("县域义务教育优质均衡发展督导评估数据填报工作簿", styles.title, 32);
  if (content.isSample) line("示例数据：本工作簿的学校、人员和数值均为虚构，仅供演示。", styles.sample, 22);
  else r += 1;
  const field = (label: string, value: string | null): void => {
    cells.set(`${r},0`, { value: label, style: styles.label });
    cells.set(`${r},1`, { value, style: styles.field });
    rowDefs.set(r, { height: 22 });
    r += 1;
  };
  field(labels.districtName, content.district?.name ?? null);
  field(labels.districtCode, content.district?.code ?? null);
  field(labels.year, schoolYearLabel(content.schoolYear));
  const natureRow = r + 1;
  field(labels.nature, content.isSample ? sampleData : realData);
  r += 1;
  line("一、填报要求", styles.heading, 24);
  guidance.forEach((text, i) => line(`${i + 1}. ${text}`, styles.text, text.length > 58 ? 34 : 18));
  r += 1;
  line("二、各表说明", styles.heading, 24);
  ["工作表", "填报单位", "内容"].forEach((text, c) => cells.set(`${r},${c}`, { value: text, style: styles.optional }));
  merges.push({ startRow: r, startCol: 2, endRow: r, endCol: lastColumn });
  r += 1;
  for (const sheet of content.sheets) {
    [sheet.name, sheet.by, sheet.holds].forEach((text, c) =>
      cells.set(`${r},${c}`, { value: text, style: styles.cell }),
    );
    cells.set(`${r},3`, { value: null, style: styles.cell });
    merges.push({ startRow: r, startCol: 2, endRow: r, endCol: lastColumn });
    rowDefs.set(r, { height: sheet.holds.length > 44 ? 34 : 18 });
    r += 1;
  }
  r += 1;
  line("三、表头颜色", styles.heading, 24);
  cells.set(`${r},0`, { value: "深蓝色", style: styles.required });
  cells.set(`${r},1`, { value: "必填，为空时不能导入", style: styles.cell });
  r += 1;
  cells.set(`${r},0`, { value: "浅蓝色", style: styles.optional });
  cells.set(`${r},1`, { value: "未统计时留空，作为数据缺失处理", style: styles.cell });
  r += 1;
  cells.set(`${r},0`, { value: "灰色", style: styles.printed });
  cells.set(`${r},1`, { value: "仅供核对，不读取", style: styles.cell });
  return {
    name: identitySheet,
    columns: [{ width: 18 }, { width: 34 }, { width: 34 }, { width: 34 }],
    cells,
    merges,
    rowDefs,
    dataValidations: [
      {
        type: "list",
        values: [realData, sampleData],
        range: `B${natureRow}`,
        allowBlank: true,
        showErrorMessage: true,
        errorMessage: "请选择 正式数据 或 示例数据。",
      },
    ],
    view: { showGridLines: false },
    pageSetup: { paperSize: "a4", orientation: "portrait", fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  };
}
