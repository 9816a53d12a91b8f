/**
 * YAML in data/ → src/generated/{tables,schemes}.ts. `--check` writes nothing and fails when a committed file differs.
 *
 * Refuses: a value without source or date, a half-dated row, an unknown unit, tables whose entries overlap in time, an
 * override of something that does not exist, a scheme that cannot be scored as it is written.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileFolder } from "./compile-folder.ts";

const root = join(import.meta.dirname, "..");

/** Every YAML file below a folder with its text, by path relative to the folder. */
function readFolder(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
  return new Map(
    names.toSorted().map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]),
  );
}

const { tables, schemes, problems } = compileFolder(readFolder(join(root, "data")));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
for (const [name, text] of [
  ["tables", tables],
  ["schemes", schemes],
] as const) {
  const target = join(root, `src/generated/${name}.ts`);
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    process.stderr.write(
      `packages/standards/src/generated/${name}.ts is not what data/ compiles to: run node packages/standards/scripts/compile.ts\n`,
    );
    process.exitCode = 1;
  }
}
