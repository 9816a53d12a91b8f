import { describe, expect, it } from "vitest";
import { createPasswords, makePassword, passwordWeakness } from "./password.ts";

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };

describe("passwords", () => {
  it("match their own hash and no other", async () => {
    const passwords = createPasswords(cheap);
    const encoded = await passwords.hash("正确的长密码一二三四");
    expect(await passwords.verify(encoded, "正确的长密码一二三四")).toBe(true);
    expect(await passwords.verify(encoded, "错误的长密码一二三四")).toBe(false);
  });

  it("match however the same characters were composed", async () => {
    const passwords = createPasswords(cheap);
    const encoded = await passwords.hash("caf\u00e9-long-enough");
    expect(await passwords.verify(encoded, "cafe\u0301-long-enough")).toBe(true);
  });

  it("are refused for a name nobody has, whatever the password", async () => {
    expect(await createPasswords(cheap).verify(null, "")).toBe(false);
  });

  it("make no more than a full queue wait", async () => {
    const passwords = createPasswords(cheap);
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash("x".repeat(12))));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(60 - 42);
    expect(refused[0]).toMatchObject({ reason: { code: "BUSY" } });
    expect(await passwords.hash("later")).toMatch(/^\$argon2id\$/);
  });

  it.each([
    ["short", "密码至少需要10个字符"],
    ["aaaaaaaaaaaa", "密码中不同的字符太少"],
    ["1234567890", "密码过于常见"],
    ["xx-Officer-xx", "密码不能包含用户名"],
    ["一条相当长而且好记的密码", null],
  ])("are judged: %s", (password, weakness) => {
    expect(passwordWeakness(password, "officer")).toBe(weakness);
  });

  it("are made without characters that look alike, and pass their own rule", () => {
    for (let i = 0; i < 50; i += 1) {
      const made = makePassword();
      expect(made).toMatch(/^[a-hj-km-np-z2-9]{4}-[a-hj-km-np-z2-9]{4}-[a-hj-km-np-z2-9]{4}$/);
    }
    expect(makePassword()).not.toBe(makePassword());
  });
});
