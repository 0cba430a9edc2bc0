/** A fleet over MQTT into a hub of its own process: journalled with fsync, judged, stored, acknowledged. */
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCredential, credentialPath } from "@firebreak/kit/credentials.ts";
import type { HubProcess } from "../product.ts";
import { pause, peakMiB, residentMiB, startHubProcess } from "../product.ts";
import { type BenchResult, toResult } from "../result.ts";
import type { FleetReport } from "./fleet-generator.ts";
import { type FleetOrder, gatewayName, machineName } from "./load-gateway.ts";

export interface FleetLoad {
  readonly gateways: number;
  readonly batchEveryMs: number;
  readonly samplesPerBatch: number;
  readonly seconds: number;
}

/** One run; how long it takes is `load.seconds` and about 40 ms for each gateway before. */
export async function runFleet(load: FleetLoad): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const password = await enrollAll(folder, load.gateways);
  const hub = await startHubProcess(folder);
  const generator = fork(join(import.meta.dirname, "fleet-generator.ts"), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    return await measure(load, { hub, generator, password, folder });
  } finally {
    generator.kill("SIGKILL");
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly hub: HubProcess;
  readonly generator: ChildProcess;
  readonly password: string;
  readonly folder: string;
}

async function measure(
  load: FleetLoad,
  { hub, generator, password, folder }: Parts,
): Promise<BenchResult[]> {
  const { gateways, batchEveryMs, samplesPerBatch, seconds } = load;
  const { pid } = hub.child;
  const ended = once(generator, "exit").then(([code]) => {
    throw new Error(`the fleet ended with ${code}`);
  });
  const told = (kind: FleetReport["kind"]) => Promise.race([reportOf(generator, kind), ended]);
  const order: FleetOrder = {
    port: Number(new URL(hub.mqtt).port),
    password,
    gateways,
    batchEveryMs,
    samplesPerBatch,
  };
  generator.send(order);
  const connected = await told("connected");
  process.stderr.write(`  ${connected.born} gateways are there\n`);
  await pause(5_000);

  const cpuBefore = cpuSeconds(pid);
  generator.send("start");
  const startMs = performance.now();
  const rss: number[] = [];
  const median: number[] = [];
  const p99: number[] = [];
  generator.on("message", (report: FleetReport) => {
    if (report.kind !== "progress") return;
    rss.push(residentMiB(pid));
    median.push(report.ackMs.median);
    p99.push(report.ackMs.p99);
    const { sentSamples, sentAgain, acknowledged, sentBatches } = report;
    const passed = (performance.now() - startMs) / 1_000;
    process.stderr.write(
      `  ${passed.toFixed(0)} s: ${(sentSamples / passed).toFixed(0)} samples/s sent, ${sentBatches - acknowledged} batches not acknowledged, ${sentAgain} sent again, ack ${report.ackMs.median}/${report.ackMs.p99} ms, hub ${residentMiB(pid).toFixed(0)} MiB, ${((cpuSeconds(pid) - cpuBefore) / passed).toFixed(2)} cores, generator ${(report.cpuSeconds - connected.cpuSeconds) / passed} cores\n`,
    );
  });
  await Promise.race([pause(seconds * 1_000), ended]);
  generator.send("stop");
  const settled = await told("settled");
  const settledSeconds = (performance.now() - startMs) / 1_000;
  await caughtUp(hub);
  const storedSeconds = (performance.now() - startMs) / 1_000;
  const hubCpu = (cpuSeconds(pid) - cpuBefore) / storedSeconds;
  const fleetCpu = (settled.cpuSeconds - connected.cpuSeconds) / settledSeconds;
  const balance = await balanceOf(hub, gateways);
  if (balance.stored !== settled.sentSamples || balance.produced !== settled.sentSamples)
    throw new Error(`${settled.sentSamples} sent, the ledgers say ${JSON.stringify(balance)}`);
  const name = `${gateways} gateways x ${samplesPerBatch} samples each ${batchEveryMs / 1_000} s`;
  const half = rss.slice(rss.length >> 1);
  return [
    toResult(
      `${name}: stored`,
      "samples/s",
      [settled.sentSamples / storedSeconds],
      `for ${seconds} s, in the store ${(storedSeconds - seconds).toFixed(1)} s after the last was sent; ledgers of all machines balance`,
    ),
    toResult(
      "acknowledged after, median",
      "ms",
      median,
      "of each 5 s; generator and hub share the machine",
    ),
    toResult("acknowledged after, p99", "ms", p99),
    toResult("batches sent again", "batches", [settled.sentAgain]),
    toResult("hub's CPU", "cores", [hubCpu]),
    toResult("generator's CPU", "cores", [fleetCpu]),
    toResult(
      "hub's memory, second half of the time",
      "MiB",
      half,
      `peak ${peakMiB(pid).toFixed(0)} MiB`,
    ),
    toResult("on disk", "bytes/sample", [folderBytes(folder) / settled.sentSamples]),
  ];
}

/** All with one password, so that it is hashed once here; the hub proves it for each of them. */
async function enrollAll(data: string, gateways: number): Promise<string> {
  const { password } = await createCredential(data, gatewayName(0), [machineName(0)]);
  const first = JSON.parse(readFileSync(credentialPath(data, gatewayName(0)), "utf8")) as object;
  for (let at = 1; at < gateways; at++) {
    const credential = { ...first, gatewayId: gatewayName(at), machines: [machineName(at)] };
    writeFileSync(credentialPath(data, gatewayName(at)), JSON.stringify(credential));
  }
  return password;
}

function reportOf(generator: ChildProcess, kind: FleetReport["kind"]): Promise<FleetReport> {
  return new Promise((resolve) => {
    const take = (report: FleetReport) => {
      if (report.kind !== kind) return;
      generator.off("message", take);
      resolve(report);
    };
    generator.on("message", take);
  });
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
    const path = `/api/v1/machines/${machineName(at)}/ledger`;
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
