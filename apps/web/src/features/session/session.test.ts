import { makeDistrict } from "@xingfu/fixtures";
import { describe, expect, it } from "vitest";
import { safeBack } from "./SignIn.tsx";
import { demonstrationAccounts, demonstrationPassword } from "./demonstration.ts";

describe("the way back after signing in", () => {
  it("leads only to this site", () => {
    expect(safeBack("/balance?year=2025")).toBe("/balance?year=2025");
    for (const bad of [undefined, "https://evil.example", "//evil.example", "/\\evil", "/sign-in?back=/"])
      expect(safeBack(bad)).toBe("/");
  });
});

describe("the demonstration accounts on the sign-in page", () => {
  it("are those of the sample district", () => {
    const { accounts } = makeDistrict(20170, { scale: 0.2 });
    for (const shown of demonstrationAccounts) {
      const account = accounts.find((entry) => entry.signInName === shown.name);
      expect(account?.role, shown.name).toBe(shown.role);
      expect(account?.password, shown.name).toBe(demonstrationPassword);
    }
  });
});
