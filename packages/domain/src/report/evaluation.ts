/** Reports of school evaluation: one school's result, and a round over the district. Bands and distributions, no order of schools. */

import { schoolYearLabel } from "../base/index.ts";
import type { Gap, SchoolYear } from "../base/index.ts";
import { shareOf } from "../scheme/index.ts";
import type { Disagreement, NodeDistribution, Scheme, Scorecard } from "../scheme/index.ts";
import { item, note, paragraph } from "./district.ts";
import type { ReportBlock, ReportCell, ReportModel, ReportPart } from "./model.ts";
import { cell, column, gapPhrase, numeral, typeLabel } from "./words.ts";

/** A band with its label. */
interface Band {
  readonly id: string;
  readonly label: string;
}

interface LedgerEntry {
  readonly title: string;
  readonly state: string;
  readonly owner: string;
  readonly dueOn: string | null;
  readonly isOverdue: boolean;
}

/** What a school's report is written from. */
export interface EvaluationReportSource {
  readonly scheme: Scheme;
  readonly card: Scorecard;
  readonly school: { readonly code: string; readonly name: string; readonly type: string };
  readonly round: string;
  readonly year: SchoolYear;
  readonly isSample: boolean;
  readonly isFinal: boolean;
  readonly hash: string;
  readonly strengths: readonly string[];
  readonly concerns: readonly string[];
  readonly disagreements: readonly Disagreement[];
  readonly years: readonly {
    readonly year: SchoolYear;
    readonly share: number | null;
    readonly band: Band | null;
    readonly areas: readonly { readonly id: string; readonly share: number | null }[];
  }[];
  readonly valueAdded: { readonly label: string; readonly source: string } | Gap;
  /** 一校一品 in the school's words; "" = nothing written */
  readonly character: string;
  readonly feedback: { readonly strengths: string; readonly concerns: string; readonly nextSteps: string } | null;
  readonly issues: readonly LedgerEntry[];
  /** ISO date printed on the report */
  readonly writtenOn: string;
}

/** What the district's report of a round is written from. */
export interface RoundReportSource {
  readonly scheme: Scheme;
  readonly district: string;
  readonly round: string;
  readonly year: SchoolYear;
  readonly isSample: boolean;
  readonly planned: number;
  readonly scored: number;
  readonly bands: readonly { readonly band: string | null; readonly label: string; readonly schools: number }[];
  readonly nodes: readonly NodeDistribution[];
  readonly flagged: readonly { readonly school: string }[];
  /** by name */
  readonly schools: readonly {
    readonly school: string;
    readonly type: string;
    readonly band: Band | null;
    readonly weakAreas: readonly string[];
    readonly openIssues: number;
    readonly need: number;
  }[];
  readonly issues: { readonly open: number; readonly overdue: number; readonly closed: number };
  readonly writtenOn: string;
}

const issueWords: Readonly<Record<string, string>> = {
  recorded: "已登记",
  rectifying: "整改中",
  rectified: "待复核",
  closed: "已销号",
  withdrawn: "已撤回",
};

/** A share as whole per cent of the points (得分率); the sign of a gap when there is none. */
function rate(share: number | null): ReportCell {
  return share === null ? cell("未定", "notComputable") : cell(`${(share * 100).toFixed(1)}%`, null, share);
}

function pointsCell(points: number | null, low: number, high: number): ReportCell {
  if (points !== null) return cell(points.toFixed(2), null, points);
  return cell(`未定（${low.toFixed(1)}—${high.toFixed(1)}）`, "notComputable");
}

function labelsOf(scheme: Scheme): ReadonlyMap<string, string> {
  return new Map([
    ...scheme.nodes.map(({ id, label }) => [id, label] as const),
    ...scheme.parties.map(({ id, label }) => [id, label] as const),
  ]);
}

function bandWord(scheme: Scheme, id: string | null): string {
  return id === null ? "尚不能确定" : (scheme.bands.find((band) => band.id === id)?.label ?? id);
}

/** Sections with their numbers; an empty one says so in words of its own. */
function partsOf(
  sections: readonly { readonly heading: string; readonly blocks: readonly ReportBlock[] }[],
): ReportPart[] {
  return sections.map(({ heading, blocks }, index) => ({
    heading: `${numeral(index + 1)}、${heading}`,
    level: 1,
    isAnnex: false,
    blocks,
  }));
}

