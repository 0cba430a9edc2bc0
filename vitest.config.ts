import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const pure = {
  include: ["*/**/*.test.ts"],
  exclude: ["**/node_modules/**", "**/*.integration.test.ts", "**/*.e2e.test.ts"],
};

// Processes that tests start find their code compiled: a third of the time that starting one takes.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL("./node_modules/.cache/firebreak-tests", import.meta.url),
);

const cores = availableParallelism();

/** A soak goes on for as long as its rounds take; by default nothing may hang for long. Who is slow has not failed. */
const limit = (ms: number) => {
  const timeout = process.env.FIREBREAK_SOAK ? 3 * 3_600_000 : ms;
  return { testTimeout: timeout, hookTimeout: timeout };
};

/** What comes comes at once, but a busy computer may need longer; a test that waits in vain need not be fast. */
const patience = { expect: { poll: { timeout: 60_000 } } };
const everywhere = { ...patience, setupFiles: ["test/property-seed.fixture.ts"] };

/** `unit` is pure and fast; `integration` starts real servers and processes; `e2e` runs the product. */
// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    // More than there are cores: many tests wait for servers, links and time-outs.
    maxWorkers: cores + 2,
    projects: [
      // They are pure: files may share a process, and half of the time that they take is saved.
      { test: { name: "unit", ...pure, ...everywhere, ...limit(120_000), isolate: false } },
      {
        test: {
          name: "integration",
          isolate: false,
          ...everywhere,
          include: ["*/**/*.integration.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: "kit/shared-postgres.fixture.ts",
          ...limit(240_000),
        },
      },
      {
        test: {
          name: "e2e",
          // Ports, folders, processes and browsers are a file's own all the same.
          isolate: false,
          ...everywhere,
          include: ["*/**/*.e2e.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: ["kit/shared-postgres.fixture.ts", "test/built-web.fixture.ts"],
          ...limit(600_000),
          // Last, so that they have the cores.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
