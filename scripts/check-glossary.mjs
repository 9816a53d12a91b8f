/**
 * Holds the sources to docs/glossary.yaml: banned synonyms absent from identifiers, every `id` in use, every
 * `@source` naming a document of the standards library.
 */
import { globSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const entries = parse(readFileSync(join(root, "docs/glossary.yaml"), "utf8"));
const files = globSync(["packages/*/src/**/*.ts", "packages/store/migrations/*.sql", "apps/*/src/**/*.{ts,tsx}"], {
  cwd: root,
}).filter((file) => !file.includes("generated"));
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
const documents = readdirSync(join(root, "packages/standards/data"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const problems = [];

for (const [file, text] of sources) {
  if (file.startsWith("packages/numerics/")) continue; // mathematics knows no school; its Student is a distribution
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|--.*$|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gm, "");
  for (const entry of entries) {
    for (const banned of entry.not ?? []) {
      const found = new RegExp(`\\b[\\w]*${banned}[\\w]*`, "i").exec(code);
      if (found) problems.push(`${file}: "${found[0]}": ${entry.term} is ${entry.id}, not ${banned}`);
    }
  }
  for (const [, source] of text.matchAll(/@source\s+([a-z]+-\d{4}-[\w-]+)/g)) {
    if (!documents.includes(source))
      problems.push(`${file}: @source ${source} names no document in packages/standards/data`);
  }
}
const all = [...sources.values()].join("\n");
const seen = new Set();
for (const { id, term } of entries) {
  if (id === undefined) continue;
  if (seen.has(id)) problems.push(`glossary: ${id} is defined twice`);
  seen.add(id);
  if (!all.includes(id)) problems.push(`glossary: ${term} (${id}) is used nowhere`);
}

for (const problem of problems) process.stdout.write(`  ${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
