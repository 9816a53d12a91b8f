/**
 * The grid of designs on which our fits are compared with lme4's: data drawn from our own seeded generator, so that the
 * same rows reach R (as CSV) and the tests (as arrays).
 */
import { seededRandom } from "../../src/random.ts";
import type { Table } from "../../src/mixed/table.ts";

export interface OracleDesign {
  readonly id: string;
  readonly formula: string;
  readonly table: Table;
  /** names of the columns of weights and offset, if any */
  readonly weights?: string;
  readonly offset?: string;
}

interface Shape {
  readonly rows: number;
  readonly schools: number;
  readonly classesPerSchool: number;
  readonly raters: number;
  readonly interceptSd: number;
  readonly slopeSd: number;
  readonly classSd: number;
  readonly raterSd: number;
  /** 0: groups of about equal size; 1: very unequal */
  readonly imbalance: number;
  readonly yScale: number;
}

const usual: Shape = {
  rows: 900,
  schools: 30,
  classesPerSchool: 3,
  raters: 12,
  interceptSd: 0.6,
  slopeSd: 0.3,
  classSd: 0.4,
  raterSd: 0.5,
  imbalance: 0.3,
  yScale: 1,
};

function draw(seed: number, change: Partial<Shape> = {}): Table {
  const shape = { ...usual, ...change };
  const random = seededRandom(seed);
  const normals = (n: number, sd: number): number[] => Array.from({ length: n }, () => sd * random.normal());
  const n = shape.rows;
  const intercepts = normals(shape.schools, shape.interceptSd);
  const slopes = intercepts.map(
    (u) => (u / Math.max(shape.interceptSd, 1e-9)) * 0.5 * shape.slopeSd + shape.slopeSd * 0.87 * random.normal(),
  );
  const classes = normals(shape.schools * shape.classesPerSchool, shape.classSd);
  const raters = normals(shape.raters, shape.raterSd);
  const y = new Float64Array(n);
  const x = new Float64Array(n);
  const z = new Float64Array(n);
  const w = new Float64Array(n);
  const exposure = new Float64Array(n);
  const school: string[] = [];
  const classGroup: string[] = [];
  const rater: string[] = [];
  const sex: string[] = [];
  const kind: string[] = [];
  for (let i = 0; i < n; i++) {
    // every school occurs; the rest by a power law when unequal
    const s = i < shape.schools ? i : Math.floor(shape.schools * random.uniform() ** (1 + 4 * shape.imbalance));
    const c = random.integer(shape.classesPerSchool);
    const r = random.integer(shape.raters);
    const isMale = random.uniform() < 0.5;
    const k = random.integer(4);
    x[i] = random.normal() + 0.3;
    z[i] = 0.5 * x[i]! + random.normal();
    w[i] = 0.25 + 2 * random.uniform();
    exposure[i] = random.uniform();
    school.push(`s${String(s + 1).padStart(3, "0")}`);
    classGroup.push(`c${c + 1}`);
    rater.push(`r${String(r + 1).padStart(3, "0")}`);
    sex.push(isMale ? "M" : "F");
    kind.push(["arts", "general", "science", "sports"][k]!);
    const mean = 1 + 0.5 * x[i]! - 0.2 * z[i]! + (isMale ? 0.25 : 0) + 0.1 * k + intercepts[s]! + slopes[s]! * x[i]!;
    const noise = random.normal() / Math.sqrt(w[i]!);
    y[i] = shape.yScale * (mean + classes[s * shape.classesPerSchool + c]! + raters[r]! + exposure[i]! + noise);
  }
  return { y, x, z, w, exposure, school, classGroup, rater, sex, kind };
}

