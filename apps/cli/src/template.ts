/** `xingfu template`: an empty workbook to fill in. */

import { schoolYear, schoolYearLabel, sections } from "@xingfu/domain/base";
import type { Section } from "@xingfu/domain/base";
import { writeWorkbook } from "@xingfu/exchange";
import { districtOf, districtOption, outputPath, writeWhole, yearOf, yearOption } from "./arguments.ts";
import type { Call, Command } from "./command.ts";
import { nearest } from "./command.ts";
import { CommandRefusal, exit, note } from "./terminal.ts";

export const command: Command = {
  positionals: [{ name: "OUT.xlsx" }],
  options: {
    year: { ...yearOption, help: { zh: "学年；缺省为当前学年", en: "school year; default: the current one" } },
    sections: {
      kind: "value",
      value: "schools,premises",
      help: { zh: `只要其中几张表：${sections.join("、")}`, en: `only some sheets: ${sections.join(", ")}` },
    },
    district: { ...districtOption, help: { zh: "填在说明页上的区县", en: "district to print on the first sheet" } },
  },
  about: {
    zh: "写出空白的填报工作簿：填报说明、各表表头、下拉列表、批注和代码表。",
    en: "Writes an empty workbook: instructions, headers, drop-downs, cell comments and code lists.",
  },
  examples: ["xingfu template 填报模板.xlsx --year 2025", "xingfu template 校舍.xlsx --sections schools,premises"],
  run,
};

async function run(call: Call): Promise<number> {
  const { path } = outputPath(call.positionals[0] ?? "", ["xlsx"]);
  const year = yearOf(call) ?? currentYear(new Date());
  const district = districtOf(call);
  const chosen = call.value("sections") === undefined ? undefined : readSections(call.value("sections") ?? "");
  const bytes = await writeWorkbook({
    schoolYear: year,
    ...(district === undefined ? {} : { district }),
    ...(chosen === undefined ? {} : { sections: chosen }),
  });
  await writeWhole(path, bytes);
  await note(`xingfu: 已写 ${schoolYearLabel(year)}填报模板 ${path}`);
  return exit.done;
}

/** School years begin on 1 September. */
function currentYear(now: Date) {
  return schoolYear(now.getMonth() >= 8 ? now.getFullYear() : now.getFullYear() - 1);
}

function readSections(text: string): readonly Section[] {
  return text
    .split(/[,，、\s]+/u)
    .filter((word) => word !== "")
    .map((word) => {
      const section = sections.find((one) => one === word);
      if (section !== undefined) return section;
      const near = nearest(word, sections);
      throw new CommandRefusal({
        zh: `没有表 ${word}。${near === undefined ? `可用：${sections.join("、")}` : `是不是 ${near}？`}`,
        en: `There is no sheet ${word}. ${near === undefined ? `Use ${sections.join(", ")}` : `Did you mean ${near}?`}`,
      });
    });
}
