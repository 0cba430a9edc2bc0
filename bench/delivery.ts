import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HubProcess, launcher, pause, peakMiB, startHubProcess } from "./product.ts";
import { type BenchResult, toResult } from "./result.ts";

const frames = 400_000;
const rounds = 3;

interface Round {
  readonly samplesPerSecond: number;
  readonly gatewayMiB: number;
  readonly hubMiB: number;
  readonly spoolBytesPerSample: number;
  readonly journalBytesPerSample: number;
  readonly hubWriteAmplification: number;
}

/**
 * A recording of 400,000 J1939 frames through a real gateway process, the embedded broker and a real hub process, until
 * every sample is in the store. The reference is the gateway's own decode command on the same file in the same minute.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  try {
    const recording = join(folder, "bench.log");
    await writeRecording(recording);
    const measured: Round[] = [];
    const references: number[] = [];
    for (let round = 0; round < rounds; round++) {
      references.push(decodeOnly(recording));
      measured.push(await deliver(recording, join(folder, `data-${round}`)));
    }
    const column = (pick: (round: Round) => number) => measured.map(pick);
    return [
      toResult(
        "bus to store, one gateway",
        "samples/s",
        column((one) => one.samplesPerSecond),
      ),
      toResult("reference: decode --summary of the same file", "frames/s", references),
      toResult(
        "gateway peak RSS",
        "MiB",
        column((one) => one.gatewayMiB),
      ),
      toResult(
        "hub peak RSS",
        "MiB",
        column((one) => one.hubMiB),
      ),
      toResult(
        "spool",
        "bytes/sample",
        column((one) => one.spoolBytesPerSample),
      ),
      toResult(
        "journal",
        "bytes/sample",
        column((one) => one.journalBytesPerSample),
      ),
      toResult(
        "hub disk writes per journal byte",
        "x",
        column((one) => one.hubWriteAmplification),
        "journal, delivery index and store together, from /proc/<pid>/io",
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** EEC1, EEC2, ET1 and EFL/P1 with values that move and are noisy, one frame about every millisecond. */
async function writeRecording(path: string): Promise<void> {
  const file = createWriteStream(path);
  const hex = (value: number, bytes: number) =>
    Array.from({ length: bytes }, (_, at) =>
      ((value >>> (8 * at)) & 0xff).toString(16).toUpperCase().padStart(2, "0"),
    ).join("");
  let text = "";
  let seed = 1;
  const noise = (span: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 8) % span;
  };
  let micros = 0;
  for (let index = 0; index < frames; index++) {
    micros += 700 + noise(600);
    const stamp = (micros / 1e6).toFixed(6).padStart(17, "0");
    const wave = Math.round(1000 + 400 * Math.sin(index / 900)) + noise(40);
    const payload = [
      `0CF00400#F0FF${hex(125 + (wave % 60), 1)}${hex(wave * 8, 2)}FFFFFF`,
      `0CF00300#FF${hex(wave % 250, 1)}${hex(wave % 120, 1)}FFFFFFFFFF`,
      `18FEEE00#${hex(90 + (wave % 20), 1)}FFFFFFFFFFFFFF`,
      `18FEEF00#FFFFFF${hex(wave % 200, 1)}FFFFFFFF`,
    ][index % 4];
    text += `(${stamp}) can0 ${payload}\n`;
    if (text.length > 1 << 20) {
      if (!file.write(text)) await once(file, "drain");
      text = "";
    }
  }
  file.end(text);
  await once(file, "close");
}

function decodeOnly(recording: string): number {
  const start = performance.now();
  execFileSync(process.execPath, [launcher, "decode", "--summary", recording], { stdio: "ignore" });
  return frames / ((performance.now() - start) / 1000);
}

async function deliver(recording: string, data: string): Promise<Round> {
  const hub = await startHubProcess(data);
  try {
    const { pid } = hub.child;
    const before = written(pid);
    const start = performance.now();
    const args = ["replay", recording, "--plan", "loader-tractor", "--machine", "BENCH-1"];
    const replay = spawn(process.execPath, [launcher, ...args, "--data", data, "--speed", "max"], {
      stdio: "ignore",
    });
    let gatewayMiB = 0;
    const watch = setInterval(() => {
      gatewayMiB = Math.max(gatewayMiB, peakMiB(replay.pid));
    }, 50);
    const [code] = (await once(replay, "exit")) as [number | null];
    clearInterval(watch);
    if (code !== 0) throw new Error(`replay ended with ${code}`);
    const samples = await storedSamples(hub);
    const seconds = (performance.now() - start) / 1000;
    const journalBytes = metricOf(await hub.get<string>("/metrics"), "firebreak_journal_end");
    const spool = join(`${data}-gateways`, "replay-BENCH-1", "spool");
    return {
      samplesPerSecond: samples / seconds,
      gatewayMiB,
      hubMiB: peakMiB(pid),
      spoolBytesPerSample: folderBytes(spool) / samples,
      journalBytesPerSample: journalBytes / samples,
      hubWriteAmplification: (written(pid) - before) / journalBytes,
    };
  } finally {
    await hub.stop();
  }
}

/** Waits until the ledger says that everything is stored; gives the number of samples. */
async function storedSamples(hub: HubProcess): Promise<number> {
  for (;;) {
    const { produced, stored } = await hub.get<{ produced: number; stored: number }>(
      "/api/v1/machines/BENCH-1/ledger",
    );
    if (produced > 0 && stored === produced) return stored;
    await pause(20);
  }
}

const metricOf = (text: string, name: string): number =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1],
  );

const written = (pid: number | undefined): number =>
  Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);

const folderBytes = (folder: string): number =>
  Number(execFileSync("du", ["-s", "-B1", folder], { encoding: "utf8" }).split("\t")[0]);
