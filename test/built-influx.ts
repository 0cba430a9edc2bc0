import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { builtInflux } from "@firebreak/ingest/store/influx/influx-server.fixture.ts";

const out = (line: string) => process.stdout.write(`${line}\n`);
const go = ["go", "/usr/local/go/bin/go"].find(
  (path) => spawnSync(path, ["version"], { stdio: "ignore" }).status === 0,
);

/**
 * Builds InfluxDB 1.8.10, which Debian does not have, once for this user: some minutes. Never fails; where there is no
 * Go, or no network, the tests that need it are skipped with a printed reason.
 */
export function buildInflux(): void {
  if (existsSync(builtInflux)) return;
  if (go === undefined) {
    out("No Go: the tests of InfluxDB 1.8.10 are skipped.");
    return;
  }
  out("Building InfluxDB 1.8.10 for the tests");
  mkdirSync(dirname(builtInflux), { recursive: true });
  const made = spawnSync(go, ["install", "github.com/influxdata/influxdb/cmd/influxd@v1.8.10"], {
    stdio: "ignore",
    env: { ...process.env, GOBIN: dirname(builtInflux) },
  });
  if (made.status !== 0) out("It does not build here; its tests are skipped.");
}
