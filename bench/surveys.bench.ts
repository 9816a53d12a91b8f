/**
 * Surveys at full size: answers per second with how long each waits, none lost, counting and export of 120,000 sheets.
 *
 *     node bench/surveys.bench.ts [seconds] [answers per second]
 *
 * Targets: ≥ 500 answers/s with p99 ≤ 200 ms on two cores, export of 120,000 sheets ≤ 10 s. The server runs in a process of
 * its own, on the same cores as the load. The data folder is removed at the end.
 */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";

const seconds = Number(process.argv[2] ?? 10);
const rate = Number(process.argv[3] ?? 550);
const sheets = 120_000;
const schools = 209;

interface Ready {
  readonly url: string;
  readonly keys: readonly string[];
  readonly closed: number;
  readonly stored: number;
  readonly cookie: string;
}

const folder = await mkdtemp(join(tmpdir(), "xingfu-bench-"));
const program = fileURLToPath(new URL("../apps/server/src/testing/survey-process.ts", import.meta.url));
const child = spawn(process.execPath, ["--max-semi-space-size=8", program, String(schools), String(sheets)], {
  env: {
    ...process.env,
    XINGFU_DATA: folder,
    PORT: "0",
    XINGFU_LOG: "error",
    DATABASE_URL: "",
    XINGFU_SURVEY_ANSWERS_PER_MINUTE: "100000000",
  },
  stdio: ["ignore", "pipe", "inherit"],
});

try {
  const ready = await new Promise<Ready>((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const line = /READY (.+)\n/.exec(text)?.[1];
      if (line !== undefined) resolve(JSON.parse(line) as Ready);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });

  const aspects = { moral: 5, lessons: 4, teachers: 4, open: 4, fair: 4, culture: 3 };
  let sent = 0;
  const body = (): string => {
    sent += 1;
    const sheet = {
      overall: 1 + (sent % 5),
      aspects,
      words: sent % 5 === 0 ? "希望午餐热一点，多安排体育课" : undefined,
    };
    return JSON.stringify({
      key: ready.keys[sent % ready.keys.length],
      party: "parents",
      sheetId: randomUUID(),
      sheet,
    });
  };
  let confirmed = 0;
  const intake = async (name: string, options: { readonly overallRate?: number }): Promise<void> => {
    const result = await autocannon({
      url: ready.url,
      connections: 40,
      duration: seconds,
      ...options,
      requests: [
        {
          method: "POST",
          path: "/api/v1/survey-answer",
          headers: { "content-type": "application/json" },
          setupRequest: (request) => ({ ...request, body: body() }),
        },
      ],
    });
    confirmed += result["2xx"];
    console.log(
      `${name}: ${Math.round(result["2xx"] / result.duration)} answers/s, p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms, ` +
        `max ${result.latency.max} ms, ${result.non2xx} refused, ${result.errors} errors`,
    );
  };
  await intake("as fast as it goes, 40 connections", {});
  await intake(`${rate} a second`, { overallRate: rate });

  const get = (path: string): Promise<Response> =>
    fetch(`${ready.url}/api/v1${path}`, { headers: { cookie: ready.cookie } });
  const session = (await (await get("/session")).json()) as { session: { csrfToken: string } };
  const progress = (await (await get("/surveys")).json()) as { surveys: { id: number; state: string }[] };
  const open = progress.surveys.find((survey) => survey.state === "open")?.id;
  const { strata } = (await (await get(`/surveys/${open}/progress`)).json()) as { strata: { answers: number }[] };
  const stored = strata.reduce((sum, stratum) => sum + stratum.answers, 0);
  console.log(`${confirmed} confirmed, ${stored} stored${stored < confirmed ? ": ANSWERS ARE MISSING" : ""}`);

  let started = performance.now();
  await fetch(`${ready.url}/api/v1/surveys/${ready.closed}/close`, {
    method: "POST",
    headers: { cookie: ready.cookie, "x-csrf-token": session.session.csrfToken },
  });
  for (;;) {
    const { counting } = (await (await get(`/surveys/${ready.closed}/result`)).json()) as {
      counting: { state: string };
    };
    if (counting.state !== "running") {
      console.log(
        `counting ${sheets} sheets: ${counting.state} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
      );
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const format of ["csv", "xlsx"]) {
    started = performance.now();
    const reply = await get(`/surveys/${ready.closed}/export?party=parents&format=${format}`);
    const bytes = (await reply.arrayBuffer()).byteLength;
    console.log(
      `export of ${sheets} sheets as ${format}: ${((performance.now() - started) / 1000).toFixed(1)} s, ${(bytes / 1e6).toFixed(1)} MB`,
    );
  }
  const result = await autocannon({
    url: `${ready.url}/api/v1/surveys/${ready.closed}/result`,
    headers: { cookie: ready.cookie },
    connections: 50,
    duration: 5,
  });
  console.log(
    `result, 50 readers: ${Math.round(result.requests.average)}/s, p50 ${result.latency.p50} ms, p97.5 ${result.latency.p97_5} ms`,
  );
} finally {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
}
