/** The district's self-evaluation report (自查自评报告). */

import { documentOf, unitLabels } from "@xingfu/standards";
import type { Entry } from "@xingfu/standards";

import type { AssessmentRow, CvResult, Exclusion, Indicator, ItemCondition, ItemResult } from "../balance/index.ts";
import { indicators } from "../balance/index.ts";
import type { Phase, Verdict } from "../base/index.ts";
import { allMet, phases, schoolYearLabel } from "../base/index.ts";
import type { ReportBlock, ReportCell, ReportModel, ReportPart, ReportSource, ReportTable } from "./model.ts";
import {
  cell,
  column,
  comparedText,
  entriesOf,
  gapPhrase,
  gapWord,
  inUnit,
  number,
  numberCell,
  numeral,
  percent,
  phaseWord,
  short,
  standing,
  subjectName,
  typeLabel,
  verdictCell,
  verdictWord,
} from "./words.ts";

/** Decimals that amounts are printed with: heads and rooms may be shares after splitting. */
const amountDecimals: Readonly<Record<Indicator, number>> = { R1: 0, R2: 0, R3: 0, R4: 2, R5: 2, R6: 0, R7: 2 };
const amountUnits: Readonly<Record<Indicator, string>> = {
  R1: "人",
  R2: "人",
  R3: "人",
  R4: "㎡",
  R5: "㎡",
  R6: "元",
  R7: "间",
};
/** Gaps listed in the body; the rest stands in the annex. */
const listedFailing = 30;

export const paragraph = (text: string): ReportBlock => ({ kind: "paragraph", text, style: "body" });
export const item = (text: string): ReportBlock => ({ kind: "paragraph", text, style: "item" });
export const note = (text: string): ReportBlock => ({ kind: "note", text });

/** The whole report of a district: verdict in words, the four parts with every item, what is missing, annexes. */
export function districtReport(source: ReportSource): ReportModel {
  const { assessment, rules } = source;
  const { name } = assessment.district;
  const year = schoolYearLabel(assessment.schoolYear);
  const body: { readonly heading: string; readonly blocks: readonly ReportBlock[] }[] = [
    { heading: "基本情况", blocks: basics(source) },
    { heading: "自评结果", blocks: overview(source) },
    { heading: "资源配置", blocks: resources(source) },
    { heading: "政府保障程度", blocks: items(source, "government", "G") },
    { heading: "教育质量", blocks: items(source, "quality", "Q") },
    { heading: "社会认可度", blocks: recognition(source) },
    { heading: "申报条件与一票否决事项", blocks: conditions(source) },
    { heading: "存在的问题", blocks: problems(source) },
    { heading: "尚缺的数据", blocks: missingData(source) },
    { heading: "下一步工作", blocks: nextSteps(source) },
    { heading: "数据与规则说明", blocks: explanation(source) },
  ];
  const annexes = annexTables(source);
  return {
    kind: "district",
    title: `${name}义务教育优质均衡发展自查自评报告`,
    subtitle: `（${year}）`,
    documentNumber: "〔    〕    号",
    issuer: `${name}人民政府`,
    facts: [
      { label: "区县", text: `${name}（${assessment.district.code}）` },
      { label: "学年", text: year },
      { label: "评估结论", text: verdictWord(assessment.verdict) },
      { label: "规则版本", text: `${documentOf(rules.id)?.number ?? rules.id}，${rules.version}` },
    ],
    isSample: assessment.isSample,
    marks: assessment.isSample ? ["示例数据"] : [],
    parts: [
      { heading: "", level: 1, isAnnex: false, blocks: opening(source) },
      ...body.map(({ heading, blocks }, i): ReportPart => ({
        heading: `${numeral(i + 1)}、${heading}`,
        level: 1,
        isAnnex: false,
        blocks,
      })),
      ...annexes.map((table, i): ReportPart => ({
        heading: `附表${i + 1}　${table.caption}`,
        level: 1,
        isAnnex: true,
        blocks: [{ ...table, caption: "" }],
      })),
    ],
  };
}

