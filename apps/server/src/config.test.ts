import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

describe("the configuration", () => {
  it("has a default for everything", () => {
    expect(readConfig({})).toMatchObject({ port: 3000, host: "localhost", databaseUrl: null, isHttps: false });
  });

  it("takes what the environment says", () => {
    expect(readConfig({ PORT: "8080", XINGFU_HTTPS: "1", DATABASE_URL: "postgresql://u@h/d" })).toMatchObject({
      port: 8080,
      isHttps: true,
      databaseUrl: "postgresql://u@h/d",
    });
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["XINGFU_HTTPS", "yes"],
    ["DATABASE_URL", "mysql://u:secret@h/d"],
    ["XINGFU_LOG", "loud"],
    ["XINGFU_POOL", "1"],
  ])("refuses %s=%s by its name", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", fields: expect.objectContaining({ name }) }),
    );
  });

  it("does not repeat an address that may hold a password", () => {
    expect(() => readConfig({ DATABASE_URL: "mysql://u:secret@h/d" })).toThrow(/^(?!.*secret)/s);
  });
});
