/**
 * The scheme engine: one round of a district, 209 schools × 48 checkpoints × 5 parties, single-threaded.
 *
 * Peer: one pass over the same ratings that looks each level up and adds its share, which any engine must do.
 */
import { explainNode, noEvidence, scoreScheme } from "../packages/domain/src/scheme/index.ts";
import type { Rating } from "../packages/domain/src/scheme/index.ts";
import { compileScheme, entryAt } from "../packages/standards/src/index.ts";
import type { Scheme } from "../packages/standards/src/index.ts";

const schools = 209;
const levels = ["A", "B", "C", "D"] as const;
const parties = ["self", "commission", "pupils", "parents", "teachers"] as const;

/** 5 areas, 15 key indicators, 48 checkpoints. */
function fullScheme(): Scheme {
  const indicators = [3, 3, 3, 2, 4];
  let left = 48;
  let openIndicators = 15;
  const areas = indicators.map((count, area) => {
    const children = Array.from({ length: count }, (_, indicator) => {
      const checkpoints = Math.round(left / openIndicators);
      left -= checkpoints;
      openIndicators -= 1;
      return {
        id: `B${area}.${indicator}`,
        label: "关键指标",
        points: checkpoints,
        children: Array.from({ length: checkpoints }, (_item, leaf) => ({
          id: `C${area}.${indicator}.${leaf}`,
          label: "考查要点",
          points: 1,
          evidence: { plan: "材料" },
        })),
      };
    });
    return {
      id: `A${area}`,
      label: "重点内容",
      points: children.reduce((sum, child) => sum + child.points, 0),
      children,
    };
  });
  const { scheme, problems } = compileScheme(
    {
      id: "bench",
      version: "1",
      title: "基准方案",
      districtRule: true,
      points: 48,
      parties: Object.fromEntries(parties.map((party) => [party, party])),
      raters: { self: 0, commission: 0.4, pupils: 0.2, parents: 0.2, teachers: 0.2 },
      methods: ["documentReview"],
      rule: { kind: "rubric", levels: levels.map((id, index) => ({ id, label: id, share: 1 - index / 4 })) },
      areas,
      bands: [{ id: "all", label: "全部", atLeast: 0 }],
      flagSelfAbove: 0.2,
      effectiveFrom: "2026-01-01",
      tag: "D",
      source: "bench",
      checkedOn: "2026-01-01",
    },
    "bench",
    { entryOf: entryAt, sources: {} },
  );
  if (!scheme) throw new Error(JSON.stringify(problems));
  return scheme;
}

const scheme = fullScheme();
const leaves = scheme.nodes.filter((node) => node.leaf !== null);
const evidence = { ...noEvidence, documents: leaves.map(({ id }) => ({ node: id, item: "plan" })) };
const round = Array.from({ length: schools }, (_, school) =>
  leaves.flatMap(({ id }, leaf) =>
    parties.map((party, place): Rating => ({
      node: id,
      party,
      rater: `${party}-${school % 12}`,
      judgement: { kind: "rubric", level: levels[(school * 7 + leaf * 3 + place) % 4] ?? "A" },
    })),
  ),
);

function scoreRound(): number {
  let points = 0;
  for (const ratings of round) points += scoreScheme(scheme, evidence, ratings).points ?? 0;
  return points;
}

function plainSum(): number {
  let sum = 0;
  for (const ratings of round)
    for (const { judgement } of ratings) if (judgement.kind === "rubric") sum += levels.indexOf(judgement.level as "A");
  return sum;
}

/** Milliseconds: the median of some runs, and the best, after as many to warm up. */
function time(runs: number, call: () => unknown): { median: number; best: number } {
  const times: number[] = [];
  for (let run = 0; run < 2 * runs; run += 1) {
    const start = performance.now();
    call();
    if (run >= runs) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)] ?? NaN, best: times[0] ?? NaN };
}

function print(what: string, { median, best }: { median: number; best: number }, aim = ""): void {
  process.stdout.write(`${what.padEnd(64)} median ${median.toFixed(2)} ms  best ${best.toFixed(2)} ms  ${aim}\n`);
}

const started = performance.now();
scoreRound();
const first = performance.now() - started;
const title = `${schools} schools × ${leaves.length} checkpoints × ${parties.length} parties`;
print(`${title}, first call of the process`, { median: first, best: first }, "aim ≤ 1000 ms");
print(title, time(10, scoreRound), "aim ≤ 1000 ms");
const one = round[0] ?? [];
print(
  "one school",
  time(100, () => scoreScheme(scheme, evidence, one)),
);
const card = scoreScheme(scheme, evidence, one);
print(
  "one trail",
  time(100, () => explainNode(scheme, card, "A0")),
);
print("peer: ratings looked up and summed", time(10, plainSum));
