/**
 * From the record of a scheme file to a {@link Scheme}, or the list of everything wrong with it. Pure: the same check runs
 * when official schemes are compiled and when a district edits one in the browser.
 *
 * What a node does not say about raters, methods, rule and missing input, it takes from the node above.
 */

import { isDay, isLoose, readProvenance } from "./provenance.ts";
import type { Loose } from "./provenance.ts";
import { levels, methods } from "./scheme.ts";
import type {
  EvidenceItem,
  FigureSource,
  Gate,
  JudgementRule,
  Leaf,
  Method,
  MissingRule,
  Party,
  Rater,
  ResultBand,
  RubricLevel,
  Rule,
  Scheme,
  SchemeNode,
  SchemeVeto,
} from "./scheme.ts";
import type { Entry } from "./table.ts";

/** One thing that is wrong: where, what, and how to mend it. */
export interface SchemeProblem {
  readonly file: string;
  /** "areas/A1/children/B2/raters" */
  readonly path: string;
  readonly problem: string;
  readonly mend: string;
}

/** What a scheme refers to outside its file. */
export interface SchemeSurroundings {
  /** the entry of an official guide by reference */
  readonly entryOf: (reference: string) => Entry | undefined;
  /** sources of the document, by name */
  readonly sources: Loose;
}

/** Sums of points and weights are compared with this allowance, which is far below any printed digit. */
const allowance = 1e-9;
const idPattern = /^[A-Za-z][A-Za-z0-9.-]*$/;

const members = {
  scheme: [
    "id",
    "version",
    "title",
    "districtRule",
    "guide",
    "schoolTypes",
    "points",
    "parties",
    "rules",
    "rule",
    "raters",
    "methods",
    "missing",
    "areas",
    "bands",
    "gates",
    "vetoes",
    "flagSelfAbove",
    "appealDays",
    "note",
    "effectiveFrom",
    "effectiveTo",
    "tag",
    "source",
    "verified",
    "checkedOn",
  ],
  node: [
    "id",
    "takes",
    "label",
    "points",
    "children",
    "rule",
    "raters",
    "methods",
    "evidence",
    "missing",
    "mayNotApply",
    "note",
  ],
  missing: ["rater", "figure", "child", "presentAtLeast"],
  figure: ["key", "label", "unit", "part"],
} as const;

const ruleMembers: Readonly<Record<Rule["kind"], readonly string[]>> = {
  rubric: ["kind", "levels"],
  yesNo: ["kind"],
  survey: ["kind", "minAnswers", "zeroAt", "fullAt"],
  bands: ["kind", "figure", "bands", "otherwise"],
  count: ["kind", "figure", "each", "cap"],
  grade: ["kind", "figure", "grades"],
};

/** A member and where it is written, so that a fault handed down is reported once, at its origin. */
interface Written {
  readonly value: unknown;
  readonly path: string;
}

/** What a node hands down to its children. */
interface Inherited {
  readonly rule: Written;
  readonly raters: Written;
  readonly methods: Written;
  readonly missing: MissingRule;
}

/**
 * Compiles one scheme.
 *
 * @param file  name used in problems
 * @returns the scheme, or null and at least one problem
 */