/** The verdict in words first, then what the report follows. */
function opening(source: ReportSource): readonly ReportBlock[] {
  const { assessment, rules } = source;
  const { name } = assessment.district;
  const year = schoolYearLabel(assessment.schoolYear);
  const failed = partsWith(source, "notMet");
  const open = partsWith(source, "notComputable");
  const sentence = {
    met: `各部分均达到规定要求，结论为达标。`,
    notMet: `${failed.join("、")}未达到规定要求，结论为未达标${open.length === 0 ? "" : `；${open.join("、")}因数据不全尚无法判定`}。`,
    notComputable: `${open.join("、")}因数据不全或尚未评估，目前无法判定，尚不能作出结论。`,
  }[assessment.verdict];
  const document = documentOf(rules.id);
  const cited =
    document === undefined ? "有关规定" : `《${document.title.replaceAll(/[《》]/gu, "")}》（${document.number}）`;
  const sample = assessment.isSample
    ? [note("本报告由示例数据生成，区县、学校、人员和数值均为虚构，仅供演示，不得作为评估依据。")]
    : [];
  return [
    { kind: "paragraph", style: "lead", text: `经自查自评，${name}${year}义务教育优质均衡发展：${sentence}` },
    ...sample,
    paragraph(
      `根据${cited}、县域义务教育优质均衡发展国家督导评估认定工作规程和教基厅函〔2021〕43号文件要求（省、市有关文件由填报单位在此补列），${name}人民政府对本区县${year}义务教育优质均衡发展情况进行了自查自评。现将有关情况报告如下。`,
    ),
  ];
}

const partNames = {
  resources: "资源配置",
  government: "政府保障程度",
  quality: "教育质量",
  recognition: "社会认可度",
  precondition: "申报条件",
  vetoes: "一票否决事项",
} as const;
type PartName = keyof typeof partNames;
const partOrder = Object.keys(partNames) as PartName[];

function partsWith({ assessment }: ReportSource, verdict: Verdict): readonly string[] {
  return partOrder.filter((part) => assessment.parts[part] === verdict).map((part) => partNames[part]);
}

/** Schools by kind with their pupils and teachers, and what is left out of the computation. */
function basics(source: ReportSource): readonly ReportBlock[] {
  const { assessment, facts } = source;
  const kinds = new Map<string, { schools: number; primary: number; junior: number; teachers: number }>();
  const total = { schools: 0, primary: 0, junior: 0, teachers: 0 };
  for (const school of facts.schools) {
    const stage = (name: Phase) => school.stages.find((candidate) => candidate.stage === name);
    const isSpecial = source.rules.exclusions.specialTypes.some((type) => school.type.startsWith(type));
    const [primary, junior] = [stage("primary")?.pupils ?? 0, stage("junior")?.pupils ?? 0];
    if (primary + junior === 0 && !isSpecial) continue;
    const teachers = phases.reduce((sum, phase) => {
      const counts = stage(phase)?.teachers;
      if (counts === null || counts === undefined) return sum;
      const { doctorate, master, bachelor, associate, secondary, belowSecondary, unspecified } = counts;
      return (
        sum +
        [doctorate, master, bachelor, associate, secondary, belowSecondary, unspecified].reduce<number>(
          (all, part) => all + (part ?? 0),
          0,
        )
      );
    }, 0);
    const kind = school.isCounted ? typeLabel(school.type) : "不计校数的校区";
    const known = kinds.get(kind) ?? { schools: 0, primary: 0, junior: 0, teachers: 0 };
    for (const sum of [known, total]) {
      sum.schools += sum === total && !school.isCounted ? 0 : 1;
      sum.primary += primary;
      sum.junior += junior;
      sum.teachers += teachers;
    }
    kinds.set(kind, known);
  }
  const whole = (value: number): ReportCell => cell(String(value), null, value);
  const rows = [...kinds].map(([kind, sum]) => [
    cell(kind),
    whole(sum.schools),
    whole(sum.primary),
    whole(sum.junior),
    whole(sum.teachers),
  ]);
  rows.push([
    cell("合计（学校数不含不计校数的校区）", "strong"),
    whole(total.schools),
    whole(total.primary),
    whole(total.junior),
    whole(total.teachers),
  ]);
  const counted = phases
    .map((phase) => `${phaseWord(phase)} ${assessment.rows.filter((row) => row.phase === phase).length} 所`)
    .join("、");
  const excluded = Map.groupBy(assessment.excluded.filter(isObject), (exclusion) => exclusion.reason);
  const labels = entriesOf(source.rules, "exclusions");
  const left = [...excluded].map(([reason, list]) => `${labels.get(reason)?.shortLabel ?? "其他"} ${list.length} 个`);
  return [
    paragraph(
      `${assessment.district.name}现有举办义务教育的学校 ${total.schools} 所，小学在校生 ${total.primary} 人，初中在校生 ${total.junior} 人，义务教育阶段专任教师 ${total.teachers} 人。参加资源配置指标计算的学校（学段）${assessment.rows.length} 个，其中${counted}；一贯制学校和完全中学按学段分别计算。`,
    ),
    {
      kind: "table",
      caption: "义务教育学校基本情况",
      columns: [
        column("学校类别", 3.2),
        column("学校数", 1, "right", "所", 0),
        column("小学在校生", 1.2, "right", "人", 0),
        column("初中在校生", 1.2, "right", "人", 0),
        column("专任教师", 1.2, "right", "人", 0),
      ],
      rows,
      notes: ["专任教师为小学、初中学段已填报的人数。"],
    },
    ...(left.length === 0
      ? []
      : [paragraph(`按规定或因数据原因未参加资源配置指标计算的学校（学段）：${left.join("，")}。名单见附表。`)]),
  ];
}

