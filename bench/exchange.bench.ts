/**
 * Files in, files out at full size. Run: node bench/exchange.bench.ts
 *
 * Each measurement runs in a process of its own, so that the memory printed is the highest of that work alone.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import type { PupilRow } from "@xingfu/domain/base";
import { schoolYear } from "@xingfu/domain/base";
import { districtReport } from "@xingfu/domain/report";
import { readPupils, readWorkbook, writePupils, writeReport, writeWorkbook } from "@xingfu/exchange";
import { makeDistrict } from "@xingfu/fixtures";

interface Measured {
  readonly milliseconds: number;
  readonly rows: number;
}

const year = schoolYear(2025);
const district = { code: "500199", name: "示例区" };
const pupils = 170_000;

function* roll(): Generator<PupilRow> {
  for (let i = 0; i < pupils; i += 1) {
    const serial = String(i).padStart(7, "0");
    yield {
      schoolCode: `21509${String(i % 90).padStart(5, "0")}`,
      pupilCode: `L500199${20_160_901 + (i % 28)}${serial.slice(3)}`,
      name: `学生${serial}`,
      sex: i % 2 === 0 ? "male" : "female",
      birthDate: `2016-09-${String((i % 28) + 1).padStart(2, "0")}`,
      stage: i % 3 === 0 ? "junior" : "primary",
      grade: (i % 3) + 1,
      className: `${(i % 12) + 1}班`,
      isMigrant: i % 10 === 0,
    };
  }
}

const tasks: Readonly<Record<string, (folder: string) => Promise<Measured>>> = {
  async "write-workbook"(folder) {
    const sample = makeDistrict();
    const rows = sample.years.find((candidate) => candidate.schoolYear === year);
    if (rows === undefined) throw new Error("the sample has no such year");
    const started = performance.now();
    const bytes = await writeWorkbook({ schoolYear: year, rows });
    const milliseconds = performance.now() - started;
    writeFileSync(join(folder, "district.xlsx"), bytes);
    return { milliseconds, rows: rows.schools.length + rows.classes.length + rows.staff.length };
  },
  async "read-workbook"(folder) {
    const bytes = readFileSync(join(folder, "district.xlsx"));
    const started = performance.now();
    const read = await readWorkbook(bytes, { fileName: "district.xlsx" });
    const milliseconds = performance.now() - started;
    if (read.districtYear === null || read.totals.errors > 0) throw new Error("the workbook was not read");
    return { milliseconds, rows: read.counts.schools + read.counts.classes + read.counts.staff };
  },
  async "write-pupils"(folder) {
    const started = performance.now();
    const chunks: Uint8Array[] = [];
    for await (const chunk of writePupils({ schoolYear: year, district, rows: roll(), isSample: true }))
      chunks.push(chunk);
    const milliseconds = performance.now() - started;
    writeFileSync(join(folder, "pupils.xlsx"), Buffer.concat(chunks));
    return { milliseconds, rows: pupils };
  },
  async "read-pupils"(folder) {
    let rows = 0;
    const started = performance.now();
    const read = await readPupils(createReadStream(join(folder, "pupils.xlsx")), {
      fileName: "pupils.xlsx",
      onRows: (batch) => {
        rows += batch.length;
      },
    });
    const milliseconds = performance.now() - started;
    if (read.count !== pupils || rows !== pupils || read.totals.errors > 0) throw new Error("the roll was not read");
    return { milliseconds, rows };
  },
  async "write-report"(folder) {
    const bytes = readFileSync(join(folder, "district.xlsx"));
    const { districtYear } = await readWorkbook(bytes, { fileName: "district.xlsx" });
    if (districtYear === null) throw new Error("the workbook was not read");
    const facts = summarizeDistrict(districtYear);
    const rules = balanceRules(assessmentDate(year));
    const assessment = assessBalance(facts, rules);
    const started = performance.now();
    const model = districtReport({
      assessment,
      facts,
      rules,
      hashes: { inputs: "", rules: "" },
      reported: null,
      writtenOn: "2026-01-01",
    });
    await writeReport(model, "docx");
    return { milliseconds: performance.now() - started, rows: assessment.rows.length };
  },
};

const goals: readonly {
  readonly task: string;
  readonly what: string;
  readonly seconds: number | null;
  readonly megabytes: number | null;
}[] = [
  { task: "write-workbook", what: "write a district's workbook", seconds: null, megabytes: null },
  { task: "read-workbook", what: "read and validate it", seconds: 3, megabytes: 500 },
  { task: "write-pupils", what: "stream a roll of 170,000 out", seconds: 15, megabytes: 300 },
  { task: "read-pupils", what: "stream it in", seconds: 15, megabytes: 300 },
  { task: "write-report", what: "the district's report as docx", seconds: null, megabytes: null },
];

const [task, folder] = process.argv.slice(2);
if (task !== undefined && folder !== undefined) {
  const run = tasks[task];
  if (run === undefined) throw new Error(`no task ${task}`);
  const measured = await run(folder);
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    JSON.stringify({
      ...measured,
      cpuSeconds: (user + system) / 1e6,
      megabytes: process.resourceUsage().maxRSS / 1000,
    }),
  );
} else {
  const place = mkdtempSync(join(tmpdir(), "xingfu-bench-"));
  try {
    const lines = goals.map(({ task: name, what, seconds, megabytes }) => {
      const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name, place], {
        encoding: "utf8",
      });
      const measured: Measured & { readonly megabytes: number; readonly cpuSeconds: number } = JSON.parse(output);
      return {
        work: what,
        rows: measured.rows,
        seconds: Number((measured.milliseconds / 1000).toFixed(2)),
        goal: seconds ?? "",
        "× goal": seconds === null ? "" : Number((measured.milliseconds / 1000 / seconds).toFixed(2)),
        // of the whole process with start and preparation; tells a busy machine from slow work
        "CPU s": Number(measured.cpuSeconds.toFixed(2)),
        "MB (peak)": Math.round(measured.megabytes),
        "MB goal": megabytes ?? "",
      };
    });
    console.table(lines);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
