/** One school's page of the assessment (学校指标情况报告). */

import { documentOf, unitLabels } from "@xingfu/standards";

import type { AssessmentRow, Indicator } from "../balance/index.ts";
import { indicators } from "../balance/index.ts";
import { schoolYearLabel, stages } from "../base/index.ts";
import {
  amountDecimals,
  amountUnits,
  conditionText,
  explanation,
  item,
  note,
  paragraph,
  shortage,
} from "./district.ts";
import type { ReportBlock, ReportModel, ReportPart, ReportSource } from "./model.ts";
import {
  cell,
  column,
  comparedText,
  entriesOf,
  gapPhrase,
  numberCell,
  numeral,
  phaseWord,
  short,
  standing,
  subjectName,
  typeLabel,
  verdictCell,
  verdictWord,
} from "./words.ts";

/** The report of one school: its rows, its figures against each threshold, what is missing. Null = unknown school. */
export function schoolReport(source: ReportSource, schoolCode: string): ReportModel | null {
  const { assessment, facts, rules } = source;
  const school = facts.schools.find((candidate) => candidate.schoolCode === schoolCode);
  if (school === undefined) return null;
  const year = schoolYearLabel(assessment.schoolYear);
  const rows = assessment.rows.filter(
    (row) => row.schoolCode === schoolCode || row.mergedCampuses.includes(schoolCode),
  );
  const body: { readonly heading: string; readonly blocks: readonly ReportBlock[] }[] = [
    { heading: "学校基本情况", blocks: basics(source, schoolCode) },
    {
      heading: "资源配置指标",
      blocks:
        rows.length === 0
          ? [paragraph(excludedText(source, schoolCode))]
          : rows.flatMap((row) => rowBlocks(row, source)),
    },
    { heading: "按校判定的其他指标", blocks: itemBlocks(source, schoolCode) },
    { heading: "尚缺的数据", blocks: gapBlocks(source, schoolCode) },
    { heading: "数据与规则说明", blocks: explanation(source, schoolCode) },
  ];
  return {
    kind: "school",
    title: `${school.name}义务教育优质均衡指标情况报告`,
    subtitle: `（${year}）`,
    documentNumber: "",
    issuer: school.name,
    facts: [
      { label: "学校", text: `${school.name}（${schoolCode}）` },
      { label: "区县", text: assessment.district.name },
      { label: "学年", text: year },
      { label: "规则版本", text: `${documentOf(rules.id)?.number ?? rules.id}，${rules.version}` },
    ],
    isSample: assessment.isSample,
    marks: assessment.isSample ? ["示例数据"] : [],
    parts: [
      {
        heading: "",
        level: 1,
        isAnnex: false,
        blocks: [
          { kind: "paragraph", style: "lead", text: leadText(school.name, year, rows, source, schoolCode) },
          ...(assessment.isSample ? [note("本报告由示例数据生成，学校和数值均为虚构，仅供演示。")] : []),
        ],
      },
      ...body.map(({ heading, blocks }, i): ReportPart => ({
        heading: `${numeral(i + 1)}、${heading}`,
        level: 1,
        isAnnex: false,
        blocks,
      })),
    ],
  };
}

function leadText(
  name: string,
  year: string,
  rows: readonly AssessmentRow[],
  source: ReportSource,
  code: string,
): string {
  if (rows.length === 0) return `${name}${year}：${excludedText(source, code)}`;
  const parts = rows.map(
    (row) => `${phaseWord(row.phase)}七项资源配置指标中 ${row.metCount} 项达标，综合判定为${verdictWord(row.verdict)}`,
  );
  return `${name}${year}${parts.join("；")}。`;
}

function excludedText(source: ReportSource, schoolCode: string): string {
  const labels = entriesOf(source.rules, "exclusions");
  const reasons = source.assessment.excluded
    .filter((exclusion) => exclusion.schoolCode === schoolCode)
    .map((exclusion) => labels.get(exclusion.reason)?.label ?? "其他原因");
  return `不参加资源配置指标计算${reasons.length === 0 ? "" : `，原因：${[...new Set(reasons)].join("；")}`}。`;
}

function basics(source: ReportSource, schoolCode: string): readonly ReportBlock[] {
  const school = source.facts.schools.find((candidate) => candidate.schoolCode === schoolCode);
  if (school === undefined) return [];
  const pupils = stages.flatMap((stage) => {
    const found = school.stages.find((candidate) => candidate.stage === stage);
    return found === undefined || found.pupils === null ? [] : [`${stageWord(stage)} ${found.pupils} 人`];
  });
  const line = (label: string, value: string): readonly [ReturnType<typeof cell>, ReturnType<typeof cell>] => [
    cell(label, "strong"),
    cell(value),
  ];
  return [
    {
      kind: "table",
      caption: "",
      columns: [column("项目", 1.4), column("内容", 5)],
      rows: [
        line("办学类型", typeLabel(school.type)),
        line("举办性质", school.ownership === null ? "未填报" : school.ownership === "public" ? "公办" : "民办"),
        line("在校生", pupils.length === 0 ? "未填报" : pupils.join("，")),
        line("建成年份", school.builtYear === null ? "未填报" : `${school.builtYear} 年`),
        line("承诺达标日期", school.commitmentDate ?? "无"),
      ],
      notes: [],
    },
  ];
}

