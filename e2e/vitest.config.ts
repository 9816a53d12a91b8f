import { defineConfig } from "vitest/config";

/** The browser journeys: one server, one browser, one after another. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.journey.test.ts"],
    env: { TZ: "Asia/Shanghai" },
    globalSetup: ["stage.ts"],
    fileParallelism: false,
    maxConcurrency: 2, // of the tests that say they may run beside others: one for each core of a small machine
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
