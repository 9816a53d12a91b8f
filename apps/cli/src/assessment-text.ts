/** An assessment as a person reads it at a terminal: the verdict first, then everything that is not met. */

import { indicators } from "@xingfu/domain/balance";
import type { AssessmentGap, BalanceAssessment, ItemCondition, ItemResult } from "@xingfu/domain/balance";
import { schoolYearLabel } from "@xingfu/domain/base";
import type { Verdict } from "@xingfu/domain/base";
import { entryAt, labelOf } from "@xingfu/standards";
import type { Unit } from "@xingfu/standards";
import type { Assessed } from "./assessed.ts";
import { textTable } from "./terminal.ts";
import {
  documentId,
  entryOf,
  figure,
  gapText,
  inUnit,
  indicatorLabel,
  missing,
  percent,
  phaseLabel,
  subjectLabel,
  verdictLabel,
  whole,
} from "./wording.ts";

type Parts = BalanceAssessment["parts"];
const partNames = [
  "precondition",
  "resources",
  "government",
  "quality",
  "recognition",
  "vetoes",
] as const satisfies readonly (keyof Parts)[];

export function assessmentText({ assessment, hashes }: Assessed): string {
  const { district, schoolYear, isSample, rules } = assessment;
  const sections = [
    [
      `${district.name}${district.code === "" ? "" : `（${district.code}）`} ${schoolYearLabel(schoolYear)} 义务教育优质均衡发展评估`,
      ...(isSample ? ["示例数据：学校、人员和数值均为虚构。"] : []),
      `规则 ${rules.id} ${rules.version}，校验值 ${hashes.rules.slice(0, 12)}；数据校验值 ${hashes.inputs.slice(0, 12)}`,
      "",
      verdictSentence(assessment),
    ]
      .map((line) => `${line}\n`)
      .join(""),
    partsTable(assessment),
    failingTable(assessment),
    cvTable(assessment),
    itemsTable(assessment),
    othersTable(assessment),
    excludedTable(assessment),
    gapsTable(assessment),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

/** The verdict in one sentence, with the parts that decide it. */
export function verdictSentence({ verdict, parts }: Pick<BalanceAssessment, "verdict" | "parts">): string {
  const named = (wanted: Verdict): string =>
    partNames
      .filter((part) => parts[part] === wanted)
      .map(partLabel)
      .join("、");
  if (verdict === "met") return "结论：达标。各部分均符合要求。";
  const reasons = [
    ...(named("notMet") === "" ? [] : [`未达标的部分：${named("notMet")}`]),
    ...(named("notComputable") === "" ? [] : [`无法判定的部分：${named("notComputable")}`]),
  ];
  return `结论：${verdictLabel(verdict)}。${reasons.join("；")}。`;
}

function partLabel(part: keyof Parts): string {
  return labelOf("balanceParts", part);
}

function titled(title: string, table: string): string {
  return table === "" ? "" : `${title}\n\n${table}`;
}

/** "102 个中达标 80、未达标 20、无法判定 2" */
function tally(things: readonly { readonly verdict: Verdict }[], unit: string): string {
  const count = (verdict: Verdict): number => things.filter((thing) => thing.verdict === verdict).length;
  return `${things.length} ${unit}中达标 ${count("met")}、未达标 ${count("notMet")}、无法判定 ${count("notComputable")}`;
}

function partsTable(assessment: BalanceAssessment): string {
  const { parts, rows, cv, items, satisfaction, vetoes, precondition } = assessment;
  const notes: Record<keyof Parts, string> = {
    precondition:
      precondition.value === null
        ? precondition.gap === null
          ? ""
          : gapText(precondition.gap)
        : `基本均衡认定满 ${precondition.value} 年，要求 ${precondition.limit} 年`,
    resources: `学校（学段）${tally(rows, "个")}；差异系数 ${tally(cv, "项")}`,
    government: tally(
      items.filter((item) => item.id.startsWith("G")),
      "项",
    ),
    quality: tally(
      items.filter((item) => item.id.startsWith("Q")),
      "项",
    ),
    recognition:
      satisfaction.value === null
        ? satisfaction.gap === null
          ? ""
          : gapText(satisfaction.gap)
        : `${percent(satisfaction.value)}，要求不低于 ${percent(satisfaction.limit)}`,
    vetoes: `${vetoes.length} 项中发生 ${vetoes.filter((veto) => veto.hasOccurred === true).length}、未核查 ${vetoes.filter((veto) => veto.hasOccurred === null).length}`,
  };
  return textTable(
    [{ title: "部分" }, { title: "判定" }, { title: "说明" }],
    partNames.map((part) => [partLabel(part), verdictLabel(parts[part]), notes[part]]),
  );
}

function failingTable({ rows }: BalanceAssessment): string {
  const lines = rows
    .filter((row) => row.verdict !== "met")
    .flatMap((row) =>
      indicators
        .filter((indicator) => row.indicators[indicator].verdict !== "met")
        .map((indicator, index) => {
          const result = row.indicators[indicator];
          const own =
            index === 0
              ? [
                  row.schoolCode,
                  row.school,
                  phaseLabel(row.phase),
                  whole(row.pupils),
                  `${row.metCount}/7`,
                  verdictLabel(row.verdict),
                ]
              : ["", "", "", "", "", ""];
          const gap = result.gap === null ? "" : gapText(result.gap);
          return [
            ...own,
            indicatorLabel(indicator),
            figure(result.value, result.threshold),
            figure(result.threshold),
            percent(result.ratio),
            missing(result.missingToThreshold, indicator),
            missing(result.missingTo85, indicator),
            gap,
          ];
        }),
    );
  return titled(
    "未达标和无法判定的学校（学段），以及还差多少",
    textTable(
      [
        { title: "学校标识码" },
        { title: "学校" },
        { title: "学段" },
        { title: "学生数", align: "right" },
        { title: "达标项", align: "right" },
        { title: "判定" },
        { title: "指标" },
        { title: "数值", align: "right" },
        { title: "标准", align: "right" },
        { title: "达到", align: "right" },
        { title: "差（到标准）", align: "right" },
        { title: "差（到85%）", align: "right" },
        { title: "缺失原因" },
      ],
      lines,
    ),
  );
}

function cvTable({ cv, rows }: BalanceAssessment): string {
  const names = new Map(rows.map((row) => [row.schoolCode, row.school]));
  return titled(
    "校际差异系数",
    textTable(
      [
        { title: "学段" },
        { title: "指标" },
        { title: "学生数", align: "right" },
        { title: "均值", align: "right" },
        { title: "标准差", align: "right" },
        { title: "差异系数", align: "right" },
        { title: "限值", align: "right" },
        { title: "判定" },
        { title: "缺失原因" },
      ],
      cv.map((one) => [
        phaseLabel(one.phase),
        indicatorLabel(one.indicator),
        whole(one.pupils),
        figure(one.mean),
        figure(one.sd),
        one.cv === null ? "—" : one.cv.toFixed(4),
        one.limit.toFixed(2),
        verdictLabel(one.verdict),
        one.gap === null ? "" : gapText(one.gap, names),
      ]),
    ),
  );
}

function itemsTable({ items }: BalanceAssessment): string {
  const lines = items.map((item) => [
    item.id,
    entryOf(item.id)?.shortLabel ?? "",
    item.kind === "computed" ? "计算" : "审核",
    verdictLabel(item.verdict),
    itemNote(item),
  ]);
  return titled(
    "政府保障程度（G）和教育质量（Q）",
    textTable([{ title: "项" }, { title: "内容" }, { title: "方式" }, { title: "判定" }, { title: "说明" }], lines),
  );
}

/** What keeps an item from being met; its figure when it is met. */
function itemNote(item: ItemResult): string {
  const open = item.conditions.filter((condition) => condition.verdict !== "met");
  const told = open.length > 0 ? open : item.conditions.filter((condition) => condition.value !== null);
  return told.map((condition) => conditionNote(item.id, condition)).join("；");
}

function conditionNote(itemId: string, condition: ItemCondition): string {
  const [id = "", ...rest] = condition.id.split(":");
  const entry = entryOf(itemId)?.conditions.find((one) => one.id === id);
  const unit: Unit = entry?.unit ?? "text";
  const place = rest.map((word) => (word === "primary" || word === "junior" ? phaseLabel(word) : word)).join("");
  const name = `${place}${entry?.label ?? condition.id}`;
  if (condition.gap !== null) return `${name}：${gapText(condition.gap)}`;
  if (condition.value === null) return name;
  const sign = condition.compare === null ? "" : { atLeast: "≥", atMost: "≤", below: "＜" }[condition.compare];
  const limit = condition.limit === null || sign === "" ? "" : `（要求 ${sign} ${inUnit(condition.limit, unit)}）`;
  return `${name} ${inUnit(condition.value, unit, condition.limit)}${limit}`;
}

function othersTable({ satisfaction, vetoes }: BalanceAssessment): string {
  const vetoLines = vetoes.map((veto) => [
    veto.id,
    entryOf(veto.id)?.label ?? "",
    veto.hasOccurred === null ? "未核查" : veto.hasOccurred ? "发生" : "未发生",
    verdictLabel(veto.verdict),
  ]);
  const parties = satisfaction.parties
    .filter((party) => party.validAnswers !== null)
    .map((party) => `${labelOf("satisfactionParties", party.party)} ${percent(party.value)}`)
    .join("、");
  const recognition = `社会认可度：${percent(satisfaction.value)}，${verdictLabel(satisfaction.verdict)}${parties === "" ? "" : `（${parties}）`}\n`;
  return `${titled("一票否决", textTable([{ title: "项" }, { title: "情形" }, { title: "核查" }, { title: "判定" }], vetoLines))}\n${recognition}`;
}

/** Schools of the same reason on one line: a district has more kindergartens than schools. */
function excludedTable({ excluded }: BalanceAssessment): string {
  const reasons = [...new Set(excluded.map((one) => one.reason))];
  const lines = reasons.map((reason) => {
    const same = excluded.filter((one) => one.reason === reason);
    const names = same
      .slice(0, 3)
      .map((one) => `${one.school}${one.phase === null ? "" : `（${phaseLabel(one.phase)}）`}`);
    return [exclusionLabel(reason), String(same.length), `${names.join("、")}${same.length > 3 ? " 等" : ""}`];
  });
  const table = textTable([{ title: "原因" }, { title: "个数", align: "right" }, { title: "学校" }], lines);
  return titled("不纳入资源配置计算的学校（学段）", table);
}

function exclusionLabel(reason: string): string {
  return entryAt(`${documentId}/exclusions/${reason}`)?.label ?? reason;
}

/** Gaps of the same kind on one line, with the first schools they stand at. */
function gapsTable({ gaps, rows }: BalanceAssessment): string {
  const names = new Map(rows.map((row) => [row.schoolCode, row.school]));
  const groups = new Map<string, AssessmentGap[]>();
  for (const gap of gaps) {
    const key = `${gap.subject}\n${gapText(gap.gap, names)}`;
    groups.set(key, [...(groups.get(key) ?? []), gap]);
  }
  const lines = [...groups.values()].map((same) => {
    const first = same[0];
    if (first === undefined) return [];
    const places = same
      .filter((gap) => gap.schoolCode !== null)
      .map(
        (gap) =>
          `${names.get(gap.schoolCode ?? "") ?? gap.schoolCode ?? ""}${gap.phase === null ? "" : `（${phaseLabel(gap.phase)}）`}`,
      );
    const shown = places.slice(0, 3).join("、");
    return [
      subjectLabel(first.subject),
      gapText(first.gap, names),
      places.length > 3 ? `${shown} 等 ${places.length} 处` : shown,
    ];
  });
  return titled("缺失的数据", textTable([{ title: "项" }, { title: "原因" }, { title: "学校（学段）" }], lines));
}