const stageWords = {
  kindergarten: "幼儿园",
  primary: "小学",
  junior: "初中",
  senior: "高中",
  vocational: "中职",
} as const;
const stageWord = (stage: keyof typeof stageWords): string => stageWords[stage];

function rowBlocks(row: AssessmentRow, source: ReportSource): readonly ReportBlock[] {
  const { rules } = source;
  const entries = entriesOf(rules, "resources");
  const line = (id: Indicator) => {
    const result = row.indicators[id];
    const entry = entries.get(id);
    const missing = result.missingToThreshold;
    const whole = id === "R1" || id === "R2" || id === "R3" || id === "R7";
    return [
      cell(id),
      cell(entry === undefined ? id : `${entry.label}（${unitLabels[entry.unit]}）`),
      numberCell(result.numerator, result.gap, amountDecimals[id]),
      result.value === null
        ? numberCell(null, result.gap)
        : cell(comparedText(result.value, result.threshold, 2), null, result.value),
      cell(short(result.threshold), null, result.threshold),
      result.ratio === null
        ? cell("—", "notComputable")
        : cell(`${(Math.floor(result.ratio * 1000) / 10).toFixed(1)}%`, null, result.ratio),
      verdictCell(result.verdict),
      missing === null || missing <= 0
        ? cell("—")
        : cell(
            `${whole ? Math.ceil(missing - 1e-9) : missing.toFixed(id === "R6" ? 0 : 2)}${amountUnits[id]}`,
            null,
            missing,
          ),
      cell(entry === undefined ? "—" : standing(rules, entry), "muted"),
    ];
  };
  const relaxed = [...new Set(indicators.flatMap((id) => row.indicators[id].relaxations))];
  const labels = entriesOf(rules, "relaxations");
  return [
    paragraph(
      `${phaseWord(row.phase)}在校生 ${row.pupils} 人，达标 ${row.metCount} 项，综合判定为${verdictWord(row.verdict)}。${shortage(row) === "—" ? "" : `补到标准尚缺：${shortage(row)}。`}`,
    ),
    {
      kind: "table",
      caption: `${phaseWord(row.phase)}资源配置指标`,
      columns: [
        column("编号", 0.6, "center"),
        column("指标", 3),
        column("数量", 1.1, "right"),
        column("指标值", 1, "right", null, 2),
        column("标准", 0.8, "right"),
        column("达到程度", 0.9, "right"),
        column("结论", 0.9, "center"),
        column("尚缺", 1.1, "right"),
        column("依据", 0.8, "center"),
      ],
      rows: indicators.map(line),
      notes: [
        ...(row.mergedCampuses.length === 0 ? [] : [`已并入不计校数的校区 ${row.mergedCampuses.length} 个。`]),
        ...(relaxed.length === 0
          ? []
          : [`适用过渡期口径：${relaxed.map((key) => labels.get(key)?.label ?? key).join("；")}。`]),
        "指标值＝数量÷在校生数，R1、R2、R3、R7 按每百名学生计算；“达到程度”为指标值相当于标准的程度。",
      ],
    },
  ];
}

function itemBlocks(source: ReportSource, schoolCode: string): readonly ReportBlock[] {
  const lines: string[] = [];
  for (const result of source.assessment.items) {
    const table = result.id.startsWith("G") ? "government" : "quality";
    const entry = entriesOf(source.rules, table).get(result.id);
    for (const condition of result.conditions) {
      const own = condition.failing.filter((school) => school.schoolCode === schoolCode);
      if (own.length === 0) continue;
      const word = own.some(({ verdict }) => verdict === "notMet") ? "未达标" : "数据不全，无法判定";
      const figures = own.flatMap(({ value, limit }) =>
        value === null || limit === null ? [] : [`本校 ${short(value)}，规定 ${short(limit)}`],
      );
      const label =
        conditionText({ ...condition, failing: [], value: null, gap: null, kind: "reviewed" }, entry, source).split(
          "：",
        )[0] ?? "";
      lines.push(
        `${subjectName(result.id)}（${label}）：${word}${figures.length === 0 ? "" : `，${figures.join("；")}`}。`,
      );
    }
  }
  if (lines.length === 0)
    return [paragraph("按校判定的政府保障程度和教育质量指标中，本校没有未达标或数据不全的情况。")];
  return lines.map((text, i) => item(`${i + 1}．${text}`));
}

function gapBlocks(source: ReportSource, schoolCode: string): readonly ReportBlock[] {
  const own = source.assessment.gaps.filter((gap) => gap.schoolCode === schoolCode);
  if (own.length === 0) return [paragraph("本校参加评估所需的数据已经齐全。")];
  return own.map((gap, i) =>
    item(
      `${i + 1}．${gap.phase === null ? "" : phaseWord(gap.phase)}${subjectName(gap.subject)}：${gapPhrase(gap.gap)}。`,
    ),
  );
}
