import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@xingfu/contract";
import { schoolYear } from "@xingfu/domain/base";
import type { DistrictYear } from "@xingfu/domain/base";
import { writeWorkbook } from "@xingfu/exchange";
import { startEmbedded } from "@xingfu/store";
import type { Embedded } from "@xingfu/store";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cookieJar } from "./cookies.ts";
import { fiveSchools } from "./testing/returns.ts";
import { run as runBinary, runWell, start } from "./testing/run.ts";
import type { Finished } from "./testing/run.ts";

let folder: string;
let env: Record<string, string | undefined>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu 数据 "));
  env = {
    XINGFU_DATA: join(folder, "库"),
    DATABASE_URL: undefined,
    PORT: "0",
    HOST: undefined,
    XINGFU_PASSWORD: undefined,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const run = (args: readonly string[], input?: string): Promise<Finished> =>
  runBinary(args, { env, ...(input === undefined ? {} : { input }) });

async function done(args: readonly string[], input?: string): Promise<string> {
  return (await runWell(args, { env, ...(input === undefined ? {} : { input }) })).stdout;
}

async function save(name: string, rows: DistrictYear): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    await writeWorkbook({ schoolYear: rows.schoolYear, rows: { ...rows, districtName: "示例区" } }),
  );
  return path;
}

/** A server in a child process, until it says where it is. */
async function serve(args: readonly string[]) {
  const child = start(["serve", ...args], { env });
  let output = "";
  child.stdout.on("data", (text: Buffer) => {
    output += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    output += text.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const until = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it said ${text}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { child, ended, until, said: (): string => output };
}

/** Whether a PostgreSQL still runs on the data folder. */
async function isRunning(): Promise<boolean> {
  const pid = Number(
    (await readFile(join(folder, "库", "postgres", "postmaster.pid"), "utf8").catch(() => "")).split("\n")[0],
  );
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return state !== "" && !/^\d+ \(.*\) Z/.test(state);
}

describe("a data folder", () => {
  it("that does not exist is not made by mistake", async () => {
    for (const args of [
      ["user", "list"],
      ["migrate", "--status"],
    ]) {
      const { code, stdout, stderr } = await run(args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
      expect(stderr).toContain("没有找到数据目录");
    }
  });

  it("is made and migrated, once", async () => {
    expect(await done(["migrate"])).toMatch(/^已执行 \d+ 步升级：0001_/);
    expect(await done(["migrate"])).toMatch(/^数据库已是本版本/);
    const status = await done(["migrate", "--status"]);
    expect(status).toMatch(/^已执行 {2}0001_/);
    expect(status).not.toContain("待执行");
    expect(await isRunning()).toBe(false);
  });
});

vi.setConfig({ testTimeout: 180_000 });

/** Held open, so that not every command has to start a database of its own. */
let held: Embedded | null = null;
async function hold(): Promise<void> {
  held ??= await startEmbedded({ dataFolder: join(folder, "库"), isThrowaway: true });
}
async function letGo(): Promise<void> {
  await held?.stop();
  held = null;
}
afterAll(letGo);

describe("districts and accounts", () => {
  beforeAll(hold);

  it("are made by hand, with passwords that are shown once or given", async () => {
    expect((await run(["user", "list"])).stderr).toContain("xingfu district add");
    expect(await done(["district", "add", "500199", "示例区", "--admin", "admin"])).toMatch(/初始密码：\S{10,}/);
    expect((await run(["district", "add", "500199", "示例区"])).stderr).toContain("ALREADY_EXISTS");
    expect(await done(["district", "list"])).toMatch(/500199\s+示例区/);

    expect(
      await done(
        ["user", "add", "wang", "--role", "officer", "--display", "王敏", "--password-stdin"],
        "第一次用的口令甲乙丙\n",
      ),
    ).not.toContain("初始密码");
    const weak = await run(["user", "add", "zhao", "--role", "viewer", "--password-stdin"], "123\n");
    expect(weak).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("密码至少") });
    expect((await run(["user", "add", "wang", "--role", "viewer"])).code).toBe(1);
    expect((await run(["user", "add", "li", "--role", "clerk"])).stderr).toContain("--at");
    expect((await run(["user", "add", "li", "--role", "clrk"])).stderr).toContain("clerk（学校填报员）");
  });

  it("gain and lose roles, are closed and opened", async () => {
    expect(await done(["user", "grant", "wang", "--role", "inspector"])).toMatch(/区教委评估人员.*督学/);
    expect(await done(["user", "grant", "wang", "--role", "inspector", "--remove"])).not.toContain("督学");
    await done(["user", "disable", "wang"]);
    expect(await done(["user", "list"])).toMatch(/wang.*停用/);
    expect((await run(["user", "list", "--as", "wang"])).stderr).toContain("没有可用的账号“wang”");
    await done(["user", "enable", "wang"]);
    await done(["user", "unlock", "wang"]);
    expect(await done(["user", "reset-password", "wang"])).toMatch(/初始密码：\S{10,}/);
    expect((await run(["user", "disable", "wagn"])).stderr).toContain("是不是 wang？");
    const accounts: unknown = JSON.parse(await done(["user", "list", "--json"]));
    expect(accounts).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "wang", isActive: true, mustChangePassword: true })]),
    );
    expect(JSON.stringify(accounts)).not.toContain("argon2");
  });
});

