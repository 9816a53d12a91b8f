/**
 * YAML in data/ → src/generated: the tables, and the schemes each in a module of its own. `--check` writes nothing and fails when a committed file differs.
 *
 * Refuses: a value without source or date, a half-dated row, an unknown unit, tables whose entries overlap in time, an
 * override of something that does not exist, a scheme that cannot be scored as it is written.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
const generated = join(root, "src/generated");
const wanted = new Map([["tables.ts", tables], ...schemes]);
const isCheck = process.argv.includes("--check");
for (const [name, text] of wanted) {
  const target = join(generated, name);
  if (existsSync(target) && readFileSync(target, "utf8") === text) continue;
  if (isCheck) refuse(`packages/standards/src/generated/${name} is not what data/ compiles to`);
  else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
for (const found of readdirSync(generated, { recursive: true, encoding: "utf8" })) {
  const name = found.replaceAll("\\", "/");
  if (!name.endsWith(".ts") || wanted.has(name)) continue;
  if (isCheck) refuse(`packages/standards/src/generated/${name} is compiled from nothing any more`);
  else rmSync(join(generated, name));
}

function refuse(problem: string): void {
  process.stderr.write(`${problem}: run node packages/standards/scripts/compile.ts\n`);
  process.exitCode = 1;
}
