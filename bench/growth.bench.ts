/**
 * Value-added evaluation of the sample district at full size: 170,000 pupils, three years of fitness and vision, one thread.
 * Each scheme is computed once without checks and once with them, as a run of the server does, in a process that has done
 * nothing before.
 *
 * Peer: the mixed model alone, once, over the same rows; everything else (level, without adjustments, seven checks, years,
 * sub-groups, groups) comes on top of it.
 *
 *     node bench/growth.bench.ts [pattern of schemes]
 */

import { makeDistrict, makeMeasures, sampleSchemes } from "../packages/fixtures/src/index.ts";
import type { SampleMeasure, SampleMeasures } from "../packages/fixtures/src/index.ts";
import { gatherSample } from "../packages/domain/src/growth/cohort.ts";
import { checkSource, measureGrowth } from "../packages/domain/src/growth/index.ts";
import { fitExpectation } from "../packages/domain/src/growth/value-added.ts";

const wanted = new RegExp(process.argv[2] ?? "");
const district = makeDistrict();
const schools = district.organisation.schools.map(({ schoolCode }) => ({
  schoolCode,
  name: schoolCode,
  groupName: null,
}));
const measured = new Map<string, SampleMeasures>();

function seconds<T>(work: () => T): readonly [T, number] {
  const started = performance.now();
  const result = work();
  return [result, (performance.now() - started) / 1000];
}

const line = (cells: readonly string[]): string =>
  cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(12))).join(" ");
process.stdout.write(
  `${line(["scheme", "rows", "used", "schools", "gather s", "model s", "no checks s", "checks s", "ratio"])}\n`,
);
for (const { declaration } of sampleSchemes.filter((scheme) => wanted.test(scheme.declaration.id))) {
  const { kind } = declaration.measure;
  let measures = measured.get(kind);
  if (measures === undefined) {
    measures = makeMeasures(district, kind as SampleMeasure);
    measured.set(kind, measures);
  }
  const { rows } = measures;
  const { range } = checkSource(
    { kind, form: "score", stage: declaration.stage, grade: null },
    `${Math.max(...declaration.years)}-11-15`,
  );
  const [gathered, gatherS] = seconds(() => gatherSample(rows, declaration, range));
  const [, modelS] = seconds(() =>
    fitExpectation(gathered.sample, { priors: declaration.priors, adjustments: declaration.adjustments }),
  );
  const [plain, plainS] = seconds(() => measureGrowth({ rows, schools }, declaration, { withChecks: false }));
  const [, checkedS] = seconds(() => measureGrowth({ rows, schools }, declaration));
  process.stdout.write(
    `${line([
      declaration.id,
      rows.length.toLocaleString("en-US"),
      plain.sample.used.toLocaleString("en-US"),
      String(plain.falseAlarms.judged),
      gatherS.toFixed(2),
      modelS.toFixed(2),
      plainS.toFixed(2),
      checkedS.toFixed(2),
      (checkedS / modelS).toFixed(1),
    ])}\n`,
  );
}
