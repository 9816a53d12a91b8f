import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
    globalSetup: ["packages/store/src/testing/global-setup.ts"],
    env: { TZ: "Asia/Shanghai" },
    // many tests wait for a database or a child process: two at a time keep two cores busy
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
