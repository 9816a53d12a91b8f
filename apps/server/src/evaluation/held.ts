/** Figures of a school that the platform already holds: entered once, used wherever a scheme or a school asks for them. */

import type { HeldFigure, SchemeFigure } from "@xingfu/contract";
import { indicators } from "@xingfu/domain/balance";
import type { Indicator } from "@xingfu/domain/balance";
import type { Phase, SchoolYear } from "@xingfu/domain/base";
import { schoolYearLabel } from "@xingfu/domain/base";
import type { Scheme } from "@xingfu/domain/scheme";
import { entryAt, labelOf, unitLabels } from "@xingfu/standards";
import type { FigureSource } from "@xingfu/standards";
import { growthBandOf } from "@xingfu/store";
import type { EvaluationFigure, GrowthBand, Store } from "@xingfu/store";
import type { Assessments } from "../balance/assessments.ts";
import { chinaDay } from "../clock.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";

/** What figures are looked up in. */
export interface FigureSources {
  readonly store: Store;
  readonly assessments: Assessments;
}

/** Figures of a school as they stand now, of the balance assessment and of value-added evaluation; [] when there are none. */
export async function heldFigures(
  { store, assessments }: FigureSources,
  session: SignedIn,
  year: SchoolYear,
  schoolCode: string,
): Promise<readonly HeldFigure[]> {
  const bands = await store.withActor(session.actor, (tx) => growthBandOf(tx, schoolCode, year));
  return [...(await balanceFigures(assessments, session, year, schoolCode)), ...growthFigures(bands)];
}

async function balanceFigures(
  assessments: Assessments,
  session: SignedIn,
  year: SchoolYear,
  schoolCode: string,
): Promise<readonly HeldFigure[]> {
  const assessed = await assessments.of(session, year).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "NO_DATA") return null;
    throw error;
  });
  if (assessed === null) return [];
  const { assessment, reported } = assessed.reply;
  const source = `${labelOf("balanceParts", "resources")}，${schoolYearLabel(year)}填报`;
  const asOf = reported === null ? null : chinaDay(new Date(reported.at));
  return assessment.rows
    .filter((row) => row.schoolCode === schoolCode)
    .flatMap((row) =>
      indicators.map((indicator): HeldFigure => {
        const { value, gap } = row.indicators[indicator];
        return { key: heldKey(indicator, row.phase), ...named(indicator, row.phase), value, gap, source, asOf };
      }),
    );
}

/** Kinds of measurement that speak of learning; fitness, vision and the like are evidence of their own. */
const academicKinds: ReadonlySet<string> = new Set([
  "nationalMonitoring",
  "provincialMonitoring",
  "graduationExam",
  "schoolExam",
]);

/**
 * Bands of value-added evaluation: each under its scheme, and as the academic band that schemes of school evaluation take
 * where there is exactly one. A school not distinguishable from expectation is as expected.
 */
export function growthFigures(bands: readonly GrowthBand[]): readonly HeldFigure[] {
  const figureOf = (key: string, { title, years, band }: GrowthBand): HeldFigure => ({
    key,
    label: `增值等级：${title}`,
    value: band === "notDistinguishable" ? "expected" : band,
    unit: "",
    gap: band === null ? { why: "not-reported", item: "valueAddedBand", where: "growth" } : null,
    source: `增值评价“${title}”，${years.map(schoolYearLabel).join("、")}`,
    asOf: null,
  });
  const academic = bands.filter(({ kind, band }) => academicKinds.has(kind) && band !== null);
  const [only] = academic;
  return [
    ...bands.map((band) => figureOf(`growth.scheme${band.schemeId}`, band)),
    ...(only !== undefined && academic.length === 1 ? [figureOf("growth.valueAddedBand", only)] : []),
  ];
}

/** "balance.R3.primary" */
function heldKey(indicator: Indicator, phase: Phase): string {
  return `balance.${indicator}.${phase}`;
}

function named(indicator: Indicator, phase: Phase): { readonly label: string; readonly unit: string } {
  const entry = entryAt(`moe-2017-quality-balance/resources/${indicator}`);
  const stage = labelOf("stages", phase);
  return { label: `${stage}${entry?.label ?? indicator}`, unit: entry === undefined ? "" : unitLabels[entry.unit] };
}

/** Figures a scheme's rules take, each once. */
export function figuresOf(scheme: Scheme): readonly FigureSource[] {
  const figures = new Map<string, FigureSource>();
  for (const { leaf } of scheme.nodes)
    if (leaf && "figure" in leaf.rule) figures.set(leaf.rule.figure.key, leaf.rule.figure);
  return [...figures.values()];
}

/**
 * The figures of a scheme for one school: what was kept, and until it is handed in what the platform holds now. A figure of
 * a part that has none for this school is a gap, and no value is made up for it.
 *
 * @param isOpen  the school still writes; later only what was kept counts
 */
export function schemeFigures(
  scheme: Scheme,
  kept: readonly EvaluationFigure[],
  held: readonly HeldFigure[],
  isOpen: boolean,
): readonly SchemeFigure[] {
  return figuresOf(scheme).map(({ key, label, unit, part }): SchemeFigure => {
    const own = kept.find((figure) => figure.key === key);
    const live = part === null || !isOpen ? undefined : held.find((figure) => figure.key === `${part}.${key}`);
    const revision = own?.revision ?? 0;
    if (live !== undefined)
      return {
        key,
        label,
        unit,
        part,
        value: live.value,
        source: live.source,
        asOf: live.asOf,
        gap: live.gap,
        revision,
      };
    if (own !== undefined && (part === null || !isOpen))
      return {
        key,
        label,
        unit,
        part,
        value: own.value,
        source: own.source,
        asOf: own.asOf,
        gap: own.value === null ? { why: "not-reported", item: key } : null,
        revision,
      };
    const gap = { why: "not-reported", item: key, ...(part === null ? {} : { where: part }) } as const;
    return { key, label, unit, part, value: null, source: "", asOf: null, gap, revision };
  });
}

/** What is taken down as a school hands in: the platform's figures that have a value. */
export function figuresToKeep(
  scheme: Scheme,
  held: readonly HeldFigure[],
): readonly Omit<EvaluationFigure, "revision">[] {
  return figuresOf(scheme).flatMap(({ key, part }) => {
    const figure = part === null ? undefined : held.find((candidate) => candidate.key === `${part}.${key}`);
    if (figure === undefined || figure.value === null) return [];
    return [{ key, value: figure.value, source: figure.source, asOf: figure.asOf }];
  });
}