export function compileScheme(
  raw: unknown,
  file: string,
  { entryOf, sources }: SchemeSurroundings,
): { readonly scheme: Scheme | null; readonly problems: readonly SchemeProblem[] } {
  const problems: SchemeProblem[] = [];
  const report = (path: string, problem: string, mend: string): void => {
    if (!problems.some((known) => known.path === path && known.problem === problem))
      problems.push({ file, path, problem, mend });
  };
  if (!isLoose(raw)) {
    report("", "the file is not a record", "begin with id:, version:, title: …");
    return { scheme: null, problems };
  }

  checkMembers(raw, members.scheme, "");
  const namedRules = isLoose(raw.rules) ? raw.rules : {};
  const parties = readParties(raw.parties);
  const partyIds = new Set(parties.map((party) => party.id));
  const guide = raw.guide === undefined ? null : text(raw, "guide", "");
  const { provenance, problems: found } = readProvenance(raw, sources);
  for (const problem of found)
    report("", problem, 'give tag ("D" for a district\'s own rule), source and checkedOn (ISO date)');
  const points = number(raw.points, "points", 0, 1e6, "full points of the whole, e.g. 100");
  const missing = readMissing(raw.missing, "missing", {
    rater: "gap",
    figure: "gap",
    child: "gap",
    presentAtLeast: 1,
  });
  const nodes: SchemeNode[] = [];
  const nodeIds = new Set<string>();
  readNodes(raw.areas, "areas", null, 0, points, {
    rule: { value: raw.rule, path: "rule" },
    raters: { value: raw.raters, path: "raters" },
    methods: { value: raw.methods, path: "methods" },
    missing,
  });
  const bands = readBands(raw.bands);
  const isDistrictRule = raw.districtRule;
  if (typeof isDistrictRule !== "boolean")
    report(
      "districtRule",
      `is ${show(isDistrictRule)}`,
      "true when points and rules are the district's own, false when a national document prescribes them",
    );
  else if (!isDistrictRule && provenance.tag === "D")
    report("districtRule", "is false although the source is the district's own", "set districtRule: true");
  const effectiveFrom = day(raw.effectiveFrom, "effectiveFrom");
  const effectiveTo = raw.effectiveTo === undefined ? null : day(raw.effectiveTo, "effectiveTo");
  if (effectiveTo !== null && effectiveTo < effectiveFrom)
    report("effectiveTo", `${effectiveTo} is before effectiveFrom`, "a scheme ends after it begins");

  const scheme: Scheme = {
    id: identifier(raw.id, "id"),
    version: text(raw, "version", ""),
    title: text(raw, "title", ""),
    isDistrictRule: isDistrictRule === true,
    guide,
    schoolTypes: readSchoolTypes(raw.schoolTypes),
    points,
    parties,
    nodes,
    missing,
    bands,
    gates: readGates(raw.gates, bands),
    vetoes: readVetoes(raw.vetoes, bands),
    flagSelfAbove:
      raw.flagSelfAbove === undefined
        ? null
        : number(raw.flagSelfAbove, "flagSelfAbove", 0, 1, "a share of points, e.g. 0.2"),
    appealDays:
      raw.appealDays === undefined ? null : whole(raw.appealDays, "appealDays", 1, 365, "days after feedback, e.g. 10"),
    note: optionalText(raw.note, "note"),
    effectiveFrom,
    effectiveTo,
    provenance,
  };
  return { scheme: problems.length > 0 ? null : scheme, problems };

  function readParties(value: unknown): Party[] {
    if (!isLoose(value) || Object.keys(value).length === 0) {
      report("parties", "nobody rates", "name the parties, e.g. parties: { self: 学校自评, commission: 区教委 }");
      return [];
    }
    return Object.entries(value).map(([id, label]) => ({
      id: identifier(id, `parties/${id}`),
      label: wording(label, `parties/${id}`),
      isSelf: id === "self",
    }));
  }

  function readSchoolTypes(value: unknown): string[] {
    const types = optionalList(value, "schoolTypes").map(String);
    for (const type of types)
      if (!/^\d{1,3}$/.test(type))
        report("schoolTypes", `${show(type)} is no 办学类型`, 'give one to three digits in quotation marks, e.g. "21"');
    return types;
  }

  function readNodes(
    value: unknown,
    path: string,
    parent: string | null,
    depth: number,
    total: number,
    inherited: Inherited,
  ): void {
    const children = requiredList(value, path, "a list of nodes with id, label (or takes) and points");
    let sum = 0;
    let areAllKnown = true;
    for (const [index, child] of children.entries()) {
      if (!isLoose(child)) {
        report(`${path}/${index + 1}`, "is not a record", "write { id: …, label: …, points: … }");
        areAllKnown = false;
        continue;
      }
      const before = problems.length;
      sum += readNode(
        child,
        `${path}/${typeof child.id === "string" ? child.id : index + 1}`,
        parent,
        depth,
        inherited,
      );
      if (problems.slice(before).some((problem) => problem.path.endsWith("/points"))) areAllKnown = false;
    }
    if (areAllKnown && children.length > 0 && Math.abs(sum - total) > allowance * Math.max(1, total)) {
      const rounded = Math.round(sum * 1e6) / 1e6;
      report(
        path,
        `points sum to ${rounded}, not ${total}`,
        `${rounded < total ? "add" : "take away"} ${Math.round(Math.abs(total - sum) * 1e6) / 1e6} among ${children.length} nodes, or change the points of the node above`,
      );
    }
  }

  /** Appends the node and everything below it; returns its points. */
  function readNode(node: Loose, path: string, parent: string | null, depth: number, inherited: Inherited): number {
    checkMembers(node, members.node, path);
    const id = identifier(node.id, `${path}/id`);
    if (nodeIds.has(id)) report(`${path}/id`, `${id} stands twice`, "give every node of the scheme its own id");
    nodeIds.add(id);
    const full = number(node.points, `${path}/points`, 0, 1e6, "full points of the node, above 0");
    if (full === 0 && node.points === 0) report(`${path}/points`, "are 0", "leave the node out, or give it points");
    const written = (key: "rule" | "raters" | "methods"): Written =>
      node[key] === undefined ? inherited[key] : { value: node[key], path: `${path}/${key}` };
    const own: Inherited = {
      rule: written("rule"),
      raters: written("raters"),
      methods: written("methods"),
      missing: readMissing(node.missing, `${path}/missing`, inherited.missing),
    };
    const level = levels[depth];
    if (level === undefined)
      report(path, "is a fourth level", "a scheme has areas, key indicators and checkpoints: put it one level up");
    const isLeaf = node.children === undefined;
    if (!isLeaf && node.evidence !== undefined)
      report(`${path}/evidence`, "belongs to a node with children", "ask for evidence at the leaves");
    nodes.push({
      id,
      parent,
      level: level ?? "checkpoint",
      ...readWording(node, path),
      points: full,
      missing: own.missing,
      mayNotApply: node.mayNotApply === undefined ? null : wording(node.mayNotApply, `${path}/mayNotApply`),
      note: optionalText(node.note, `${path}/note`),
      leaf: isLeaf ? readLeaf(node, path, full, own) : null,
    });
    if (!isLeaf) readNodes(node.children, `${path}/children`, id, depth + 1, full, own);
    return full;
  }

  function readWording(node: Loose, path: string): Pick<SchemeNode, "label" | "reference" | "provenance"> {
    if ((node.takes === undefined) === (node.label === undefined)) {
      report(path, "needs either takes or label", "takes: <id in the guide> for official wording, label: for your own");
      return { label: "", reference: null, provenance };
    }
    if (node.label !== undefined) return { label: wording(node.label, `${path}/label`), reference: null, provenance };
    const taken = String(node.takes);
    if (!taken.includes("/") && guide === null)
      report(`${path}/takes`, `${taken} is in no guide`, "name the guide: guide: moe-2021-quality-evaluation/school");
    const reference = taken.includes("/") ? taken : `${guide ?? ""}/${taken}`;
    const entry = entryOf(reference);
    if (!entry) report(`${path}/takes`, `there is no entry ${reference}`, "look the id up in the table of the guide");
    return { label: entry?.label ?? "", reference, provenance: entry?.provenance ?? provenance };
  }

  function readLeaf(node: Loose, path: string, full: number, own: Inherited): Leaf {
    const rule = readRule(own.rule.value, own.rule.value === undefined ? `${path}/rule` : own.rule.path, full);
    const takesFigure = "figure" in rule;
    const raters = takesFigure
      ? []
      : readRaters(own.raters.value, own.raters.value === undefined ? `${path}/raters` : own.raters.path, rule, full);
    if (takesFigure && node.raters !== undefined)
      report(`${path}/raters`, "the rule takes a figure, so nobody rates", "leave raters out, or use a rubric");
    const chosen = optionalList(own.methods.value, own.methods.path).filter((method): method is Method => {
      const isKnown = methods.some((known) => known === method);
      if (!isKnown) report(own.methods.path, `${show(method)} is no method`, `one of ${methods.join(", ")}`);
      return isKnown;
    });
    if (chosen.length === 0 && !takesFigure)
      report(`${path}/methods`, "says not how it is looked at", `methods: [${methods[0]}] here or on a node above`);
    return {
      raters,
      methods: chosen,
      evidence: readEvidence(node.evidence, `${path}/evidence`),
      rule,
    };
  }

  function readEvidence(value: unknown, path: string): EvidenceItem[] {
    if (value === undefined) return [];
    if (isLoose(value))
      return Object.entries(value).map(([id, label]) => ({
        id: identifier(id, `${path}/${id}`),
        label: wording(label, `${path}/${id}`),
      }));
    report(path, "is not a record", "write evidence: { plan: 学校发展规划, minutes: 会议记录 }");
    return [];
  }

  function readRaters(value: unknown, path: string, ofLeaf: JudgementRule, full: number): Rater[] {
    if (!isLoose(value) || Object.keys(value).length === 0) {
      report(path, "nobody rates this leaf", "raters: { commission: 1 } here or on a node above");
      return [];
    }
    const raters = Object.entries(value).map(([party, weight]): Rater => {
      if (!partyIds.has(party))
        report(
          `${path}/${party}`,
          "is no party of the scheme",
          `add it to parties, or use ${[...partyIds].join(", ")}`,
        );
      const place = `${path}/${party}`;
      const own = isLoose(weight) ? recordOf(weight, place, ["weight", "rule"]) : { weight };
      const rule = own.rule === undefined ? ofLeaf : readRule(own.rule, `${place}/rule`, full);
      if ("figure" in rule)
        report(`${place}/rule`, "takes a figure, not a judgement", "use a rubric, yesNo or a survey");
      return {
        party,
        weight: number(own.weight, place, 0, 1, "a share between 0 and 1"),
        rule: "figure" in rule ? ofLeaf : rule,
      };
    });
    const sum = raters.reduce((total, rater) => total + rater.weight, 0);
    if (Math.abs(sum - 1) > allowance)
      report(path, `weights sum to ${Math.round(sum * 1e6) / 1e6}, not 1`, "weights are shares of the leaf's points");
    return raters;
  }

  function readMissing(value: unknown, path: string, above: MissingRule): MissingRule {
    if (value === undefined) return above;
    if (!isLoose(value)) {
      report(path, "is not a record", "write missing: { rater: rescale, presentAtLeast: 0.8 }");
      return above;
    }
    checkMembers(value, members.missing, path);
    const choose = <C extends string>(key: string, allowed: readonly C[], otherwise: C): C => {
      if (value[key] === undefined) return otherwise;
      const chosen = allowed.find((candidate) => candidate === value[key]);
      if (chosen === undefined) report(`${path}/${key}`, `is ${show(value[key])}`, `one of ${allowed.join(", ")}`);
      return chosen ?? otherwise;
    };
    const rule: MissingRule = {
      rater: choose("rater", ["gap", "rescale"], above.rater),
      figure: choose("figure", ["gap", "zero"], above.figure),
      child: choose("child", ["gap", "rescale"], above.child),
      presentAtLeast:
        value.presentAtLeast === undefined
          ? above.presentAtLeast
          : number(value.presentAtLeast, `${path}/presentAtLeast`, 0, 1, "a share of weight, e.g. 0.8"),
    };
    if ((rule.rater === "rescale" || rule.child === "rescale") && !(rule.presentAtLeast > 0 && rule.presentAtLeast < 1))
      report(
        `${path}/presentAtLeast`,
        `is ${rule.presentAtLeast}, so rescaling would never or always happen`,
        "say from which share of weight on the rest may be scaled up, e.g. 0.8",
      );
    return rule;
  }

  function readRule(value: unknown, path: string, full: number): Rule {
    const nothing: Rule = { kind: "yesNo" };
    if (typeof value === "string" && value !== "yesNo") {
      const named = Object.hasOwn(namedRules, value) ? namedRules[value] : undefined;
      if (isLoose(named)) return readRule(named, `rules/${value}`, full);
      report(
        path,
        `there is no rule ${value}`,
        `define it under rules:, or use ${["yesNo", ...Object.keys(namedRules)].join(", ")}`,
      );
      return nothing;
    }
    if (value === "yesNo") return nothing;
    if (!isLoose(value)) {
      report(path, "has no rule", `rule: with kind ${Object.keys(ruleMembers).join(", ")} here or on a node above`);
      return nothing;
    }
    const kind = (Object.keys(ruleMembers) as Rule["kind"][]).find((known) => known === value.kind);
    if (kind === undefined) {
      report(`${path}/kind`, `${show(value.kind)} is no kind of rule`, `one of ${Object.keys(ruleMembers).join(", ")}`);
      return nothing;
    }
    checkMembers(value, ruleMembers[kind], path);
    switch (kind) {
      case "yesNo":
        return nothing;
      case "rubric": {
        const rubric = requiredList(
          value.levels,
          `${path}/levels`,
          "best first: { id: A, label: 优, share: 1, descriptor: … }",
        ).map((level, index): RubricLevel => {
          const place = `${path}/levels/${index + 1}`;
          const record = recordOf(level, place, ["id", "label", "share", "descriptor"]);
          return {
            id: identifier(record.id, `${place}/id`),
            label: wording(record.label, `${place}/label`),
            share: number(record.share, `${place}/share`, 0, 1, "a share of the points, e.g. 0.8"),
            descriptor: optionalText(record.descriptor, `${place}/descriptor`),
          };
        });
        checkFalling(rubric, `${path}/levels`);
        return { kind, levels: rubric };
      }
      case "survey": {
        const zeroAt = value.zeroAt === undefined ? 0 : number(value.zeroAt, `${path}/zeroAt`, 0, 1, "a share");
        const fullAt = value.fullAt === undefined ? 1 : number(value.fullAt, `${path}/fullAt`, 0, 1, "a share");
        if (zeroAt >= fullAt) report(`${path}/fullAt`, `${fullAt} is not above zeroAt ${zeroAt}`, "zeroAt < fullAt");
        return {
          kind,
          minAnswers: whole(
            value.minAnswers,
            `${path}/minAnswers`,
            10,
            1e6,
            "fewest answers that count; below 10 a person could be recognised",
          ),
          zeroAt,
          fullAt,
        };
      }
      case "bands":
        return readBandsRule(value, path);
      case "count": {
        const cap =
          value.cap === undefined ? full : number(value.cap, `${path}/cap`, 0, full, `points, at most ${full}`);
        return {
          kind,
          figure: readFigure(value.figure, `${path}/figure`),
          each: number(value.each, `${path}/each`, 0, full, "points for every one counted"),
          cap,
        };
      }
      case "grade": {
        const grades = requiredList(value.grades, `${path}/grades`, "best first: { id: …, label: …, share: … }").map(
          (grade, index) => {
            const place = `${path}/grades/${index + 1}`;
            const record = recordOf(grade, place, ["id", "label", "share"]);
            return {
              id: identifier(record.id, `${place}/id`),
              label: wording(record.label, `${place}/label`),
              share: number(record.share, `${place}/share`, 0, 1, "a share of the points, e.g. 0.8"),
            };
          },
        );
        checkFalling(grades, `${path}/grades`);
        return { kind, figure: readFigure(value.figure, `${path}/figure`), grades };
      }
    }
  }

  function readBandsRule(value: Loose, path: string): Rule {
    const bandList = requiredList(value.bands, `${path}/bands`, "best first: { atLeast: 0.95, share: 1 }");
    let compare: "atLeast" | "atMost" | null = null;
    const steps = bandList.map((band, index) => {
      const place = `${path}/bands/${index + 1}`;
      const record = recordOf(band, place, ["atLeast", "atMost", "share"]);
      const own = record.atMost === undefined ? "atLeast" : "atMost";
      compare ??= own;
      if (own !== compare || (record.atLeast !== undefined && record.atMost !== undefined))
        report(place, "mixes atLeast and atMost", "use one of them in all bands of a rule");
      return {
        limit: number(record[own], `${place}/${own}`, -1e12, 1e12, "a number in the figure's unit"),
        share: number(record.share, `${place}/share`, 0, 1, "a share of the points, e.g. 0.8"),
      };
    });
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (!before) continue;
      if (compare === "atMost" ? step.limit <= before.limit : step.limit >= before.limit)
        report(`${path}/bands/${index + 1}`, `its limit ${step.limit} can never be reached`, "put the best band first");
      if (step.share >= before.share)
        report(`${path}/bands/${index + 1}`, "gives no less than a better band", "shares fall from band to band");
    }
    const otherwise =
      value.otherwise === undefined ? 0 : number(value.otherwise, `${path}/otherwise`, 0, 1, "a share of the points");
    if (otherwise > (steps.at(-1)?.share ?? 1))
      report(`${path}/otherwise`, "gives more than the last band", "at most the share of the last band");
    return {
      kind: "bands",
      figure: readFigure(value.figure, `${path}/figure`),
      compare: compare ?? "atLeast",
      bands: steps,
      otherwise,
    };
  }

  function readFigure(value: unknown, path: string): FigureSource {
    const record = recordOf(value, path, members.figure);
    return {
      key: identifier(record.key, `${path}/key`),
      label: wording(record.label, `${path}/label`),
      unit: optionalText(record.unit, `${path}/unit`),
      part: record.part === undefined ? null : identifier(record.part, `${path}/part`),
    };
  }

  function checkFalling(steps: readonly { id: string; share: number }[], path: string): void {
    const seen = new Set<string>();
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before && step.share >= before.share)
        report(`${path}/${index + 1}`, `${step.id} gives no less than ${before.id}`, "best first, shares falling");
      if (seen.has(step.id)) report(`${path}/${index + 1}`, `${step.id} stands twice`, "give each its own id");
      seen.add(step.id);
    }
  }

  function readBands(value: unknown): ResultBand[] {
    const result = optionalList(value, "bands").map((band, index): ResultBand => {
      const place = `bands/${index + 1}`;
      const record = recordOf(band, place, ["id", "label", "atLeast"]);
      return {
        id: identifier(record.id, `${place}/id`),
        label: wording(record.label, `${place}/label`),
        atLeast: number(record.atLeast, `${place}/atLeast`, 0, 1, "a share of full points, e.g. 0.9"),
      };
    });
    checkFalling(
      result.map(({ id, atLeast }) => ({ id, share: atLeast })),
      "bands",
    );
    if (result.length > 0 && result.at(-1)?.atLeast !== 0)
      report(`bands/${result.length}`, "results below it have no band", "let the last band begin at 0");
    return result;
  }

  function readGates(value: unknown, known: readonly ResultBand[]): Gate[] {
    return optionalList(value, "gates").map((gate, index): Gate => {
      const place = `gates/${index + 1}`;
      const record = recordOf(gate, place, ["id", "label", "node", "atLeast", "band"]);
      const node = String(record.node);
      if (!nodeIds.has(node))
        report(`${place}/node`, `there is no node ${node}`, "use the id of a node of this scheme");
      return {
        id: identifier(record.id, `${place}/id`),
        label: wording(record.label, `${place}/label`),
        node,
        atLeast: number(record.atLeast, `${place}/atLeast`, 0, 1, "a share of the node's points, e.g. 0.6"),
        band: bandOf(record.band, `${place}/band`, known),
      };
    });
  }

  function readVetoes(value: unknown, known: readonly ResultBand[]): SchemeVeto[] {
    return optionalList(value, "vetoes").map((veto, index): SchemeVeto => {
      const place = `vetoes/${index + 1}`;
      const record = recordOf(veto, place, ["id", "label", "band"]);
      return {
        id: identifier(record.id, `${place}/id`),
        label: wording(record.label, `${place}/label`),
        band: bandOf(record.band, `${place}/band`, known),
      };
    });
  }

  function bandOf(value: unknown, path: string, known: readonly ResultBand[]): string {
    if (!known.some((band) => band.id === value))
      report(
        path,
        `there is no band ${show(value)}`,
        `one of ${known.map((band) => band.id).join(", ") || "bands:, which are missing"}`,
      );
    return String(value);
  }

  function checkMembers(record: Loose, allowed: readonly string[], path: string): void {
    for (const key of Object.keys(record))
      if (!allowed.includes(key))
        report(path === "" ? key : `${path}/${key}`, "is not a member", `one of ${allowed.join(", ")}`);
  }

  function recordOf(value: unknown, path: string, allowed: readonly string[]): Loose {
    if (isLoose(value)) {
      checkMembers(value, allowed, path);
      return value;
    }
    report(path, `is ${show(value)}`, `a record with ${allowed.join(", ")}`);
    return {};
  }

  function requiredList(value: unknown, path: string, mend: string): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value;
    report(path, Array.isArray(value) ? "is empty" : `is ${show(value)}, not a list`, mend);
    return [];
  }

  function optionalList(value: unknown, path: string): readonly unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    report(path, `is ${show(value)}, not a list`, "write a list: [ … ]");
    return [];
  }

  function number(value: unknown, path: string, least: number, most: number, mend: string): number {
    if (typeof value === "number" && value >= least && value <= most) return value;
    report(path, `is ${show(value)}`, mend);
    return 0;
  }

  function whole(value: unknown, path: string, least: number, most: number, mend: string): number {
    const found = number(value, path, least, most, mend);
    if (!Number.isInteger(found)) report(path, `is ${found}`, "a whole number");
    return found;
  }

  function identifier(value: unknown, path: string): string {
    if (typeof value === "string" && idPattern.test(value)) return value;
    report(path, `is ${show(value)}`, "a key of letters, digits, dots and hyphens that begins with a letter");
    return "";
  }

  function wording(value: unknown, path: string): string {
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    report(path, `is ${show(value)}`, "a text, in quotation marks if it looks like a number");
    return "";
  }

  function optionalText(value: unknown, path: string): string {
    return value === undefined ? "" : wording(value, path);
  }

  function text(record: Loose, key: string, path: string): string {
    return wording(record[key], path === "" ? key : `${path}/${key}`);
  }

  function day(value: unknown, path: string): string {
    if (isDay(value)) return value;
    report(path, `is ${show(value)}`, 'an ISO date, e.g. "2026-03-01"');
    return "";
  }
}

/** A value as it is quoted in a problem. */
function show(value: unknown): string {
  const shown = value === undefined ? "missing" : JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}