/** Kindergartens, senior schools and the like are no object of this assessment, so they are counted, not listed. */
const isObject = (exclusion: Exclusion): boolean => exclusion.reason !== "noCompulsoryPupils";

/** The parts at a glance. */
function overview({ assessment }: ReportSource): readonly ReportBlock[] {
  const count = (verdicts: readonly Verdict[]): readonly ReportCell[] => {
    const of = (verdict: Verdict): number => verdicts.filter((other) => other === verdict).length;
    return [verdicts.length, of("met"), of("notMet"), of("notComputable")].map((value) =>
      cell(String(value), null, value),
    );
  };
  const { parts } = assessment;
  const line = (name: string, what: string, verdicts: readonly Verdict[], verdict: Verdict): readonly ReportCell[] => [
    cell(name),
    cell(what),
    ...count(verdicts),
    verdictCell(verdict),
  ];
  const rows = assessment.rows.map(({ verdict }) => verdict);
  const spread = assessment.cv.map(({ verdict }) => verdict);
  const byPrefix = (prefix: string): readonly Verdict[] =>
    assessment.items.filter(({ id }) => id.startsWith(prefix)).map(({ verdict }) => verdict);
  return [
    paragraph(
      `总体结论：${verdictWord(assessment.verdict)}。各部分结论见下表；任何一部分未达标即为未达标，任何一项数据不全的列为无法判定，不作达标或未达标处理。`,
    ),
    {
      kind: "table",
      caption: "各部分自评结论",
      columns: [
        column("部分", 1.6),
        column("评估内容", 2.4),
        column("数目", 0.8, "right", null, 0),
        column("达标", 0.8, "right", null, 0),
        column("未达标", 0.9, "right", null, 0),
        column("无法判定", 1, "right", null, 0),
        column("结论", 1.2, "center"),
      ],
      rows: [
        line("资源配置", "学校（学段）综合达标", rows, allMet(rows)),
        line("", "校际差异系数", spread, allMet(spread)),
        line("政府保障程度", "15 项指标", byPrefix("G"), parts.government),
        line("教育质量", "9 项指标", byPrefix("Q"), parts.quality),
        line("社会认可度", "满意度", [assessment.satisfaction.verdict], parts.recognition),
        line("申报条件", "基本均衡认定年限", [assessment.precondition.verdict], parts.precondition),
        line(
          "一票否决事项",
          "6 种情形均未发生",
          assessment.vetoes.map(({ verdict }) => verdict),
          parts.vetoes,
        ),
      ],
      notes: [`资源配置由学校综合达标和校际差异系数两方面共同决定，结论为${verdictWord(parts.resources)}。`],
    },
  ];
}

