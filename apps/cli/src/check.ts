/** `xingfu check`: everything that is wrong with a return, and nothing else. */

import { resolve } from "node:path";
import { markIssues } from "@xingfu/exchange";
import { districtOption, outputPath, previousOption, returnOptions, writeWhole, yearOption } from "./arguments.ts";
import type { Call, Command } from "./command.ts";
import { issueCount, issueLine, readReturnFile } from "./return-file.ts";
import { CommandRefusal, exit, note, print } from "./terminal.ts";

export const command: Command = {
  positionals: [{ name: "WORKBOOK.xlsx|FOLDER" }],
  options: {
    json: { kind: "switch", help: { zh: "以 JSON 输出全部问题", en: "print the issues as JSON" } },
    marked: {
      kind: "value",
      value: "OUT.xlsx",
      help: { zh: "另写一份标出问题单元格的副本", en: "also write a copy with the faulty cells marked" },
    },
    year: yearOption,
    previous: previousOption,
    district: districtOption,
  },
  about: {
    zh: "检查填报工作簿或 CSV 文件夹，逐行列出问题：位置、代码、说明。没有错误时退出码 0，有错误时退出码 2；警告不影响。",
    en: "Lists what is wrong with a return, one line each: place, code, sentence. Exit code 0 without errors, 2 with errors.",
  },
  examples: ["xingfu check 填报.xlsx", "xingfu check 填报.xlsx --marked 标注.xlsx --previous 上年.xlsx"],
  run,
};

async function run(call: Call): Promise<number> {
  const [path = ""] = call.positionals;
  const markedPath = call.value("marked");
  const marked = markedPath === undefined ? undefined : outputPath(markedPath, ["xlsx"]);
  if (marked !== undefined && marked.path === resolve(path)) {
    throw new CommandRefusal({ zh: "标注副本不能写到输入文件上。", en: "The marked copy cannot replace the input." });
  }
  const file = await readReturnFile(path, await returnOptions(call));
  const isRefused = file.districtYear === null || file.errorCount > 0;
  if (call.has("json")) {
    const { fileName, errorCount, warningCount, issues, presentSections } = file;
    await print(`${JSON.stringify({ fileName, errorCount, warningCount, presentSections, issues }, null, 2)}\n`);
  } else {
    for (const issue of file.issues) await print(`${issueLine(issue, file.fileName)}\n`);
  }
  if (marked !== undefined) {
    if (file.bytes === null || file.districtYear === null) {
      throw new CommandRefusal({
        zh: "只有能够打开的 xlsx 工作簿可以标注。",
        en: "Only a workbook that can be opened can be marked.",
      });
    }
    await writeWhole(marked.path, await markIssues(file.bytes, file.issues));
    await note(`xingfu: 已写标注副本 ${marked.path}`);
  }
  await note(`xingfu: ${issueCount(file)}。`);
  return isRefused ? exit.refused : exit.done;
}