describe("import into the database of this machine", () => {
  beforeAll(hold);

  it("previews, asks for --yes, loads, and finds the same rows there", async () => {
    const path = await save("五校.xlsx", fiveSchools);
    const as = ["--as", "wang"];
    const dry = await done(["import", path, "--dry-run", ...as]);
    expect(dry).toMatch(/学校\s+5\s+0\s+0/);
    expect(dry).toContain("没有写入");
    const unasked = await run(["import", path, ...as]);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain("--yes");
    expect(await done(["import", path, "--yes", ...as])).toMatch(/已写入第 \d+ 批，10 行/);
    expect(await done(["import", path, "--yes", ...as])).toContain("没有改动");

    const changed = {
      ...fiveSchools,
      premises: fiveSchools.premises.map((row, index) => (index === 0 ? { ...row, teachingFloorAreaM2: 280 } : row)),
    };
    expect(await done(["import", await save("改动.xlsx", changed), "--dry-run", ...as])).toMatch(
      /校舍装备\s+0\s+0\s+1/,
    );
  });

  it("loads nothing of a faulty file", async () => {
    const [first] = fiveSchools.schools;
    if (first === undefined) throw new Error("no schools");
    const path = await save("有错.xlsx", { ...fiveSchools, schools: [...fiveSchools.schools, first] });
    const { code, stdout, stderr } = await run(["import", path, "--yes", "--as", "wang"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^学校!A\d+ DUPLICATE_ROW /m);
    expect(stderr).toContain("没有写入任何内容");
  });

  it("refuses an account that may not", async () => {
    const path = await save("另一年.xlsx", { ...fiveSchools, schoolYear: schoolYear(2024) });
    expect((await run(["import", path, "--yes", "--as", "admin"])).code).not.toBe(0);
    expect((await run(["import", path, "--yes", "--as", "nobody"])).stderr).toContain("--as");
  });
});

describe("serve", () => {
  beforeAll(letGo);

  it("starts empty on a free port, takes an import, and stops in order", async () => {
    await done(["user", "reset-password", "wang", "--password-stdin"], "第一次用的口令甲乙丙\n");
    const { child, ended, until, said } = await serve(["--empty"]);
    await until("系统已启动：http://localhost:");
    const url = /http:\/\/localhost:\d+/.exec(said())?.[0] ?? "";
    expect(said()).not.toContain("演示账号");

    const path = await save("经服务器.xlsx", { ...fiveSchools, schoolYear: schoolYear(2024) });
    const args = ["import", path, "--server", url, "--name", "wang", "--password-stdin"];
    const early = await run(args, "第一次用的口令甲乙丙\n");
    expect(early.stderr).toContain("PASSWORD_CHANGE_REQUIRED");

    const client = createClient(url, cookieJar());
    await client.signIn({ body: { name: "wang", password: "第一次用的口令甲乙丙" } });
    await client.changePassword({ body: { current: "第一次用的口令甲乙丙", next: "第二次用的口令丁戊己" } });
    const wrong = await run(args, "不对的口令\n");
    expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("SIGN_IN_REFUSED") });
    expect(await done([...args, "--dry-run"], "第二次用的口令丁戊己\n")).toMatch(/学校\s+5\s+0\s+0/);
    expect(await done([...args, "--yes"], "第二次用的口令丁戊己\n")).toMatch(/已写入第 \d+ 批，10 行/);
    expect(await done(["user", "list"])).toContain("wang"); // beside the running server

    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(said()).toContain("已停止");
    expect(await isRunning()).toBe(false);
    expect((await run(args, "第二次用的口令丁戊己\n")).stderr).toContain("无法连接服务器");
  });

  it("never loads the sample beside a real district", async () => {
    const { child, ended, until } = await serve([]);
    await until("系统已启动：http://localhost:");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(await done(["district", "list"])).not.toContain("示例数据");
  });

  it("says which port is taken", async () => {
    const { child, ended, until, said } = await serve(["--empty"]);
    await until("系统已启动：http://localhost:");
    const port = /localhost:(\d+)/.exec(said())?.[1] ?? "";
    const second = await run(["serve", "--empty", "--port", port]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`PORT_TAKEN 端口 ${port} 已被占用`));
    child.kill("SIGTERM");
    await ended;
  });

  it("stopped while it loads the sample leaves no database running", async () => {
    const own = join(folder, "另一库");
    env = { ...env, XINGFU_DATA: own };
    const { child, ended, until } = await serve([]);
    await until("组织机构");
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    const pid = Number(
      (await readFile(join(own, "postgres", "postmaster.pid"), "utf8").catch(() => "0")).split("\n")[0],
    );
    expect(pid).toBe(0);
  });
});