function resources(source: ReportSource): readonly ReportBlock[] {
  const { assessment, rules } = source;
  const entries = entriesOf(rules, "resources");
  const blocks: ReportBlock[] = [
    paragraph(
      `每所学校（学段）七项指标至少 ${rules.school.metAtLeast} 项达到标准，其余项不低于标准的 ${short(rules.school.restShare * 100)}%，方为综合达标；小学、初中每项指标的校际差异系数分别不高于规定上限。`,
    ),
  ];
  for (const phase of phases) {
    const rows = assessment.rows.filter((row) => row.phase === phase);
    const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
    blocks.push(
      paragraph(
        `${phaseWord(phase)}：${rows.length} 所学校中，综合达标 ${count("met")} 所，未达标 ${count("notMet")} 所，无法判定 ${count("notComputable")} 所。`,
      ),
    );
  }
  blocks.push({
    kind: "table",
    caption: "七项指标达标情况",
    columns: [
      column("编号", 0.6, "center"),
      column("指标", 3.4),
      column("小学标准", 0.9, "right"),
      column("小学达标", 1, "right", "校数"),
      column("初中标准", 0.9, "right"),
      column("初中达标", 1, "right", "校数"),
      column("依据", 0.95, "center"),
    ],
    rows: indicators.map((id) => {
      const entry = entries.get(id);
      const share = (phase: Phase): ReportCell => {
        const rows = assessment.rows.filter((row) => row.phase === phase);
        const met = rows.filter((row) => row.indicators[id].verdict === "met").length;
        return cell(`${met}/${rows.length}`, met === rows.length ? "met" : null);
      };
      return [
        cell(id),
        cell(`${entry?.label ?? id}${unitText(entry)}`),
        cell(short(rules.resources[id].threshold.primary)),
        share("primary"),
        cell(short(rules.resources[id].threshold.junior)),
        share("junior"),
        cell(entry === undefined ? "—" : standing(rules, entry), "muted"),
      ];
    }),
    notes: [
      "“依据”栏：已核实＝数值已与发布机关公布的原文核对；未核实＝尚未与原文核对；区级规则＝省、市、区县文件规定的数值。",
    ],
  });
  blocks.push(spreadTable(assessment.cv, entries));
  const failing = assessment.rows.filter((row) => row.verdict !== "met");
  if (failing.length > 0) {
    blocks.push({
      kind: "table",
      caption: "未综合达标和无法判定的学校",
      columns: [
        column("学校", 2.6),
        column("学段", 0.7, "center"),
        column("在校生", 1, "right", "人", 0),
        column("达标项数", 1, "right", null, 0),
        column("未达标或无法判定的指标", 3.4),
        column("结论", 1.1, "center"),
      ],
      rows: failing
        .slice(0, listedFailing)
        .map((row) => [
          cell(row.school),
          cell(phaseWord(row.phase)),
          cell(String(row.pupils), null, row.pupils),
          cell(String(row.metCount), null, row.metCount),
          cell(weakPoints(row, entries)),
          verdictCell(row.verdict),
        ]),
      notes: [
        ...(failing.length > listedFailing
          ? [`共 ${failing.length} 个，此处列出前 ${listedFailing} 个，其余见附表。`]
          : []),
        "百分数为指标值相当于标准的程度。",
      ],
    });
  }
  return blocks;
}

function unitText(entry: Entry | undefined): string {
  const unit = entry === undefined ? "" : unitLabels[entry.unit];
  return unit === "" ? "" : `（${unit}）`;
}

function weakPoints(row: AssessmentRow, entries: ReadonlyMap<string, Entry>): string {
  return indicators
    .filter((id) => row.indicators[id].verdict !== "met")
    .map((id) => {
      const { ratio, gap } = row.indicators[id];
      const state = ratio === null ? gapWord(gap) : `${(Math.floor(ratio * 1000) / 10).toFixed(1)}%`;
      return `${entries.get(id)?.shortLabel ?? id} ${state}`;
    })
    .join("；");
}

function spreadTable(results: readonly CvResult[], entries: ReadonlyMap<string, Entry>): ReportTable {
  return {
    kind: "table",
    caption: "校际差异系数",
    columns: [
      column("学段", 0.7, "center"),
      column("指标", 3),
      column("全区均值", 1.1, "right", null, 2),
      column("标准差", 1.1, "right", null, 2),
      column("差异系数", 1, "right", null, 3),
      column("上限", 0.8, "right", null, 2),
      column("结论", 1, "center"),
    ],
    rows: results.map((result) => [
      cell(phaseWord(result.phase)),
      cell(`${result.indicator} ${entries.get(result.indicator)?.shortLabel ?? ""}`),
      numberCell(result.mean, result.gap),
      numberCell(result.sd, result.gap),
      result.cv === null
        ? cell(gapWord(result.gap), "notComputable")
        : cell(comparedText(result.cv, result.limit, 3), result.verdict === "met" ? null : "notMet", result.cv),
      cell(number(result.limit), null, result.limit),
      verdictCell(result.verdict),
    ]),
    notes: ["差异系数按在校生数加权，每项单独判定；用未经四舍五入的数值比较，表中显示三位小数。"],
  };
}

function items(source: ReportSource, table: "government" | "quality", prefix: string): readonly ReportBlock[] {
  const { assessment, rules } = source;
  const entries = entriesOf(rules, table);
  const own = assessment.items.filter(({ id }) => id.startsWith(prefix));
  const count = (verdict: Verdict): number => own.filter((result) => result.verdict === verdict).length;
  const findings = new Map(source.facts.findings.map((finding) => [finding.item, finding]));
  return [
    paragraph(
      `共 ${own.length} 项，达标 ${count("met")} 项，未达标 ${count("notMet")} 项，无法判定 ${count("notComputable")} 项。全部达标方为达标。`,
    ),
    {
      kind: "table",
      caption: `${partNames[table]}逐项情况`,
      columns: [
        column("编号", 0.6, "center"),
        column("指标", 3.4),
        column("核查情况", 3.8),
        column("结论", 1.05, "center"),
        column("依据", 0.95, "center"),
      ],
      rows: own.map((result) => {
        const entry = entries.get(result.id);
        const finding = findings.get(result.id)?.finding ?? null;
        const lines = result.conditions.map((condition) => conditionText(condition, entry, source));
        if (finding !== null && finding !== "") lines.push(`评估意见：${finding}`);
        return [
          cell(result.id),
          cell(entry?.label ?? result.id),
          cell(lines.join("\n")),
          verdictCell(result.verdict),
          cell(entry === undefined ? "—" : standing(rules, entry), "muted"),
        ];
      }),
      notes: [],
    },
  ];
}

