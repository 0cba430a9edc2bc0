import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const pure = {
  include: ["*/**/*.test.ts"],
  exclude: ["**/node_modules/**", "**/*.integration.test.ts", "**/*.e2e.test.ts"],
};

/** `unit` is pure and fast; `integration` starts real servers and processes; `e2e` runs the product. */
// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    // The runner would leave one core idle, which on two is half of them.
    maxWorkers: availableParallelism(),
    projects: [
      { test: { name: "unit", ...pure } },
      {
        test: {
          name: "integration",
          include: ["*/**/*.integration.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: "kit/shared-postgres.fixture.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["*/**/*.e2e.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: "kit/shared-postgres.fixture.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
