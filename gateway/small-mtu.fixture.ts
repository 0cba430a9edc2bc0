import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { FakeHub } from "./fake-hub.fixture.ts";
import { startGateway } from "./main.ts";
import { HandFedSource, tractorPlan, until } from "./test-source.fixture.ts";

/** What came of it, printed as JSON by the process in the namespace. */
export interface SmallMtuReport {
  readonly given: number;
  readonly received: number;
  readonly clones: number;
  readonly births: number;
  /** Greatest segments of the connection as the kernel tells them, bytes. */
  readonly mss: readonly number[];
}

/** A network of its own, with packets of 576 bytes at most: undefined where the system allows none. */
export function runInSmallMtu(): SmallMtuReport | undefined {
  const inside = 'ip link set lo mtu 576 up && exec "$0" "$1" inside';
  const words = ["-rn", "sh", "-c", inside, process.execPath, import.meta.filename];
  const { status, stdout, stderr } = spawnSync("unshare", words, { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout) as SmallMtuReport;
  if (/unshare|RTNETLINK|ip: /.test(stderr) || status === null) {
    process.stderr.write(`no network of its own here: ${stderr.trim()}\n`);
    return undefined;
  }
  throw new Error(stderr);
}

async function main(): Promise<void> {
  const hub = await FakeHub.start();
  const source = new HandFedSource();
  source.valueOf = (n) => n + ((n * 0.618_033_988_749) % 1) * 0.999;
  const gateway = await startGateway({
    gatewayId: "gw-1",
    hub: { url: hub.url },
    spoolFolder: mkdtempSync(join(tmpdir(), "firebreak-mtu-")),
    machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
    batchAgeMs: 50,
    syncIntervalMs: 20,
    log: silentLogger,
  });
  await until(() => gateway.status().link.link === "sending", "a session");
  for (let round = 0; round < 20; round++) {
    source.give(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await gateway.drained();
  const { stdout } = spawnSync("ss", ["-tinH"], { encoding: "utf8" });
  const values = hub
    .batches()
    .flatMap(({ samples }) => [...samples.value.subarray(0, samples.length)]);
  const report: SmallMtuReport = {
    given: source.given,
    received: new Set(values.map(Math.floor)).size,
    clones: hub.clones + values.length - source.given,
    births: hub.messages.filter(({ type }) => type === "NBIRTH").length,
    mss: [...stdout.matchAll(/\bmss:(\d+)/g)].map(([, mss]) => Number(mss)),
  };
  process.stdout.write(JSON.stringify(report));
  await gateway.stop();
  await hub.stop();
}

if (process.argv[1] === import.meta.filename && process.argv[2] === "inside") await main();
