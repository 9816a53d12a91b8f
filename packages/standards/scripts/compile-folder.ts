/** From the YAML files of data/ to the text of the generated modules, or the list of everything wrong with them. */
import { parse } from "yaml";
import { compileScheme } from "../src/compile-scheme.ts";
import { isDay, isLoose, readProvenance } from "../src/provenance.ts";
import type { Loose } from "../src/provenance.ts";
import type { Scheme, SchemeHeading } from "../src/scheme.ts";
import type {
  Code,
  CodeList,
  Condition,
  Entry,
  Field,
  FieldValue,
  Override,
  Provenance,
  StandardDocument,
  Table,
} from "../src/table.ts";
import { isUnit } from "../src/unit.ts";
import type { Unit } from "../src/unit.ts";

const stageKeys = ["kindergarten", "primary", "junior", "senior", "vocational"];

/** What a folder compiles to; the texts are empty when there are problems. */
export interface CompiledFolder {
  /** documents, tables and code lists */
  readonly tables: string;
  /** text of every generated module about schemes, by file name: their headings, all of them at once, and each by itself */
  readonly schemes: ReadonlyMap<string, string>;
  /** everything that is wrong, each with its file */
  readonly problems: readonly string[];
}

export function compileFolder(files: ReadonlyMap<string, string>): CompiledFolder {
  const problems: string[] = [];
  const documents: StandardDocument[] = [];
  const tables: Table[] = [];
  const codeLists: CodeList[] = [];
  const schemes: { readonly scheme: Scheme; readonly written: Loose }[] = [];
  const schemeFiles: { readonly file: string; readonly raw: Loose; readonly sources: Loose }[] = [];

  for (const [path, text] of files) {
    const parsed = read(path, text);
    if (path.startsWith("codes/")) compileCodes(path, parsed);
    else if (path.endsWith("/document.yaml")) compileDocument(path, parsed);
    else if (!files.has(`${path.slice(0, path.lastIndexOf("/"))}/document.yaml`))
      problems.push(`${path}: belongs to no document.yaml`);
  }
  checkOverrides();
  for (const list of codeLists) checkCodes(list);
  compileSchemes();
  if (problems.length > 0) return { tables: "", schemes: new Map(), problems };
  return { tables: tablesText(documents, tables, codeLists), schemes: schemeTexts(schemes), problems };

  function read(path: string, text: string): Loose {
    try {
      const parsed: unknown = parse(text);
      if (isLoose(parsed)) return parsed;
      problems.push(`${path}: is not a record`);
    } catch (error) {
      problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return {};
  }

  function compileDocument(path: string, raw: Loose): void {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const id = text(raw, "id", path);
    if (id !== folder.split("/").at(-1)) problems.push(`${path}: id ${id} is not the name of its folder`);
    if (documents.some((document) => document.id === id)) problems.push(`${path}: document ${id} exists twice`);
    const sources = isLoose(raw.sources) ? raw.sources : {};
    const names = list(raw.tables).map(String);
    const provenance = provenanceOf(raw, path, {}, sources);
    const { effectiveFrom, effectiveTo } = datesOf(raw, path, {});
    documents.push({
      id,
      title: text(raw, "title", path),
      number: text(raw, "number", path),
      issuer: text(raw, "issuer", path),
      issuedOn: date(raw.issuedOn, `${path}: issuedOn`),
      effectiveFrom,
      effectiveTo,
      address: typeof raw.address === "string" ? raw.address : "",
      provenance,
      summary: text(raw, "summary", path),
      tables: names.map((name) => `${id}/${name}`),
      region: typeof raw.region === "string" ? raw.region : "national",
      overrides: list(raw.overrides).map((override, index) => overrideOf(override, `${path}: override ${index + 1}`)),
      isExample: raw.example === true,
    });
    for (const name of names) {
      const file = `${folder}/${name}.yaml`;
      const content = files.get(file);
      if (content === undefined) problems.push(`${path}: table ${name} has no file`);
      else compileTable(file, id, name, read(file, content), sources);
    }
    const schemeNames = list(raw.schemes).map(String);
    for (const name of schemeNames) {
      const file = `${folder}/${name}.yaml`;
      const content = files.get(file);
      if (content === undefined) problems.push(`${path}: scheme ${name} has no file`);
      else schemeFiles.push({ file, raw: read(file, content), sources });
    }
    for (const other of files.keys()) {
      if (!other.startsWith(`${folder}/`) || other === path) continue;
      const name = other.slice(folder.length + 1).replace(/[.]yaml$/, "");
      if (!names.includes(name) && !schemeNames.includes(name)) problems.push(`${other}: is not listed in ${path}`);
    }
  }

  /** Last, because a scheme takes its wording from any table. */
  function compileSchemes(): void {
    const entries = new Map(tables.flatMap((table) => table.entries.map((entry) => [entry.reference, entry])));
    for (const { file, raw, sources } of schemeFiles) {
      const compiled = compileScheme(raw, file, { entryOf: (reference) => entries.get(reference), sources });
      for (const { path, problem, mend } of compiled.problems)
        problems.push(`${file}: ${path === "" ? "" : `${path}: `}${problem}; ${mend}`);
      const { scheme } = compiled;
      if (!scheme) continue;
      for (const { scheme: other } of schemes) {
        if (other.id !== scheme.id) continue;
        if (other.version === scheme.version)
          problems.push(`${file}: version: ${scheme.version} of ${scheme.id} exists twice; a change is a new version`);
        if (
          other.effectiveFrom <= (scheme.effectiveTo ?? "9999") &&
          scheme.effectiveFrom <= (other.effectiveTo ?? "9999")
        )
          problems.push(
            `${file}: effectiveFrom: version ${scheme.version} of ${scheme.id} overlaps version ${other.version}; let the older one end the day before`,
          );
      }
      schemes.push({ scheme, written: raw });
    }
  }

  function compileTable(path: string, documentId: string, name: string, raw: Loose, sources: Loose): void {
    const entries = list(raw.entries)
      .map((entry, index) => {
        if (isLoose(entry))
          return entryOf(
            entry,
            `${path}: ${typeof entry.id === "string" ? entry.id : `row ${index + 1}`}`,
            `${documentId}/${name}`,
            raw,
            sources,
          );
        problems.push(`${path}: row ${index + 1} is not a record`);
        return undefined;
      })
      .filter((entry) => entry !== undefined);
    if (entries.length === 0) problems.push(`${path}: has no entries`);
    for (const [index, a] of entries.entries()) {
      for (const b of entries.slice(index + 1)) {
        if (a.id !== b.id) continue;
        const overlap = a.effectiveFrom <= (b.effectiveTo ?? "9999") && b.effectiveFrom <= (a.effectiveTo ?? "9999");
        if (overlap)
          problems.push(
            `${path}: ${a.id} holds twice from ${a.effectiveFrom > b.effectiveFrom ? a.effectiveFrom : b.effectiveFrom}`,
          );
      }
    }
    tables.push({ id: `${documentId}/${name}`, documentId, title: text(raw, "title", path), entries });
  }

  function entryOf(raw: Loose, where: string, table: string, defaults: Loose, sources: Loose): Entry {
    const id = text(raw, "id", where);
    const unit = unitOf(raw.unit, where);
    const provenance = provenanceOf(raw, where, defaults, sources);
    const fields: Record<string, Field> = {};
    for (const [key, value] of Object.entries(isLoose(raw.fields) ? raw.fields : {})) {
      const place = `${where}.${key}`;
      if (!isLoose(value)) {
        problems.push(`${place}: is not a record`);
        continue;
      }
      const field = fieldOf(value, place, defaults, sources);
      if (key === "threshold" && field.unit !== unit)
        problems.push(`${place}: is in ${field.unit}, its entry in ${unit}`);
      fields[key] = field;
    }
    const conditions = list(raw.conditions).map((condition, index): Condition => {
      const place = `${where} condition ${index + 1}`;
      const record = isLoose(condition) ? condition : {};
      const kind = record.kind;
      if (kind !== "computed" && kind !== "reviewed")
        problems.push(`${place}: kind is computed or reviewed, not ${String(kind)}`);
      return {
        id: `${id}.${text(record, "id", place)}`,
        label: text(record, "label", place),
        kind: kind === "reviewed" ? "reviewed" : "computed",
        unit: unitOf(record.unit, place),
        schoolUnit: record.schoolUnit === undefined ? null : unitOf(record.schoolUnit, place),
      };
    });
    const lists: Record<string, readonly string[]> = {};
    for (const [key, value] of Object.entries(isLoose(raw.lists) ? raw.lists : {}))
      lists[key] = list(value).map(String);
    const texts: Record<string, string> = {};
    for (const [key, value] of Object.entries(isLoose(raw.texts) ? raw.texts : {})) texts[key] = String(value);
    return {
      id,
      reference: `${table}/${id}`,
      label: text(raw, "label", where),
      shortLabel: text(raw, "short", where),
      unit,
      fields,
      conditions,
      texts,
      lists,
      ...datesOf(raw, where, defaults),
      provenance,
    };
  }

  function fieldOf(raw: Loose, where: string, defaults: Loose, sources: Loose): Field {
    const keyed = Object.fromEntries(
      stageKeys.filter((key) => raw[key] !== undefined).map((key) => [key, valueOf(raw[key], `${where}.${key}`)]),
    );
    const isKeyed = Object.keys(keyed).length > 0;
    if (isKeyed === (raw.value !== undefined)) problems.push(`${where}: needs either one value or one per phase`);
    return {
      label: text(raw, "label", where),
      unit: unitOf(raw.unit, where),
      value: isKeyed ? keyed : valueOf(raw.value ?? 0, where),
      isOverridable: raw.overridable !== false,
      provenance: raw.tag === undefined ? null : provenanceOf(raw, where, defaults, sources),
    };
  }

  function valueOf(value: unknown, where: string): FieldValue {
    if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
    problems.push(`${where}: a value is a number or a switch, not ${JSON.stringify(value)}`);
    return 0;
  }

  function overrideOf(raw: unknown, where: string): Override {
    const record = isLoose(raw) ? raw : {};
    return {
      reference: text(record, "reference", where),
      field: text(record, "field", where),
      ...(typeof record.phase === "string" ? { phase: record.phase } : {}),
      value: valueOf(record.value, where),
      source: text(record, "source", where),
      effectiveFrom: date(record.effectiveFrom, `${where}: effectiveFrom`),
    };
  }

  function checkOverrides(): void {
    const entries = new Map(tables.flatMap((table) => table.entries.map((entry) => [entry.reference, entry])));
    for (const document of documents) {
      for (const override of document.overrides) {
        const field = entries.get(override.reference)?.fields[override.field];
        const place = `${document.id}: ${override.reference}.${override.field}`;
        if (!field) problems.push(`${place}: there is no such number`);
        else if (!field.isOverridable) problems.push(`${place}: is part of a definition and cannot be replaced`);
        else if ((typeof field.value === "object") !== (override.phase !== undefined) && override.phase !== undefined)
          problems.push(`${place}: has no value per phase`);
      }
    }
  }

  function compileCodes(path: string, raw: Loose): void {
    const codes = list(raw.codes).map((code, index): Code => {
      const place = `${path}: code ${index + 1}`;
      const record = isLoose(code) ? code : {};
      return {
        code: text(record, "code", place),
        label: text(record, "label", place),
        aliases: list(record.aliases).map(String),
        parent: typeof record.parent === "string" ? record.parent : null,
        stages: list(record.stages).map(String),
      };
    });
    codeLists.push({
      id: path.slice("codes/".length).replace(/[.]yaml$/, ""),
      title: text(raw, "title", path),
      provenance: provenanceOf(raw, path, {}, {}),
      codes,
    });
  }

  function checkCodes(codes: CodeList): void {
    const names = new Map<string, string>();
    const known = new Set(codes.codes.map((code) => code.code));
    for (const code of codes.codes) {
      for (const name of new Set([code.code, code.label, ...code.aliases])) {
        const other = names.get(name);
        if (other !== undefined) problems.push(`codes/${codes.id}.yaml: ${name} means both ${other} and ${code.code}`);
        names.set(name, code.code);
      }
      if (code.parent !== null && !known.has(code.parent))
        problems.push(`codes/${codes.id}.yaml: ${code.code} has unknown parent ${code.parent}`);
      for (const stage of code.stages)
        if (!stageKeys.includes(stage))
          problems.push(`codes/${codes.id}.yaml: ${code.code} has unknown stage ${stage}`);
    }
  }

  function provenanceOf(raw: Loose, where: string, defaults: Loose, sources: Loose): Provenance {
    const { provenance, problems: found } = readProvenance(raw, sources, defaults.checkedOn);
    for (const problem of found) problems.push(`${where}: ${problem}`);
    return provenance;
  }

  function datesOf(raw: Loose, where: string, defaults: Loose): { effectiveFrom: string; effectiveTo: string | null } {
    if (raw.effectiveTo !== undefined && raw.effectiveFrom === undefined)
      problems.push(`${where}: is half-dated: it ends but does not begin`);
    const effectiveFrom = date(raw.effectiveFrom ?? defaults.effectiveFrom, `${where}: effectiveFrom`);
    const effectiveTo =
      raw.effectiveTo === undefined || raw.effectiveTo === null ? null : date(raw.effectiveTo, `${where}: effectiveTo`);
    if (effectiveTo !== null && effectiveTo < effectiveFrom) problems.push(`${where}: ends before it begins`);
    return { effectiveFrom, effectiveTo };
  }

  function unitOf(value: unknown, where: string): Unit {
    if (typeof value === "string" && isUnit(value)) return value;
    problems.push(`${where}: unknown unit ${JSON.stringify(value)}`);
    return "text";
  }

  function text(raw: Loose, key: string, where: string): string {
    const value = raw[key];
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    problems.push(`${where}: has no ${key}`);
    return "";
  }

  function date(value: unknown, where: string): string {
    if (isDay(value)) return value;
    problems.push(`${where}: is not a date (${JSON.stringify(value)})`);
    return "";
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function tablesText(
  documents: readonly StandardDocument[],
  tables: readonly Table[],
  codeLists: readonly CodeList[],
): string {
  return [
    "// Generated by packages/standards/scripts/compile.ts from packages/standards/data. Do not edit.",
    'import type { CodeList, StandardDocument, Table } from "../table.ts";',
    "",
    `export const documents: readonly StandardDocument[] = ${JSON.stringify(documents, null, 1)};`,
    `export const tables: readonly Table[] = ${JSON.stringify(tables, null, 1)};`,
    `export const codeLists: readonly CodeList[] = ${JSON.stringify(codeLists, null, 1)};`,
    "",
  ].join("\n");
}

const banner = "// Generated by packages/standards/scripts/compile.ts from packages/standards/data. Do not edit.";

function schemeTexts(schemes: readonly { readonly scheme: Scheme; readonly written: Loose }[]): Map<string, string> {
  const texts = new Map<string, string>();
  const names = schemes.map(({ scheme }) => `${scheme.id}-${scheme.version}`);
  for (const [index, { scheme, written }] of schemes.entries()) {
    texts.set(
      `schemes/${names[index] ?? ""}.ts`,
      [
        banner,
        'import type { Scheme } from "../../scheme.ts";',
        "",
        `export const scheme: Scheme = ${JSON.stringify(scheme, null, 1)};`,
        `export const written: Readonly<Record<string, unknown>> = ${JSON.stringify(written, null, 1)};`,
        "",
      ].join("\n"),
    );
  }
  texts.set(
    "all-schemes.ts",
    [
      banner,
      'import type { Scheme } from "../scheme.ts";',
      ...names.map((name, index) => `import { scheme as scheme${index + 1} } from "./schemes/${name}.ts";`),
      "",
      `export const schemes: readonly Scheme[] = [${names.map((_, index) => `scheme${index + 1}`).join(", ")}];`,
      "",
    ].join("\n"),
  );
  const headings = schemes.map(({ scheme }) => headingOf(scheme));
  texts.set(
    "scheme-headings.ts",
    [
      banner,
      'import type { SchemeHeading, ShippedScheme } from "../scheme.ts";',
      "",
      `export const schemeHeadings: readonly SchemeHeading[] = ${JSON.stringify(headings, null, 1)};`,
      "/** Each scheme by itself, fetched when it is asked for. */",
      "export const loaders: Readonly<Record<string, () => Promise<ShippedScheme>>> = {",
      ...schemes.map(
        ({ scheme }, index) =>
          `  ${JSON.stringify(`${scheme.id} ${scheme.version}`)}: async () => await import("./schemes/${names[index] ?? ""}.ts"),`,
      ),
      "};",
      "",
    ].join("\n"),
  );
  return texts;
}

function headingOf(scheme: Scheme): SchemeHeading {
  const { id, version, title, isDistrictRule, guide, schoolTypes, points, effectiveFrom, effectiveTo } = scheme;
  return {
    id,
    version,
    title,
    isDistrictRule,
    guide,
    schoolTypes,
    points,
    effectiveFrom,
    effectiveTo,
    nodes: scheme.nodes.length,
    leaves: scheme.nodes.filter((node) => node.leaf !== null).length,
    unverified: scheme.nodes.filter((node) => !node.provenance.isVerified).length,
  };
}