const schoolName = (source: ReportSource, code: string): string =>
  source.facts.schools.find((school) => school.schoolCode === code)?.name ?? code;

/** One condition as a line: what, value, limit, which schools. */
export function conditionText(condition: ItemCondition, entry: Entry | undefined, source: ReportSource): string {
  const [base = condition.id, detail] = condition.id.split(":", 2);
  const definition = entry?.conditions.find(({ id }) => id === base || `${entry.id}.${id}` === base);
  const extra = condition.id.split(":").slice(1);
  const [phase, subject] = extra;
  const prefix =
    detail === undefined
      ? ""
      : `${phase === "primary" || phase === "junior" ? phaseWord(phase) : (phase ?? "")}${subject ?? ""}`;
  const label = `${prefix}${definition?.label ?? "评估"}`;
  if (condition.kind === "reviewed") {
    return `${label}：${condition.verdict === "notComputable" ? "尚未评估" : verdictWord(condition.verdict)}`;
  }
  const unit = definition?.unit ?? "text";
  if (condition.value === null) return `${label}：${condition.gap === null ? "无法计算" : gapPhrase(condition.gap)}`;
  const compare = { atLeast: "应不低于", atMost: "应不高于", below: "应低于" };
  // "at most 0" of a count of failing schools goes without saying
  const isCount = condition.limit === 0 && condition.compare === "atMost";
  const limit =
    condition.limit === null || condition.compare === null || isCount
      ? ""
      : `，${compare[condition.compare]} ${inUnit(condition.limit, unit)}`;
  const schools = [
    ...new Set(
      condition.failing
        .filter(({ verdict }) => verdict === "notMet")
        .map(({ schoolCode }) => schoolName(source, schoolCode)),
    ),
  ];
  const unknown = new Set(
    condition.failing.filter(({ verdict }) => verdict === "notComputable").map(({ schoolCode }) => schoolCode),
  ).size;
  const named =
    schools.length === 0
      ? ""
      : `（${schools.slice(0, 5).join("、")}${schools.length > 5 ? `等 ${schools.length} 所` : ""}）`;
  return `${label}：${inUnit(condition.value, unit)}${limit}${named}${unknown === 0 ? "" : `；另有 ${unknown} 所数据不全`}`;
}

function recognition({ assessment }: ReportSource): readonly ReportBlock[] {
  const { satisfaction } = assessment;
  const names = new Map<string, string>([
    ["pupils", "学生"],
    ["parents", "家长"],
    ["teachers", "教师"],
    ["principals", "校长"],
    ["deputies", "人大代表"],
    ["advisers", "政协委员"],
    ["public", "其他群众"],
  ]);
  const sentence =
    satisfaction.value === null
      ? `社会认可度：${satisfaction.gap === null ? "无法计算" : gapPhrase(satisfaction.gap)}。`
      : `社会认可度为 ${percent(satisfaction.value)}，规定为 ${percent(satisfaction.limit)} 以上，${verdictWord(satisfaction.verdict)}。`;
  return [
    paragraph(sentence),
    {
      kind: "table",
      caption: "社会认可度调查结果",
      columns: [column("调查对象", 2), column("有效问卷", 1.2, "right", "份", 0), column("满意比例", 1.2, "right")],
      rows: satisfaction.parties.map((party) => [
        cell(names.get(party.party) ?? party.party),
        party.validAnswers === null
          ? cell("未填报", "notComputable")
          : cell(String(party.validAnswers), null, party.validAnswers),
        party.value === null ? cell("未填报", "notComputable") : cell(percent(party.value), null, party.value),
      ]),
      notes: ["各类对象的有效问卷合并计算满意比例。"],
    },
  ];
}

