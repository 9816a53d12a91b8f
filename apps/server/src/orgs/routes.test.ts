import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";

let harness: Harness;
let administrator: Person;
let codes: string[];

beforeAll(async () => {
  harness = await openHarness();
  administrator = await harness.as(harness.district.administrator);
  codes = harness.district.schools.map((school) => school.code);
});
afterAll(() => harness.close());

const change = (code: string | undefined, body: Parameters<Person["client"]["changeSchool"]>[0]["body"]) =>
  administrator.client.changeSchool({ params: { code: code ?? "" }, body });

describe("the organisation", () => {
  it("is a tree from the district down", async () => {
    const { nodes } = await administrator.client.readOrganisation();
    expect(nodes.filter((node) => node.kind === "district")).toHaveLength(1);
    expect(
      nodes
        .filter((node) => node.kind === "school")
        .map((node) => node.code)
        .toSorted(),
    ).toEqual(codes.toSorted());
    const campus = nodes.find((node) => node.kind === "campus");
    expect(nodes.find((node) => node.id === campus?.parentId)?.code).toBe(codes[0]);
  });

  it("of another district is another tree", async () => {
    const outsider = await harness.as(harness.district.outsider);
    const { nodes } = await outsider.client.readOrganisation();
    expect(nodes.some((node) => codes.includes(node.code ?? ""))).toBe(false);
    await expect(outsider.client.readSchool({ params: { code: codes[0] ?? "" } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("a school", () => {
  it("changes its name without losing the old one", async () => {
    const before = await administrator.client.readSchool({ params: { code: codes[1] ?? "" } });
    const name = "<script>alert(1)</script>'); drop table app.org_units;--";
    const after = await change(codes[1], { kind: "rename", on: "2025-09-01", value: name, note: "更名" });
    expect(after).toMatchObject({
      name,
      events: expect.arrayContaining([expect.objectContaining({ kind: "renamed", after: name })]),
    });
    const nameOn = async (on: string) =>
      (await administrator.client.readOrganisation({ query: { on } })).nodes.find((node) => node.code === codes[1])
        ?.name;
    expect([await nameOn("2025-08-31"), await nameOn("2025-09-01")]).toEqual([before.name, name]);
    const { items } = await administrator.client.listAudit({});
    expect(JSON.stringify(items)).toContain(codes[1]);
  });

  it("joins another group, and leaves it", async () => {
    const group = harness.district.groups[0];
    const joined = await change(codes[2], { kind: "regroup", on: "2025-09-01", value: String(group?.unitId) });
    expect(joined.groupId).toBe(group?.unitId);
    const left = await change(codes[2], { kind: "regroup", on: "2026-09-01", value: null });
    expect(left.versions.at(-1)).toMatchObject({ from: "2026-09-01", groupId: null });
  });

  it("merges into another one and cannot be changed after", async () => {
    const merged = await change(codes[3], { kind: "merge", on: "2025-09-01", value: codes[2] ?? "" });
    expect(merged.mergedInto?.schoolCode).toBe(codes[2]);
    await expect(change(codes[3], { kind: "rename", on: "2025-10-01", value: "再改" })).rejects.toMatchObject({
      code: "ORGANISATION_CHANGE_REFUSED",
    });
  });

  it.each([
    [{ kind: "rename", on: "2025-13-01", value: "名" }, "INPUT_INVALID"],
    [{ kind: "rename", on: "2025-09-01", value: null }, "ORGANISATION_CHANGE_REFUSED"],
    [{ kind: "retype", on: "2025-09-01", value: "999" }, "ORGANISATION_CHANGE_REFUSED"],
    [{ kind: "merge", on: "2025-09-01", value: "2150999999" }, "ORGANISATION_CHANGE_REFUSED"],
    [{ kind: "regroup", on: "2025-09-01", value: "1); drop table" }, "ORGANISATION_CHANGE_REFUSED"],
  ] as const)("is not changed by %j", async (body, code) => {
    await expect(change(codes[0], body)).rejects.toMatchObject({ code });
  });
});
