import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generatedKernels } from "./compile-kernels.ts";

it("the committed module is what its source assembles to", () => {
  const committed = readFileSync(join(import.meta.dirname, "../src/generated/kernels.ts"), "utf8");
  expect(committed === generatedKernels()).toBe(true);
});
