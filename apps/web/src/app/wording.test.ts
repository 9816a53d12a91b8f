import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { errors } from "@xingfu/contract";
import { describe, expect, it } from "vitest";
import { auditActions } from "../features/audit/entry.ts";

const source = join(import.meta.dirname, "..");
const locales = join(source, "locales");
const parts = readdirSync(join(locales, "zh-CN"));

function wording(language: string, file: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string") found.set(path, value);
    else if (typeof value === "object" && value !== null) {
      for (const [key, member] of Object.entries(value)) walk(member, path === "" ? key : `${path}.${key}`);
    }
  };
  walk(JSON.parse(readFileSync(join(locales, language, file), "utf8")), "");
  return found;
}

const places = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").toSorted();

function sourceFiles(): string[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name),
  );
}

describe("the wording", () => {
  it("has the same parts in both languages", () => {
    expect(readdirSync(join(locales, "en"))).toEqual(parts);
  });

  it.each(parts)("%s has the same keys in both languages", (file) => {
    expect([...wording("en", file).keys()].toSorted()).toEqual([...wording("zh-CN", file).keys()].toSorted());
  });

  it.each(parts)("%s puts in no value that the other language does not have", (file) => {
    const english = wording("en", file);
    for (const [key, text] of wording("zh-CN", file)) {
      const other = english.get(key) ?? "";
      const unknown = places(other).filter((name) => !places(text).includes(name));
      expect(unknown, `${file} ${key}`).toEqual([]);
    }
  });

  it("has a sentence for every public error", () => {
    const common = wording("zh-CN", "common.json");
    expect(Object.keys(errors).filter((code) => !common.has(`error.${code}`))).toEqual([]);
  });

  it("names every action one may filter the audit by", () => {
    const audit = wording("zh-CN", "audit.json");
    expect(auditActions.filter((action) => !audit.has(`action.${action}`))).toEqual([]);
  });

  it("uses no exclamation mark", () => {
    for (const file of parts) {
      for (const [key, text] of wording("zh-CN", file)) expect(text, `${file} ${key}`).not.toMatch(/[!！]/);
    }
  });

  it("has every key that the code asks for by name", () => {
    const known = new Map(parts.map((file) => [file.replace(".json", ""), wording("zh-CN", file)]));
    const missing: string[] = [];
    for (const name of sourceFiles()) {
      const text = readFileSync(join(source, name), "utf8");
      const own = /useTranslation\(\[?"(\w+)"/.exec(text)?.[1] ?? /^features\/(\w+)\//.exec(name)?.[1] ?? "common";
      for (const [, key = ""] of text.matchAll(/\bt\(\s*"([\w:.-]+)"/g)) {
        const [part, rest] = key.includes(":") ? (key.split(":") as [string, string]) : [own, key];
        // a part that a library file names itself is looked up there; common is the fallback of ui and app
        const isKnown = known.get(part)?.has(rest) ?? false;
        if (!isKnown) missing.push(`${name}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

/** Reads what people type or paste, in any language: its Chinese is never shown. */
const readers = new Set(["lib/paste.ts"]);

describe("the code", () => {
  it("holds no Chinese literal: what a person reads stands in the wording or the standards library", () => {
    const offenders = sourceFiles().filter((name) => {
      if (readers.has(name)) return false;
      const code = readFileSync(join(source, name), "utf8")
        .replaceAll(/\/\*[\s\S]*?\*\//g, "")
        .replaceAll(/(^|[^:"'])\/\/.*$/gm, "$1");
      const withoutPatterns = code.replaceAll(/\/(?:\\.|\[[^\]\n]*\]|[^/\\\n])+\/[a-z]*/g, "");
      return /\p{Script=Han}/u.test(withoutPatterns);
    });
    expect(offenders).toEqual([]);
  });
});