function conditions(source: ReportSource): readonly ReportBlock[] {
  const { assessment, rules, facts } = source;
  const { precondition } = assessment;
  const labels = entriesOf(rules, "vetoes");
  const rows = new Map(facts.vetoes.map((row) => [row.veto, row]));
  const age =
    precondition.value === null
      ? precondition.gap === null
        ? "无法计算"
        : gapPhrase(precondition.gap)
      : `通过国家义务教育基本均衡发展认定已 ${precondition.value} 年`;
  return [
    paragraph(
      `申报条件：${age}，规定为 ${precondition.limit} 年以上，${verdictWord(precondition.verdict)}。认定后年度监测情况由评估人员审查。`,
    ),
    {
      kind: "table",
      caption: "一票否决事项核查",
      columns: [
        column("编号", 0.6, "center"),
        column("情形", 3.4),
        column("是否发生", 1, "center"),
        column("核查情况", 3),
      ],
      rows: assessment.vetoes.map((veto) => [
        cell(veto.id),
        cell(labels.get(veto.id)?.label ?? veto.id),
        veto.hasOccurred === null
          ? cell("尚未核查", "notComputable")
          : cell(veto.hasOccurred ? "发生" : "未发生", veto.hasOccurred ? "notMet" : "met"),
        cell(rows.get(veto.id)?.finding ?? "—"),
      ]),
      notes: ["任何一种情形发生，不予认定。"],
    },
  ];
}

function problems(source: ReportSource): readonly ReportBlock[] {
  const { assessment } = source;
  const lines: string[] = [];
  for (const phase of phases) {
    const failing = assessment.rows.filter((row) => row.phase === phase && row.verdict === "notMet");
    if (failing.length > 0) lines.push(`${phaseWord(phase)}有 ${failing.length} 所学校未综合达标。`);
    for (const id of indicators) {
      const below = assessment.rows.filter((row) => row.phase === phase && row.indicators[id].verdict === "notMet");
      if (below.length > 0) lines.push(`${phaseWord(phase)}${subjectName(id)}：${below.length} 所学校未达到标准。`);
    }
  }
  for (const result of assessment.cv) {
    if (result.verdict === "notMet") {
      lines.push(
        `${phaseWord(result.phase)}${subjectName(result.indicator)}的校际差异系数为 ${comparedText(result.cv ?? 0, result.limit, 3)}，高于上限 ${number(result.limit)}。`,
      );
    }
  }
  for (const result of assessment.items)
    if (result.verdict === "notMet") lines.push(`${subjectName(result.id)}未达标${whichFailed(result)}。`);
  if (assessment.satisfaction.verdict === "notMet") lines.push("社会认可度未达到规定比例。");
  if (assessment.precondition.verdict === "notMet") lines.push("基本均衡认定年限不足。");
  for (const veto of assessment.vetoes)
    if (veto.hasOccurred === true) lines.push(`发生一票否决情形：${subjectName(veto.id)}。`);
  if (lines.length === 0) return [paragraph("已有数据的各项指标均未发现未达标情况。")];
  return [paragraph("从已填报的数据看，主要问题有："), ...lines.map((line, i) => item(`${i + 1}．${line}`))];
}

function whichFailed(result: ItemResult): string {
  const schools = new Set(
    result.conditions.flatMap(({ failing }) =>
      failing.filter(({ verdict }) => verdict === "notMet").map(({ schoolCode }) => schoolCode),
    ),
  );
  return schools.size === 0 ? "" : `，涉及 ${schools.size} 所学校`;
}

function missingData(source: ReportSource): readonly ReportBlock[] {
  const { gaps } = source.assessment;
  if (gaps.length === 0) return [paragraph("参加评估所需的数据已经齐全。")];
  const direct = gaps.filter(({ gap }) => gap.why !== "depends");
  const schools = new Set(direct.flatMap(({ schoolCode }) => (schoolCode === null ? [] : [schoolCode]))).size;
  const district = direct.filter(({ schoolCode }) => schoolCode === null);
  const names = [...new Set(district.map(({ subject, gap }) => `${subjectName(subject)}${gapPhrase(gap)}`))];
  return [
    paragraph(
      `共有 ${gaps.length} 处数据缺失或尚未评估，其中 ${gaps.length - direct.length} 处由其他缺失引起。涉及学校 ${schools} 所，区县本级 ${district.length} 处。缺失的数据不按零处理，有关指标列为无法判定。明细见附表。`,
    ),
    ...names.slice(0, 20).map((name, i) => item(`${i + 1}．${name}。`)),
    ...(names.length > 20 ? [item(`其余 ${names.length - 20} 处见附表。`)] : []),
  ];
}

