import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BenchResult, toResult } from "./result.ts";

const launcher = resolve(import.meta.dirname, "../cli/bin/firebreak.js");
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
  const hub = spawn(process.execPath, [launcher, "hub", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FIREBREAK_LOG: "error" },
  });
  try {
    const url = await readyUrl(hub.stdout);
    const token = execFileSync(process.execPath, [launcher, "token", "--data", data], {
      encoding: "utf8",
    }).trim();
    const before = written(hub.pid);
    const start = performance.now();
    const args = [
      "replay",
      recording,
      "--plan",
      "loader-tractor",
      "--machine",
      "BENCH-1",
      "--data",
      data,
      "--speed",
      "max",
    ];
    const replay = spawn(process.execPath, [launcher, ...args], { stdio: "ignore" });
    let gatewayMiB = 0;
    const watch = setInterval(() => {
      gatewayMiB = Math.max(gatewayMiB, peakMiB(replay.pid));
    }, 50);
    const [code] = (await once(replay, "exit")) as [number | null];
    clearInterval(watch);
    if (code !== 0) throw new Error(`replay ended with ${code}`);
    const samples = await storedSamples(url, token);
    const seconds = (performance.now() - start) / 1000;
    const journalBytes = await metric(url, token, "firebreak_journal_end");
    return {
      samplesPerSecond: samples / seconds,
      gatewayMiB,
      hubMiB: peakMiB(hub.pid),
      spoolBytesPerSample:
        folderBytes(join(`${data}-gateways`, "replay-BENCH-1", "spool")) / samples,
      journalBytesPerSample: journalBytes / samples,
      hubWriteAmplification: (written(hub.pid) - before) / journalBytes,
    };
  } finally {
    hub.kill("SIGTERM");
    await once(hub, "exit");
  }
}

function readyUrl(stdout: NodeJS.ReadableStream): Promise<string> {
  return new Promise((ready) => {
    let seen = "";
    stdout.on("data", (piece) => {
      seen += String(piece);
      const url = /^Firebreak is ready: (\S+)$/m.exec(seen)?.[1];
      if (url) ready(url);
    });
  });
}

/** Waits until the ledger says that everything is stored; gives the number of samples. */
async function storedSamples(url: string, token: string): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/machines/BENCH-1/ledger`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { produced, stored } = (await answer.json()) as { produced: number; stored: number };
    if (produced > 0 && stored === produced) return stored;
    await new Promise((next) => setTimeout(next, 20));
  }
}

async function metric(url: string, token: string, name: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const line = (await answer.text()).split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}

const peakMiB = (pid: number | undefined): number => {
  try {
    const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0; // it has just ended
  }
};

const written = (pid: number | undefined): number =>
  Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);

const folderBytes = (folder: string): number =>
  Number(execFileSync("du", ["-s", "-B1", folder], { encoding: "utf8" }).split("\t")[0]);
