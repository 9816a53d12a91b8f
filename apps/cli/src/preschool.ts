/** `xingfu preschool`: a return in, the assessment of its kindergartens out; no server, no database. */

import { createHash } from "node:crypto";
import { assessmentDate } from "@xingfu/domain/balance";
import { canonicalText, schoolYearLabel } from "@xingfu/domain/base";
import type { DistrictYear, Gap, Verdict } from "@xingfu/domain/base";
import { assessPreschool, missingPreschool, preschoolRules, summarizePreschool } from "@xingfu/domain/preschool";
import type { PreschoolAssessment, PreschoolCondition, Shortfall } from "@xingfu/domain/preschool";
import { entryAt, labelOf } from "@xingfu/standards";
import { districtOption, returnOptions, yearOption } from "./arguments.ts";
import type { Call, Command } from "./command.ts";
import { issueCount, issueLine, readReturnFile } from "./return-file.ts";
import { exit, note, print, textTable } from "./terminal.ts";
import { figure, inUnit, verdictLabel, whole } from "./wording.ts";

export const command: Command = {
  positionals: [{ name: "WORKBOOK.xlsx|FOLDER" }],
  options: {
    json: {
      kind: "switch",
      help: { zh: "输出一个 JSON 对象，数值不舍入", en: "print one JSON object, numbers unrounded" },
    },
    year: yearOption,
    district: districtOption,
  },
  about: {
    zh: "按教督〔2020〕1号评估一个区县的学前教育普及普惠，不需要服务器和数据库。填报表还没有的数据列为缺失，不按 0 算。\n能够计算即退出码 0（无论是否达标）；文件有错误时退出码 2，错误逐行写到标准错误，标准输出为空。",
    en: "Assesses the kindergartens of a district by the national method of 2020. No server, no database. What the return does not ask\nyet is listed as missing and never taken as 0. Exit code 0 whatever the verdict; 2 when the input has errors.",
  },
  examples: [
    "xingfu preschool samples/sample-district-2025.xlsx",
    "xingfu preschool samples/sample-district-2025.xlsx --json",
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const [path = ""] = call.positionals;
  const file = await readReturnFile(path, await returnOptions(call));
  for (const issue of file.issues) await note(issueLine(issue, file.fileName));
  if (file.districtYear === null || file.errorCount > 0) {
    await note(`xingfu: ${issueCount(file)}。没有计算；请改正后重新运行。`);
    return exit.refused;
  }
  const document = preschoolDocument(file.districtYear);
  await print(call.has("json") ? `${JSON.stringify(document, null, 2)}\n` : preschoolText(document));
  return exit.done;
}

/** The assessment with its hashes and shortfalls: what `--json` prints. */
export interface PreschoolDocument extends PreschoolAssessment {
  readonly inputsHash: string;
  readonly rulesHash: string;
  readonly missing: readonly Shortfall[];
}

function preschoolDocument(year: DistrictYear): PreschoolDocument {
  const facts = summarizePreschool(year);
  const rules = preschoolRules(assessmentDate(year.schoolYear));
  const assessment = assessPreschool(facts, rules);
  const sha256 = (value: unknown): string => createHash("sha256").update(canonicalText(value), "utf8").digest("hex");
  return {
    ...assessment,
    inputsHash: sha256(facts),
    rulesHash: sha256(rules),
    missing: missingPreschool(assessment, facts, rules),
  };
}

const documentId = "moe-2020-preschool-universal";
const tables = { coverage: "A", government: "B", care: "C", recognition: "s" } as const;

function entryOf(id: string) {
  const item = id.split(".")[0] ?? "";
  const table = Object.entries(tables).find(([, letter]) => item.startsWith(letter))?.[0] ?? "";
  return entryAt(`${documentId}/${table}/${item}`);
}

/** "C1 户外活动场地不足的幼儿园数" */
function conditionLabel(id: string): string {
  const entry = entryOf(id);
  const condition = entry?.conditions.find((one) => one.id === id);
  const label = condition?.label ?? entry?.label ?? id;
  return id === "satisfaction" ? label : `${id.split(".")[0] ?? ""} ${label}`;
}

function unitOf(id: string) {
  const entry = entryOf(id);
  return entry?.conditions.find((one) => one.id === id)?.unit ?? entry?.unit ?? "text";
}

const partTitles = {
  coverage: "普及普惠水平",
  government: "政府保障情况",
  care: "幼儿园保教质量保障情况",
  recognition: "社会认可度",
} as const satisfies Record<keyof PreschoolAssessment["parts"], string>;

function sentence({ verdict, parts }: PreschoolAssessment): string {
  const named = (wanted: Verdict): string =>
    (Object.keys(partTitles) as (keyof typeof partTitles)[])
      .filter((part) => parts[part] === wanted)
      .map((part) => partTitles[part])
      .join("、");
  if (verdict === "met") return "结论：达标。各部分均符合要求。";
  const reasons = [
    ...(named("notMet") === "" ? [] : [`未达标的部分：${named("notMet")}`]),
    ...(named("notComputable") === "" ? [] : [`无法判定的部分：${named("notComputable")}`]),
  ];
  return `结论：${verdictLabel(verdict)}。${reasons.join("；")}。`;
}

function preschoolText(document: PreschoolDocument): string {
  const { district, schoolYear, isSample, rules, items, satisfaction, kindergartens, pupils, missing } = document;
  const conditions = [...items.flatMap((item) => item.conditions), satisfaction];
  const head = [
    `${district.name}${district.code === "" ? "" : `（${district.code}）`} ${schoolYearLabel(schoolYear)} 学前教育普及普惠评估`,
    ...(isSample ? ["示例数据：学校、人员和数值均为虚构。"] : []),
    `规则 ${rules.id} ${rules.version}，校验值 ${document.rulesHash.slice(0, 12)}；数据校验值 ${document.inputsHash.slice(0, 12)}`,
    "规则数值未经原文核实。",
    "",
    sentence(document),
    `幼儿园 ${whole(kindergartens)} 所，在园幼儿 ${whole(pupils)} 人。`,
    "",
  ];
  const table = textTable(
    [{ title: "条件" }, { title: "判定" }, { title: "数值", align: "right" }, { title: "标准" }, { title: "说明" }],
    conditions.map((one) => [
      conditionLabel(one.id),
      verdictLabel(one.verdict),
      one.kind === "reviewed" ? "" : inUnit(one.value, unitOf(one.id), one.limit),
      limitText(one),
      remark(one),
    ]),
  );
  const shortfalls = textTable(
    [{ title: "条件" }, { title: "还差", align: "right" }, { title: "幼儿园" }],
    missing.map(({ condition, amount, unit, at }) => [
      conditionLabel(condition),
      `${Number.isInteger(amount) ? whole(amount) : figure(amount)} ${amountUnits[unit]}`,
      at.length === 0 ? "" : `${at.length} 所，如 ${at[0]!.schoolCode}`,
    ]),
  );
  return [`${head.join("\n")}\n${table}`, ...(missing.length === 0 ? [] : [`未达标的还差多少\n\n${shortfalls}`])].join(
    "\n",
  );
}

const amountUnits: Readonly<Record<Shortfall["unit"], string>> = {
  children: "名幼儿",
  classes: "个班",
  teachers: "名教师",
  people: "人",
  m2: "m²",
  books: "册",
};

function limitText({ id, limit, compare }: PreschoolCondition): string {
  if (limit === null || compare === null) return "";
  return `${compare === "atLeast" ? "≥" : "≤"} ${inUnit(limit, unitOf(id))}`;
}

function remark({ gap, failing, verdict }: PreschoolCondition): string {
  // certain though a figure is open: say both
  if (gap) return verdict === "notComputable" ? gapText(gap) : `已可判定；${gapText(gap)}`;
  const below = failing.filter((one) => one.verdict === "notMet").length;
  return below === 0 ? "" : `本园未达到的 ${whole(below)} 所`;
}

function gapText(gap: Gap): string {
  const name = "item" in gap ? labelOf("reportedItems", gap.item) : "";
  switch (gap.why) {
    case "not-reported":
      return `未填报：${name}`;
    case "not-reviewed":
      return "未评估";
    case "no-denominator":
      return "分母为 0";
    case "implausible":
      return `不可能的数值：${name}`;
    case "depends":
      return `${whole(gap.on.length)} 所幼儿园的数据缺失或无法使用`;
    default:
      return "无法计算";
  }
}