function nextSteps(source: ReportSource): readonly ReportBlock[] {
  const { assessment, rules } = source;
  const entries = entriesOf(rules, "resources");
  const rows: (readonly ReportCell[])[] = [];
  for (const phase of phases) {
    for (const id of indicators) {
      const below = assessment.rows.filter((row) => row.phase === phase && row.indicators[id].verdict === "notMet");
      if (below.length === 0) continue;
      const sum = (field: "missingToThreshold" | "missingTo85"): ReportCell => {
        // a school cannot have a part of a teacher or room: each school's need is rounded up before it is summed
        const isWhole = id !== "R4" && id !== "R5" && id !== "R6";
        const total = below.reduce((all, row) => {
          const amount = row.indicators[id][field] ?? 0;
          return all + (isWhole ? Math.ceil(amount - 1e-9) : amount);
        }, 0);
        return cell(number(total, isWhole || id === "R6" ? 0 : 2), null, total);
      };
      rows.push([
        cell(phaseWord(phase)),
        cell(`${id} ${entries.get(id)?.shortLabel ?? ""}`),
        cell(String(below.length), null, below.length),
        cell(amountUnits[id]),
        sum("missingTo85"),
        sum("missingToThreshold"),
      ]);
    }
  }
  const table: readonly ReportBlock[] =
    rows.length === 0
      ? []
      : [
          {
            kind: "table",
            caption: "补齐资源的数量",
            columns: [
              column("学段", 0.7, "center"),
              column("指标", 3),
              column("学校数", 0.8, "right", "所", 0),
              column("单位", 0.7, "center"),
              column("补到标准的 85%", 1.3, "right"),
              column("补到标准", 1.3, "right"),
            ],
            rows,
            notes: ["按现有学生数测算；教师、教室按校向上取整后合计。各校数量见附表。"],
          },
        ];
  return [
    paragraph(
      rows.length === 0 ? "各校资源配置指标没有缺口。" : "按现有学生数，未达到标准的学校需要补齐的资源如下表。",
    ),
    ...table,
    paragraph("（整改措施、责任单位、资金来源和完成时限由填报单位在此填写。）"),
  ];
}

/** Rule version, hashes, who reported, local rules, relaxations: of the district, or of one school's rows. */
export function explanation(source: ReportSource, schoolCode?: string): readonly ReportBlock[] {
  const { rules, hashes, reported, assessment } = source;
  const isMeant = (code: string): boolean => schoolCode === undefined || schoolCode === code;
  const applied = new Set(
    assessment.rows
      .filter((row) => isMeant(row.schoolCode))
      .flatMap((row) => indicators.flatMap((id) => row.indicators[id].relaxations)),
  );
  for (const result of assessment.items)
    for (const { relaxed } of result.conditions)
      for (const { schoolCode: code, relaxation } of relaxed) if (isMeant(code)) applied.add(relaxation);
  const labels = entriesOf(rules, "relaxations");
  const document = documentOf(rules.id);
  const lines = [
    `本报告由已填报的数据按规则计算得出，同样的数据和规则得到同样的结果。比较用未经四舍五入的数值，表中一般显示两位小数。`,
    `规则：${document?.title ?? rules.id}（${document?.number ?? ""}），版本 ${rules.version}，适用日期 ${rules.date}。`,
    rules.overrides.length === 0
      ? "未采用省、市、区县的替代规则。"
      : `采用区级规则 ${rules.overrides.length} 处：${rules.overrides.map((override) => `${subjectName(override.reference.split("/").at(-1) ?? "")}（${override.source}）`).join("；")}。`,
    "标为“未核实”的数值取自公开资料，尚未与发布机关的原文核对，正式使用前应当核对。",
    applied.size === 0
      ? schoolCode === undefined
        ? "没有学校适用过渡期口径。"
        : "本校没有适用过渡期口径。"
      : `适用过渡期口径：${[...applied].map((key) => labels.get(key)?.shortLabel ?? "其他").join("、")}。适用的学校应当承诺三年内达到规定要求。`,
    `输入数据校验值（SHA-256）：${hashes.inputs}`,
    `规则校验值（SHA-256）：${hashes.rules}`,
    `数据填报：${reported === null ? "由工作簿直接计算，未经系统核定" : `${reported.by}，${reported.at}`}。报告生成日期：${source.writtenOn}。`,
  ];
  return lines.map((line, i) => item(`${i + 1}．${line}`));
}