const sampleNote = note("本报告由示例数据生成，学校、人员和评定均为虚构，仅供演示。");

/** A school's report: what it does well, where the parties disagree, its own way over the years, what comes next. */
export function evaluationReport(source: EvaluationReportSource): ReportModel {
  const { scheme, card, school, year } = source;
  const labels = labelsOf(scheme);
  const name = (id: string) => labels.get(id) ?? id;
  const scores = new Map(card.nodes.map((score) => [score.id, score]));
  const parties = scheme.parties.filter(({ id }) => card.parties.some((own) => own.party === id));
  const areas = scheme.nodes.filter((node) => node.parent === null);
  const lead =
    card.points === null
      ? `${school.name}在“${source.round}”中的得分尚未确定，介于 ${card.low.toFixed(1)} 分与 ${card.high.toFixed(1)} 分之间（满分 ${card.maximum} 分），等级${bandWord(scheme, card.band)}。`
      : `${school.name}在“${source.round}”中得 ${card.points.toFixed(2)} 分（满分 ${card.maximum} 分），等级为${bandWord(scheme, card.band)}${source.isFinal ? "" : "（尚未裁定）"}。`;
  return {
    kind: "school",
    title: `${school.name}发展性评价报告`,
    subtitle: `（${schoolYearLabel(year)}）`,
    documentNumber: "",
    issuer: "",
    facts: [
      { label: "学校", text: `${school.name}（${school.code}，${typeLabel(school.type)}）` },
      { label: "评价方案", text: `${scheme.title}，${scheme.version}${scheme.isDistrictRule ? "（区级规则）" : ""}` },
      { label: "成文日期", text: source.writtenOn },
      { label: "输入校验值", text: source.hash.slice(0, 16) },
    ],
    isSample: source.isSample,
    marks: source.isSample ? ["示例数据"] : [],
    parts: [
      {
        heading: "",
        level: 1,
        isAnnex: false,
        blocks: [
          { kind: "paragraph", style: "lead", text: lead },
          note("国家评价指南未规定权重和总分，分值与等级均为区级规则；不与其他学校比较名次。"),
          ...(source.isSample ? [sampleNote] : []),
        ],
      },
      ...partsOf([
        {
          heading: "各领域得分",
          blocks: [
            {
              kind: "table",
              caption: "各领域得分与各方评定",
              columns: [
                column("领域", 5),
                column("满分", 1.5, "right"),
                column("得分", 2, "right"),
                ...parties.map(({ label }) => column(label, 2, "right")),
              ],
              rows: areas.flatMap(({ id, label }) => {
                const score = scores.get(id);
                if (score === undefined) return [];
                return [
                  [
                    cell(label),
                    cell(String(score.maximum), null, score.maximum),
                    pointsCell(score.points, score.low, score.high),
                    ...parties.map((party) => {
                      const own = score.parties.find((candidate) => candidate.party === party.id);
                      if (own === undefined) return cell("—", "muted");
                      return rate(own.points === null ? null : own.points / own.outOf);
                    }),
                  ],
                ];
              }),
              notes: ["各方评定以得分率并列，不作平均；未定表示仍有评定或数据缺失。"],
            },
          ],
        },
        {
          heading: "做得好的方面",
          blocks: [
            ...source.strengths.map((id) => item(`${name(id)}：得分率 ${percentOf(scores.get(id))}`)),
            ...(source.strengths.length === 0 ? [paragraph("没有得分率达到六分之五的评价单元。")] : []),
            ...said(source.feedback?.strengths),
          ],
        },
        {
          heading: "需要关注的方面",
          blocks: [
            ...source.concerns.map((id) => item(`${name(id)}：得分率 ${percentOf(scores.get(id))}`)),
            ...(source.concerns.length === 0 ? [paragraph("没有得分率低于三分之二的评价单元。")] : []),
            ...said(source.feedback?.concerns),
          ],
        },
        {
          heading: "各方看法不同之处",
          blocks:
            source.disagreements.length === 0
              ? [paragraph("各方评定没有相差五分之一以上的评价单元。")]
              : source.disagreements.map((one) => item(disagreementText(one, name))),
        },
        {
          heading: "与本校往年比较",
          blocks:
            source.years.length === 0
              ? [paragraph("没有本校往年已裁定的评价结果可供比较。")]
              : [
                  {
                    kind: "table",
                    caption: "本校历年得分率",
                    columns: [
                      column("领域", 5),
                      column(schoolYearLabel(year), 2, "right"),
                      ...source.years.map((own) => column(schoolYearLabel(own.year), 2, "right")),
                    ],
                    rows: [
                      ...areas.map(({ id, label }) => [
                        cell(label),
                        rate(shareOrNull(scores.get(id))),
                        ...source.years.map((own) => rate(own.areas.find((area) => area.id === id)?.share ?? null)),
                      ]),
                      [cell("合计", "strong"), rate(shareOf(card)), ...source.years.map((own) => rate(own.share))],
                    ],
                    notes: [],
                  },
                ],
        },
        {
          heading: "学业增值",
          blocks: [paragraph(valueAddedText(source.valueAdded))],
        },
        {
          heading: "一校一品",
          blocks: [paragraph(source.character === "" ? "学校未填写。" : source.character)],
        },
        {
          heading: "问题整改与下一步",
          blocks: [...ledgerTable(source.issues), ...said(source.feedback?.nextSteps)],
        },
      ]),
    ],
  };
}

