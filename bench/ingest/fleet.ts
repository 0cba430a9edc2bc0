/** A fleet over MQTT into a hub of its own process: journalled with fsync, judged, stored, acknowledged. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFleetCredentials } from "@firebreak/kit/credentials.ts";
import { gatewayName, type LoadOrder, machineName } from "@firebreak/simulator/load/load-order.ts";
import { isAllWell, type LoadReport } from "@firebreak/simulator/load/load-report.ts";
import { type LoadProgress, runLoad } from "@firebreak/simulator/load/run-load.ts";
import type { HubProcess } from "../product.ts";
import { pause, peakMiB, residentMiB, startHubProcess } from "../product.ts";
import { type BenchResult, toResult } from "../result.ts";

export interface FleetLoad {
  readonly gateways: number;
  readonly signals: number;
  readonly batchEveryMs: number;
  readonly samplesPerBatch: number;
  readonly seconds: number;
}

const name = "load";
/** Below what the embedded broker lets in each second. */
const connectsPerSecond = 250;
const lookEverySeconds = 5;

/** One run; how long it takes is `load.seconds` and about 40 ms for each gateway before. */
export async function runFleet(load: FleetLoad): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const password = await enrollAll(folder, load.gateways);
  const hub = await startHubProcess(folder);
  try {
    return await measure(load, { hub, password, folder });
  } finally {
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly hub: HubProcess;
  readonly password: string;
  readonly folder: string;
}

async function measure(load: FleetLoad, { hub, password, folder }: Parts): Promise<BenchResult[]> {
  const { pid } = hub.child;
  const { seconds, gateways, ...data } = load;
  const order: LoadOrder = {
    ...{ name, urls: [hub.mqtt], access: { password }, gateways, data, seed: 1 },
    ...{ processes: 2, rampMs: (gateways / connectsPerSecond) * 1_000 },
  };
  const watch = watchHub(pid);
  const report = await runLoad(
    order,
    { durationMs: seconds * 1_000, storms: [], settleMs: 120_000 },
    {
      onPhase: (phase) => (phase === "running" ? watch.begin() : undefined),
      onProgress: watch.look,
    },
  );
  await caughtUp(hub);
  const { storedSeconds, hubCpu, rss } = watch.end();
  const balance = await balanceOf(hub, gateways);
  const { made } = report.samples;
  if (!isAllWell(report) || balance.stored !== made || balance.produced !== made)
    throw new Error(`${JSON.stringify(report)}, the ledgers say ${JSON.stringify(balance)}`);
  return [
    toResult(
      `${gateways} gateways x ${load.samplesPerBatch} samples each ${load.batchEveryMs / 1_000} s: stored`,
      "samples/s",
      [made / storedSeconds],
      `for ${seconds} s, in the store ${(storedSeconds - seconds).toFixed(1)} s after the last was sent; ledgers of all machines balance`,
    ),
    ...ofFleet(report),
    toResult("hub's CPU", "cores", [hubCpu]),
    toResult(
      "hub's memory, second half of the time",
      "MiB",
      rss.slice(rss.length >> 1),
      `peak ${peakMiB(pid).toFixed(0)} MiB`,
    ),
    toResult("on disk", "bytes/sample", [folderBytes(folder) / made]),
  ];
}

function ofFleet({ acknowledgedMs, batches, own }: LoadReport): BenchResult[] {
  const note = "generator and hub share the machine";
  return [
    toResult("acknowledged after, median", "ms", [acknowledgedMs.p50], note),
    toResult("acknowledged after, p99", "ms", [acknowledgedMs.p99]),
    toResult("batches sent again", "batches", [batches.sentAgain]),
    toResult("generator's CPU", "cores", [own.cores], `${own.processes} processes of edge nodes`),
  ];
}

/** The hub's memory and processor from when data begin. */
function watchHub(pid: number | undefined) {
  const rss: number[] = [];
  let startMs = performance.now();
  let cpuBefore = 0;
  const passed = () => (performance.now() - startMs) / 1_000;
  const cores = () => (cpuSeconds(pid) - cpuBefore) / passed();
  return {
    begin(): void {
      startMs = performance.now();
      cpuBefore = cpuSeconds(pid);
    },
    look({ phase, seconds, sums }: LoadProgress): void {
      if (phase !== "running" || seconds < (rss.length + 1) * lookEverySeconds) return;
      rss.push(residentMiB(pid));
      const { within, made, inFlight, sentAgain } = sums;
      process.stderr.write(
        `  ${seconds.toFixed(0)} s: ${(made.samples / seconds).toFixed(0)} samples/s sent, ${inFlight.batches} batches not acknowledged, ${sentAgain} sent again, ack ${within.p50.toFixed(0)}/${within.p99.toFixed(0)} ms, hub ${residentMiB(pid).toFixed(0)} MiB, ${cores().toFixed(2)} cores, generator ${(sums.cpuSeconds / seconds).toFixed(2)} cores\n`,
      );
    },
    end: () => ({ storedSeconds: passed(), hubCpu: cores(), rss }),
  };
}

async function enrollAll(data: string, gateways: number): Promise<string> {
  const fleet = Array.from({ length: gateways }, (_, at) => ({
    gatewayId: gatewayName(name, at),
    machines: [machineName(name, at)],
  }));
  const { password = "" } = await createFleetCredentials(data, fleet, { isKeyless: false });
  return password;
}

/** Until every consumer of the journal is at its end. */
async function caughtUp(hub: HubProcess): Promise<void> {
  for (;;) {
    const text = await hub.get<string>("/metrics");
    const lags = [...text.matchAll(/^firebreak_consumer_lag_bytes\S* (\S+)$/gm)];
    if (lags.length > 0 && lags.every(([, lag]) => Number(lag) === 0)) return;
    await pause(200);
  }
}

async function balanceOf(hub: HubProcess, gateways: number) {
  const sum = { produced: 0, stored: 0 };
  for (let at = 0; at < gateways; at++) {
    const path = `/api/v1/machines/${machineName(name, at)}/ledger`;
    const { produced, stored } = await hub.get<{ produced: number; stored: number }>(path);
    sum.produced += produced;
    sum.stored += stored;
  }
  return sum;
}

/** User and system time of a process so far. @see proc(5), /proc/pid/stat: fields 14 and 15, in 1/100 s */
function cpuSeconds(pid: number | undefined): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const folderBytes = (folder: string): number =>
  Number(execFileSync("du", ["-s", "-B1", folder], { encoding: "utf8" }).split("\t")[0]);
