import { defineConfig } from "vitest/config";

/** The browser journeys: one server, one browser, one after another. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    // the survey opens every page at both widths with axe and takes minutes: SURVEY=1 adds it
    include: process.env["SURVEY"] ? ["*.survey.test.ts"] : ["*.journey.test.ts"],
    env: { TZ: "Asia/Shanghai" },
    globalSetup: ["stage.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
