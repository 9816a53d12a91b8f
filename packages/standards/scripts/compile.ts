/**
 * YAML in data/ → src/generated/tables.ts. `--check` writes nothing and fails when the committed file differs.
 *
 * Refuses: a value without source or date, a half-dated row, an unknown unit, tables whose entries overlap in time, an
 * override of something that does not exist.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileFolder } from "./compile-folder.ts";

const root = join(import.meta.dirname, "..");
const target = join(root, "src/generated/tables.ts");

/** Every YAML file below a folder with its text, by path relative to the folder. */
function readFolder(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
  return new Map(
    names.toSorted().map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]),
  );
}

const { text, problems } = compileFolder(readFolder(join(root, "data")));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    process.stderr.write(
      "packages/standards/src/generated/tables.ts is not what data/ compiles to: run node packages/standards/scripts/compile.ts\n",
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
