import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildInflux } from "./built-influx.ts";
import { installDebianPackages } from "./debian-packages.ts";
import { machinePackages, prepareMachine } from "./prepare-machine.ts";

/**
 * The one test command. `--soak` raises the rounds of the long tests; anything after is passed to vitest
 * (`npm test -- --project unit spool`). Closes with `N passed, N failed` from the runner's own count.
 */
const args = process.argv.slice(2);
const isSoak = args.includes("--soak");
const report = join(mkdtempSync(join(tmpdir(), "firebreak-tests-")), "report.json");

installDebianPackages([
  "mosquitto",
  "postgresql",
  "influxdb",
  "chromium",
  "fonts-noto-cjk",
  "zbar-tools",
  "socat",
  "python3-pymodbus",
  "python3-serial-asyncio",
  "mbpoll",
  "libfaketime",
  "e2fsprogs",
  "docker-compose",
  ...machinePackages,
]);
prepareMachine();

if (isSoak) buildInflux();

const vitest = spawnSync(
  "vitest",
  [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...args.filter((arg) => arg !== "--soak"),
  ],
  { stdio: "inherit", env: { ...process.env, ...(isSoak ? { FIREBREAK_SOAK: "1" } : {}) } },
);

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(report, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

const counted = readReport();
// A file that fails to load, or whose preparation fails, has no failed test of its own and must not pass for that.
const brokenFiles = (counted?.testResults ?? []).filter(
  ({ status, assertionResults }) =>
    status === "failed" && assertionResults.every((test) => test.status !== "failed"),
).length;
const passed = counted?.numPassedTests ?? 0;
const failed = (counted?.numFailedTests ?? 1) + brokenFiles;
const skipped = counted?.numPendingTests ?? 0;
process.stdout.write(
  `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
);
process.exitCode = vitest.status === 0 && failed === 0 && passed > 0 ? 0 : 1;