export function oracleDesigns(): OracleDesign[] {
  const base = draw(1);
  const plain = draw(2, { classSd: 0, raterSd: 0 });
  return [
    { id: "intercept", formula: "y ~ x + (1 | school)", table: plain },
    { id: "intercept-only", formula: "y ~ 1 + (1 | school)", table: plain },
    { id: "slope", formula: "y ~ x + (x | school)", table: plain },
    { id: "slope-uncorrelated", formula: "y ~ x + (x || school)", table: plain },
    { id: "slope-without-fixed", formula: "y ~ z + (x | school)", table: plain },
    { id: "slope-without-intercept", formula: "y ~ x + (0 + x | school)", table: plain },
    { id: "two-slopes", formula: "y ~ x + z + (x + z | school)", table: draw(3, { rows: 1500 }) },
    {
      id: "four-effects",
      formula: "y ~ x + z + sex + (x + z + sex | school)",
      table: draw(12, { rows: 2500, schools: 40 }),
    },
    { id: "factor-effects", formula: "y ~ sex + (sex | school)", table: plain },
    { id: "factor-cells", formula: "y ~ 0 + sex + x + (0 + sex | school)", table: plain },
    { id: "nested", formula: "y ~ x + sex + (1 | school/classGroup)", table: base },
    { id: "nested-slope", formula: "y ~ x + (x | school) + (1 | school:classGroup)", table: base },
    { id: "nested-slopes", formula: "y ~ x + (x | school/classGroup)", table: draw(4, { rows: 2400 }) },
    {
      id: "three-levels",
      formula: "y ~ x + (1 | kind/school/classGroup)",
      table: draw(5, { rows: 1500, schools: 12 }),
    },
    { id: "crossed", formula: "y ~ x + (1 | school) + (1 | rater)", table: base },
    { id: "crossed-slope", formula: "y ~ x + (x | school) + (1 | rater)", table: base },
    {
      id: "crossed-slopes",
      formula: "y ~ x + z + (x || school) + (0 + z | rater) + (1 | rater)",
      table: draw(6, { rows: 2000, raters: 25 }),
    },
    { id: "crossed-nested", formula: "y ~ x + (1 | school/classGroup) + (1 | rater)", table: draw(7, { rows: 2000 }) },
    {
      id: "unbalanced",
      formula: "y ~ x + (x | school)",
      table: draw(8, { imbalance: 1, rows: 1200, classSd: 0, raterSd: 0 }),
    },
    {
      id: "tiny-groups",
      formula: "y ~ x + (1 | school)",
      table: draw(9, { rows: 600, schools: 280, classSd: 0, raterSd: 0 }),
    },
    {
      id: "singular-variance",
      formula: "y ~ x + (1 | school)",
      table: draw(21, { interceptSd: 0, slopeSd: 0, classSd: 0, raterSd: 0 }),
    },
    {
      id: "singular-nested",
      formula: "y ~ x + (1 | school/classGroup)",
      table: draw(11, { classSd: 0, raterSd: 0, slopeSd: 0 }),
    },
    {
      id: "singular-correlation",
      formula: "y ~ x + (x | school)",
      table: draw(15, { slopeSd: 0, schools: 10, rows: 300 }),
    },
    {
      id: "many-fixed",
      formula: "y ~ sex * kind * x + poly(z, 3) + I(x^2) + (1 | school)",
      table: draw(13, { rows: 1500 }),
    },
    { id: "weights", formula: "y ~ x + (x | school)", table: plain, weights: "w" },
    { id: "weights-nested", formula: "y ~ x + (1 | school/classGroup)", table: base, weights: "w" },
    { id: "weights-crossed", formula: "y ~ x + (1 | school) + (1 | rater)", table: base, weights: "w" },
    { id: "offset", formula: "y ~ x + (1 | school)", table: plain, offset: "exposure" },
    {
      id: "large-scale",
      formula: "y ~ x + z + (x | school)",
      table: draw(14, { yScale: 1e6, classSd: 0, raterSd: 0 }),
    },
    {
      id: "crossed-sparse",
      formula: "y ~ x + (1 | school/classGroup) + (1 | rater)",
      table: draw(16, { rows: 1000, schools: 120, classesPerSchool: 2, raters: 80 }),
    },
    {
      id: "crossed-sparse-slopes",
      formula: "y ~ x + (x | school) + (1 | school:classGroup) + (1 | rater)",
      table: draw(17, { rows: 1200, schools: 110, classesPerSchool: 3, raters: 90 }),
    },
    { id: "collinear", formula: "y ~ x + z + I(x + z) + (1 | school)", table: plain },
  ];
}