function valueAddedText(valueAdded: EvaluationReportSource["valueAdded"]): string {
  if (!("why" in valueAdded)) return `${valueAdded.label}（${valueAdded.source}）。`;
  const isMissing = valueAdded.why === "not-reported" && valueAdded.where === "growth";
  return `没有增值等级：${isMissing ? "本学年没有可用的增值评价结果" : gapPhrase(valueAdded)}。`;
}

function shareOrNull(score: Scorecard["nodes"][number] | undefined): number | null {
  return score === undefined ? null : shareOf(score);
}

function percentOf(score: Scorecard["nodes"][number] | undefined): string {
  const share = shareOrNull(score);
  return share === null ? "未定" : `${(share * 100).toFixed(1)}%`;
}

/** Words of the commission, when there are any. */
function said(words: string | undefined): ReportBlock[] {
  return words === undefined || words.trim() === "" ? [] : [paragraph(`区教委意见：${words}`)];
}

function disagreementText(
  { place, self, external, parties, isFlagged }: Disagreement,
  name: (id: string) => string,
): string {
  const percent = (share: number) => `${(share * 100).toFixed(0)}%`;
  const texts: string[] = [];
  if (self !== null && external !== null) texts.push(`学校自评 ${percent(self)}，外部评定 ${percent(external)}`);
  if (parties !== null)
    texts.push(`外部各方中${name(parties.lowest)}最低、${name(parties.highest)}最高，相差 ${percent(parties.spread)}`);
  return `${name(place)}：${texts.join("；")}${isFlagged ? "。自评明显高于外部评定，建议沟通" : ""}。`;
}

function ledgerTable(issues: readonly LedgerEntry[]): ReportBlock[] {
  if (issues.length === 0) return [paragraph("问题台账中没有本校的问题。")];
  return [
    {
      kind: "table",
      caption: "问题台账",
      columns: [column("问题", 5), column("状态", 2), column("责任人", 2), column("期限", 2)],
      rows: issues.map(({ title, state, owner, dueOn, isOverdue }) => [
        cell(title),
        cell(`${issueWords[state] ?? state}${isOverdue ? "（逾期）" : ""}`, isOverdue ? "notMet" : null),
        cell(owner === "" ? "未定" : owner),
        cell(dueOn ?? "未定"),
      ]),
      notes: [],
    },
  ];
}

