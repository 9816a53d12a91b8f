import { writeTable } from "@xingfu/exchange";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";

let harness: Harness;
let administrator: Person;
let districtNode: number;
let schoolNode: number;

beforeAll(async () => {
  harness = await openHarness();
  administrator = await harness.as(harness.district.administrator);
  districtNode = harness.district.unitId;
  schoolNode = harness.district.schools[0]?.unitId ?? 0;
});
afterAll(() => harness.close());

const create = (name: string, roles: { role: "clerk" | "viewer" | "officer"; nodeId: number }[]) =>
  administrator.client.createAccount({ body: { name, displayName: "测试", roles } });

/** A sheet of accounts as a clerk would fill it in, in CSV. */
const sheet = (...lines: string[]) => ({
  blob: new Blob([["用户名,姓名,角色,所属单位,初始密码", ...lines].join("\n")]),
  fileName: "账号.csv",
});

describe("an account", () => {
  it("is made with a password that is shown once", async () => {
    const issued = await create("new-viewer", [{ role: "viewer", nodeId: districtNode }]);
    expect(issued.password).toMatch(/^\w{4}-\w{4}-\w{4}$/);
    const { items, total } = await administrator.client.listAccounts({ query: { search: "new-viewer" } });
    expect([total, items[0]?.mustChangePassword, items[0]?.roles[0]?.role]).toEqual([1, true, "viewer"]);
    expect(JSON.stringify(items)).not.toContain("argon2");
    const { items: audit } = await administrator.client.listAudit({ query: { size: 200 } });
    expect(JSON.stringify(audit)).not.toContain(issued.password);
  });

  it("has a name nobody else has", async () => {
    await create("taken", [{ role: "viewer", nodeId: districtNode }]);
    await expect(create("TAKEN", [{ role: "viewer", nodeId: districtNode }])).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });
  });

  it.each(["a b", "x", "<b>", "a'--", "a/b", "名".repeat(61)])("is not called %j", async (name) => {
    await expect(create(name, [{ role: "viewer", nodeId: districtNode }])).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  });

  it("has roles only where they belong", async () => {
    await expect(create("wrong-node", [{ role: "officer", nodeId: schoolNode }])).rejects.toMatchObject({
      status: 400,
    });
    await expect(create("no-node", [{ role: "clerk", nodeId: 999_999 }])).rejects.toMatchObject({
      status: expect.any(Number),
    });
    expect((await administrator.client.listAccounts({ query: { search: "n-node" } })).total).toBe(0);
  });

  it("gets new roles, a new password, and is closed", async () => {
    const { accountId, password } = await create("changes", [{ role: "viewer", nodeId: districtNode }]);
    const params = { id: accountId };
    const moved = await administrator.client.updateAccount({
      params,
      body: { roles: [{ role: "clerk", nodeId: schoolNode }] },
    });
    expect(moved.account.roles).toMatchObject([{ role: "clerk", schoolCode: harness.district.schools[0]?.code }]);
    const reset = await administrator.client.updateAccount({ params, body: { resetPassword: true } });
    expect(reset.issued?.password).not.toBe(password);
    const closed = await administrator.client.updateAccount({ params, body: { isActive: false } });
    expect([closed.account.isActive, closed.issued]).toEqual([false, null]);
  });

  it("of one's own is not closed or changed in its roles", async () => {
    const params = { id: harness.district.administrator.accountId };
    for (const body of [{ isActive: false }, { roles: [{ role: "viewer" as const, nodeId: districtNode }] }]) {
      await expect(administrator.client.updateAccount({ params, body })).rejects.toMatchObject({
        code: "INPUT_INVALID",
      });
    }
  });

  it("of another district is not known", async () => {
    const params = { id: harness.district.outsider.accountId };
    await expect(administrator.client.updateAccount({ params, body: { displayName: "x" } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("a sheet of accounts", () => {
  it("has a template", async () => {
    const file = await administrator.client.downloadAccountsTemplate();
    expect(file.fileName).toBe("账号导入模板.xlsx");
    expect(file.blob.size).toBeGreaterThan(1000);
  });

  it("makes them all", async () => {
    const code = harness.district.schools[1]?.code ?? "";
    const { created, issues } = await administrator.client.createAccounts({
      file: sheet("bulk1,甲,校长," + code + ",", "bulk2,乙,学校填报员," + code + ",一条足够长的初始密码"),
    });
    expect(issues.filter((issue) => issue.severity === "error")).toEqual([]);
    expect(created.map((one) => one.name)).toEqual(["bulk1", "bulk2"]);
    expect(created[1]?.password).toBe("一条足够长的初始密码");
    const { items } = await administrator.client.listAccounts({ query: { search: "bulk1" } });
    expect(items[0]?.roles[0]).toMatchObject({ role: "principal", schoolCode: code });
  });

  it("or none, and says which row is wrong", async () => {
    const code = harness.district.schools[1]?.code ?? "";
    const { created, issues } = await administrator.client.createAccounts({
      file: sheet("bulk3,丙,校长," + code + ",", "bulk4,丁,校长,2150999999,", "bulk5,戊,校长," + code + ",123"),
    });
    expect(created).toEqual([]);
    expect(issues.map((issue) => issue.row)).toEqual(expect.arrayContaining([3, 4]));
    expect((await administrator.client.listAccounts({ query: { search: "bulk3" } })).total).toBe(0);
  });

  it("or none, and says everything that is wrong with a row at once", async () => {
    const { issues } = await administrator.client.createAccounts({ file: sheet("bulk7,辛,门卫,2150999999,") });
    expect(issues.map((issue) => issue.header)).toEqual(["角色", "所属单位"]);
    expect(issues.map((issue) => issue.row)).toEqual([2, 2]);
  });

  it("or none, when a name is taken", async () => {
    const code = harness.district.schools[1]?.code ?? "";
    await create("bulk-taken", [{ role: "viewer", nodeId: districtNode }]);
    await expect(
      administrator.client.createAccounts({
        file: sheet("bulk6,己,校长," + code + ",", "bulk-taken,庚,校长," + code + ","),
      }),
    ).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect((await administrator.client.listAccounts({ query: { search: "bulk6" } })).total).toBe(0);
  });

  it("that is another sheet is refused", async () => {
    const bytes = await writeTable({ title: "别的", columns: [{ header: "甲" }], rows: [["乙"]], isSample: false });
    const file = { blob: new Blob([new Uint8Array(bytes)]), fileName: "别的.xlsx" };
    const { created, issues } = await administrator.client.createAccounts({ file });
    expect(created).toEqual([]);
    expect(issues.length).toBeGreaterThan(0);
  });
});

describe("the audit", () => {
  it("pages, newest first, and is not to be changed", async () => {
    const first = await administrator.client.listAudit({ query: { size: 2 } });
    const second = await administrator.client.listAudit({ query: { size: 2, page: 2 } });
    expect(first.items).toHaveLength(2);
    expect(first.items[0]?.id).toBeGreaterThan(second.items[0]?.id ?? Infinity);
    for (const method of ["PUT", "PATCH", "DELETE", "POST"] as const) {
      expect((await administrator.send({ method, url: "/api/v1/audit" })).statusCode).toBe(404);
    }
  });
});
