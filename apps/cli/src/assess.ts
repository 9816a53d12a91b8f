/** `xingfu assess`: a return in, its assessment out; no server, no database. */

import { resolve } from "node:path";
import { assessmentDate } from "@xingfu/domain/balance";
import { districtReport } from "@xingfu/domain/report";
import { writeReport } from "@xingfu/exchange";
import { districtOption, outputPath, previousOption, returnOptions, writeWhole, yearOption } from "./arguments.ts";
import { assessReturn, assessmentDocument } from "./assessed.ts";
import { assessmentText, verdictSentence } from "./assessment-text.ts";
import type { Call, Command } from "./command.ts";
import { explain, trailText } from "./explain.ts";
import { issueCount, issueLine, readReturnFile } from "./return-file.ts";
import { readRulesFile } from "./rules-file.ts";
import { CommandRefusal, exit, note, print } from "./terminal.ts";

export const command: Command = {
  positionals: [{ name: "WORKBOOK.xlsx|FOLDER" }],
  options: {
    json: {
      kind: "switch",
      help: {
        zh: "输出一个 JSON 对象，数值不舍入（docs/schemas/assessment.schema.json）",
        en: "print one JSON object, numbers unrounded (docs/schemas/assessment.schema.json)",
      },
    },
    report: {
      kind: "value",
      value: "OUT.docx|OUT.xlsx",
      help: { zh: "另写一份区县自查自评报告", en: "also write the district's report" },
    },
    year: yearOption,
    rules: {
      kind: "value",
      value: "FILE",
      help: {
        zh: "省、市、区县文件替换的数值（YAML 或 JSON）",
        en: "numbers replaced by local documents (YAML or JSON)",
      },
    },
    previous: previousOption,
    district: districtOption,
    explain: {
      kind: "value",
      value: "TARGET",
      mayRepeat: true,
      help: {
        zh: "只说明一个数值怎样得来：学校标识码:primary:R4、cv:junior:R6、G9、G3.music@学校标识码",
        en: "only explain a figure: SCHOOLCODE:primary:R4, cv:junior:R6, G9, G3.music@SCHOOLCODE",
      },
    },
  },
  about: {
    zh: "按教督〔2017〕6号评估一个区县的填报工作簿（xlsx）或一个 CSV 文件夹（UTF-8 或 GBK，每张表一个文件），\n不需要服务器和数据库。先给结论，再列出未达标的学校、还差多少、差异系数、各项和缺失的数据。\n能够计算即退出码 0（无论是否达标）；文件有错误时退出码 2，错误逐行写到标准错误，标准输出为空。",
    en: "Assesses a district's return: a workbook (xlsx) or a folder of CSV sheets (UTF-8 or GBK, one file per sheet).\nNo server, no database. Exit code 0 whatever the verdict; 2 when the input has errors, which are listed on\nstandard error, with nothing on standard output.",
  },
  examples: [
    "xingfu assess samples/sample-district-2025.xlsx",
    "xingfu assess samples/sample-district-2025.xlsx --json > assessment.json",
    "xingfu assess samples/sample-district-2025.xlsx --report 自评报告.docx",
    "xingfu assess 数据文件夹 --year 2025 --rules 本市标准.yaml",
    "xingfu assess samples/sample-district-2025.xlsx --explain cv:junior:R6",
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const [path = ""] = call.positionals;
  const reportPath = call.value("report");
  const report = reportPath === undefined ? undefined : outputPath(reportPath, ["docx", "xlsx"]);
  if (report !== undefined && report.path === resolve(path)) {
    throw new CommandRefusal({ zh: "报告不能写到输入文件上。", en: "The report cannot replace the input." });
  }

  const file = await readReturnFile(path, await returnOptions(call));
  for (const issue of file.issues) await note(issueLine(issue, file.fileName));
  if (file.districtYear === null || file.errorCount > 0) {
    await note(`xingfu: ${issueCount(file)}。没有计算；请改正后重新运行。`);
    return exit.refused;
  }

  const rulesPath = call.value("rules");
  const date = assessmentDate(file.districtYear.schoolYear);
  const local = rulesPath === undefined ? { overrides: [], later: [] } : await readRulesFile(rulesPath, date);
  for (const { reference, field, effectiveFrom } of local.later) {
    await note(`xingfu: ${reference}（${field}）自 ${effectiveFrom} 起施行，对 ${date} 的评估不起作用。`);
  }

  const assessed = assessReturn(file.districtYear, local.overrides);
  const explained = call.values("explain").flatMap((target) => explain(target, assessed));

  if (report !== undefined) {
    const { assessment, facts, rules, hashes } = assessed;
    const model = districtReport({ assessment, facts, rules, hashes, reported: null, writtenOn: today() });
    await writeWhole(report.path, await writeReport(model, report.extension));
    await note(`xingfu: 已写报告 ${report.path}`);
  }
  if (call.has("json")) {
    const document = assessmentDocument(assessed);
    const whole = explained.length === 0 ? document : { ...document, explained };
    await print(`${JSON.stringify(whole, null, 2)}\n`);
  } else if (explained.length > 0) {
    const names = new Map(assessed.facts.schools.map((school) => [school.schoolCode, school.name]));
    await print(
      `${verdictSentence(assessed.assessment)}\n\n${explained.map((one) => trailText(one, names)).join("\n")}`,
    );
  } else {
    await print(assessmentText(assessed));
  }
  return exit.done;
}

/** The calendar day where the command runs. */
function today(): string {
  const now = new Date();
  const [month, day] = [now.getMonth() + 1, now.getDate()].map((number) => String(number).padStart(2, "0"));
  return `${now.getFullYear()}-${month ?? ""}-${day ?? ""}`;
}