/** The district's report of a round. Schools stand by name; bands only. */
export function roundReport(source: RoundReportSource): ReportModel {
  const { scheme, year } = source;
  const labels = labelsOf(scheme);
  const areas = source.nodes.filter(({ id }) => scheme.nodes.find((node) => node.id === id)?.parent === null);
  const leaves = source.nodes.filter(({ id }) => scheme.nodes.find((node) => node.id === id)?.leaf !== null);
  const concerns = leaves
    .filter(({ low }) => low !== null && low > 0)
    .toSorted((a, b) => (b.low ?? 0) - (a.low ?? 0))
    .slice(0, 5);
  const counted = source.bands.filter(({ schools }) => schools > 0);
  const bandText = counted.map(({ band, label, schools }) => `${band === null ? "等级未定" : label} ${schools} 所`);
  return {
    kind: "district",
    title: `${source.district}学校发展性评价报告`,
    subtitle: `（${source.round}）`,
    documentNumber: "",
    issuer: "",
    facts: [
      { label: "区县", text: source.district },
      { label: "学年", text: schoolYearLabel(year) },
      { label: "评价方案", text: `${scheme.title}，${scheme.version}${scheme.isDistrictRule ? "（区级规则）" : ""}` },
      { label: "成文日期", text: source.writtenOn },
    ],
    isSample: source.isSample,
    marks: source.isSample ? ["示例数据"] : [],
    parts: [
      {
        heading: "",
        level: 1,
        isAnnex: false,
        blocks: [
          {
            kind: "paragraph",
            style: "lead",
            text: `本轮评价 ${source.planned} 所学校，已得出结果 ${source.scored} 所${bandText.length === 0 ? "" : `：${bandText.join("、")}`}。`,
          },
          note("本报告只列等级和分布，不排名次；少于十所学校的分布不予列示。"),
          ...(source.isSample ? [sampleNote] : []),
        ],
      },
      ...partsOf([
        {
          heading: "各领域得分率分布",
          blocks: [distributionTable("各领域得分率分布", areas)],
        },
        {
          heading: "需要关注的方面",
          blocks:
            concerns.length === 0
              ? [paragraph("没有评价单元出现得分率低于六成的学校，或学校数不足十所。")]
              : concerns.map(({ label, low, schools }) =>
                  item(`${label}：${schools} 所学校中有 ${low} 所得分率低于 60%`),
                ),
        },
        {
          heading: "自评与外部评定",
          blocks: [
            paragraph(
              source.flagged.length === 0
                ? "没有学校的自评明显高于外部评定。"
                : `下列学校有评价单元的自评明显高于外部评定，建议沟通：${source.flagged.map(({ school }) => school).join("、")}。`,
            ),
          ],
        },
        {
          heading: "问题整改",
          blocks: [
            paragraph(
              `问题台账中未销号 ${source.issues.open} 条，其中逾期 ${source.issues.overdue} 条；已销号 ${source.issues.closed} 条。`,
            ),
          ],
        },
      ]),
      {
        heading: "附表一　各评价单元得分率分布",
        level: 1,
        isAnnex: true,
        blocks: [distributionTable("各评价单元得分率分布", leaves)],
      },
      {
        heading: "附表二　学校等级（按名称）",
        level: 1,
        isAnnex: true,
        blocks: [
          {
            kind: "table",
            caption: "学校等级，按名称排列",
            columns: [
              column("学校", 4),
              column("办学类型", 2),
              column("等级", 1.5),
              column("得分率低于 60% 的领域", 5),
              column("未销号问题", 1.5, "right"),
            ],
            rows: source.schools.map(({ school, type, band, weakAreas, openIssues }) => [
              cell(school),
              cell(typeLabel(type)),
              cell(band?.label ?? "未定", band === null ? "notComputable" : null),
              cell(weakAreas.length === 0 ? "无" : weakAreas.map((id) => labels.get(id) ?? id).join("、")),
              cell(String(openIssues), null, openIssues),
            ]),
            notes: ["按学校名称排列，不表示名次。"],
          },
        ],
      },
    ],
  };
}

function distributionTable(caption: string, nodes: readonly NodeDistribution[]): ReportBlock {
  return {
    kind: "table",
    caption,
    columns: [
      column("指标", 5),
      column("学校数", 1.5, "right"),
      column("下四分位", 1.5, "right"),
      column("中位数", 1.5, "right"),
      column("上四分位", 1.5, "right"),
      column("自评均值", 1.5, "right"),
      column("外部均值", 1.5, "right"),
    ],
    rows: nodes.map(({ label, schools, quartiles, selfMean, externalMean }) => [
      cell(label),
      cell(String(schools), null, schools),
      ...[quartiles?.[0], quartiles?.[1], quartiles?.[2], selfMean, externalMean].map((share) =>
        share === undefined || share === null ? cell("不列示", "muted") : rate(share),
      ),
    ]),
    notes: [],
  };
}