function annexTables(source: ReportSource): readonly ReportTable[] {
  const { assessment, rules } = source;
  const entries = entriesOf(rules, "resources");
  const tables: ReportTable[] = [];
  const sign: Readonly<Record<Verdict, string>> = { met: "", notMet: "▼", notComputable: "" };
  for (const phase of phases) {
    const rows = assessment.rows.filter((row) => row.phase === phase);
    if (rows.length === 0) continue;
    tables.push({
      kind: "table",
      caption: `${phaseWord(phase)}资源配置指标达标情况`,
      columns: [
        column("序号", 0.6, "center"),
        column("学校", 3.2),
        column("在校生", 0.9, "right", "人", 0),
        ...indicators.map((id) =>
          column(
            `${id} ${entries.get(id)?.shortLabel ?? ""}`,
            1.25,
            "right",
            `标准 ${short(rules.resources[id].threshold[phase])}`,
            2,
          ),
        ),
        column("达标项数", 0.8, "right", null, 0),
        column("结论", 1, "center"),
      ],
      rows: rows.map((row, i) => [
        cell(String(i + 1), null, i + 1),
        cell(row.school),
        cell(String(row.pupils), null, row.pupils),
        ...indicators.map((id) => {
          const result = row.indicators[id];
          if (result.value === null) return cell(gapWord(result.gap), "notComputable");
          const mark = result.relaxations.length > 0 ? "*" : "";
          return cell(
            `${comparedText(result.value, result.threshold, 2)}${sign[result.verdict]}${mark}`,
            result.verdict === "met" ? null : "notMet",
            result.value,
          );
        }),
        cell(String(row.metCount), null, row.metCount),
        verdictCell(row.verdict),
      ]),
      notes: ["▼ 未达到标准；* 适用过渡期口径。按学校标识码排列，不是名次。"],
    });
    tables.push({
      kind: "table",
      caption: `${phaseWord(phase)}资源数量与缺口`,
      columns: [
        column("序号", 0.6, "center"),
        column("学校", 3),
        column("在校生", 0.8, "right", "人", 0),
        ...indicators.map((id) => column(`${id} 数量`, 1.15, "right", amountUnits[id], amountDecimals[id])),
        column("尚缺（补到标准）", 3, "left"),
      ],
      rows: rows.map((row, i) => [
        cell(String(i + 1), null, i + 1),
        cell(row.school),
        cell(String(row.pupils), null, row.pupils),
        ...indicators.map((id) => numberCell(row.indicators[id].numerator, row.indicators[id].gap, amountDecimals[id])),
        cell(shortage(row)),
      ]),
      notes: ["一贯制学校和完全中学的校舍、场馆、设备、教室为按规定权重分摊到本学段的数量。"],
    });
  }
  const outside = assessment.excluded.filter((exclusion) => !isObject(exclusion)).length;
  tables.push({
    kind: "table",
    caption: "未参加资源配置指标计算的学校",
    columns: [
      column("序号", 0.6, "center"),
      column("学校标识码", 1.4),
      column("学校", 3),
      column("学段", 0.8, "center"),
      column("原因", 4),
    ],
    rows: assessment.excluded
      .filter(isObject)
      .map((exclusion, i) => [
        cell(String(i + 1), null, i + 1),
        cell(exclusion.schoolCode),
        cell(exclusion.school),
        cell(exclusion.phase === null ? "—" : phaseWord(exclusion.phase)),
        cell(entriesOf(rules, "exclusions").get(exclusion.reason)?.label ?? "其他原因"),
      ]),
    notes:
      outside === 0 ? [] : [`另有幼儿园、高级中学等没有义务教育阶段学生的学校 ${outside} 所，不属于评估对象，未列入。`],
  });
  if (assessment.gaps.length > 0) {
    tables.push({
      kind: "table",
      caption: "缺失数据清单",
      columns: [
        column("序号", 0.6, "center"),
        column("学校", 3),
        column("学段", 0.8, "center"),
        column("指标", 3),
        column("原因", 4.5),
      ],
      rows: assessment.gaps.map((gap, i) => [
        cell(String(i + 1), null, i + 1),
        cell(gap.schoolCode === null ? "区县本级" : schoolName(source, gap.schoolCode)),
        cell(gap.phase === null ? "—" : phaseWord(gap.phase)),
        cell(subjectName(gap.subject)),
        cell(gapPhrase(gap.gap)),
      ]),
      notes: [],
    });
  }
  return tables;
}

/** What a row still needs to reach each threshold, in words. */
export function shortage(row: AssessmentRow): string {
  const parts = indicators.flatMap((id) => {
    const amount = row.indicators[id].missingToThreshold;
    if (amount === null || amount <= 0) return [];
    const isWhole = id === "R1" || id === "R2" || id === "R3" || id === "R7";
    return [`${id} ${isWhole ? Math.ceil(amount - 1e-9) : number(amount, id === "R6" ? 0 : 2)}${amountUnits[id]}`];
  });
  return parts.length === 0 ? "—" : parts.join("，");
}

export { amountDecimals, amountUnits };
