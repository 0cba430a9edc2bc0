import { execFile } from "node:child_process";
import { fdatasyncSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openLog, type SegmentLog } from "@firebreak/log/segment-log.ts";
import { type BenchResult, toResult } from "./result.ts";

const RUNS = 3;
const BACKLOG_BYTES = 1024 ** 3;

/** The segment log: appends with group commit, bytes written per byte kept, opening with a 1 GB backlog. */
export async function run(): Promise<BenchResult[]> {
  return [
    ...(await appendAndReference(50, 2_000_000)),
    ...(await appendAndReference(4096, 100_000)),
    await amplification(50, 100),
    await amplification(600, 1),
    await amplification(600, 20),
    ...(await openBacklog()),
  ];
}

/** The log, then in the same minute the same bytes written plainly with one fdatasync per second. */
async function appendAndReference(payloadBytes: number, count: number): Promise<BenchResult[]> {
  const log: number[] = [];
  const plain: number[] = [];
  const peaks: number[] = [];
  for (let round = 0; round < RUNS; round += 1) {
    const { perSecond, peakMb } = await inFolder((folder) =>
      appendRate(folder, payloadBytes, count),
    );
    log.push(perSecond);
    peaks.push(peakMb);
    plain.push(await inFolder((folder) => plainRate(join(folder, "plain"), payloadBytes, count)));
  }
  return [
    toResult(
      `log append, ${payloadBytes} B records`,
      "records/s",
      log,
      "fsync by group commit, all on disk at the end",
    ),
    toResult(
      `reference: plain write, ${payloadBytes} B records`,
      "records/s",
      plain,
      "64 KiB writes, one fdatasync a second",
    ),
    toResult(
      `log append, ${payloadBytes} B records, memory`,
      "MB RSS",
      peaks,
      "highest while appending, whole process",
    ),
  ];
}

interface AppendRate {
  readonly perSecond: number;
  readonly peakMb: number;
}

async function appendRate(
  folder: string,
  payloadBytes: number,
  count: number,
): Promise<AppendRate> {
  const log = await openLog({ folder });
  const payload = Buffer.alloc(payloadBytes, 0x5a);
  let peakMb = 0;
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    await appendWaiting(log, payload);
    if (index % 5000 === 0) peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1e6);
  }
  await log.sync();
  const perSecond = count / ((performance.now() - start) / 1000);
  await log.close();
  return { perSecond, peakMb };
}

/** Appends as a careful producer does: it waits for the disk long before the log is full. */
async function appendWaiting(log: SegmentLog, payload: Uint8Array): Promise<void> {
  log.append(payload);
  if (log.unwrittenBytes > 4_000_000) await log.sync();
}

async function plainRate(path: string, payloadBytes: number, count: number): Promise<number> {
  const file = await open(path, "w");
  const batch = Buffer.alloc(Math.ceil(65_536 / payloadBytes) * payloadBytes, 0x5a);
  const start = performance.now();
  let syncedAt = start;
  for (let done = 0; done < count * payloadBytes; done += batch.length) {
    writeSync(file.fd, batch);
    if (performance.now() - syncedAt > 1000) {
      fdatasyncSync(file.fd);
      syncedAt = performance.now();
    }
  }
  fdatasyncSync(file.fd);
  const perSecond = count / ((performance.now() - start) / 1000);
  await file.close();
  return perSecond;
}

/** Bytes the process caused to be written (in pages) per payload byte, with commits a fifth of a second apart. */
async function amplification(payloadBytes: number, recordsPerCommit: number): Promise<BenchResult> {
  const commits = 20;
  const runs: number[] = [];
  let handed = 0;
  for (let round = 0; round < RUNS; round += 1)
    await inFolder(async (folder) => {
      const log = await openLog({ folder, syncIntervalMs: 60_000 });
      const before = writtenBytes();
      for (let commit = 0; commit < commits; commit += 1) {
        for (let index = 0; index < recordsPerCommit; index += 1)
          log.append(Buffer.alloc(payloadBytes, 1));
        await log.sync();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      const payload = commits * recordsPerCommit * payloadBytes;
      runs.push((writtenBytes() - before) / payload);
      handed = log.end / payload;
      await log.close();
    });
  const name = `log write amplification, ${recordsPerCommit} x ${payloadBytes} B per commit`;
  const note = `pages by /proc/self/io; bytes handed to the system ${handed.toFixed(2)} x payload`;
  return toResult(name, "x payload", runs, note);
}

/** NaN where the system does not tell. */
function writtenBytes(): number {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
  } catch {
    return Number.NaN;
  }
}

async function openBacklog(): Promise<BenchResult[]> {
  return inFolder(async (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < 2 * BACKLOG_BYTES) return [];
    const opened: number[] = [];
    const memory: number[] = [];
    const read: number[] = [];
    await fillBacklog(folder, BACKLOG_BYTES);
    for (let round = 0; round < RUNS; round += 1) {
      // A crash with the newest segment nearly full is the most there ever is to look through.
      await fillBacklog(folder, 15_000_000);
      rmSync(join(folder, "clean.json"));
      const { openMs, rssMb, perSecond } = await inChild<OpenRate>("open", folder);
      opened.push(openMs);
      memory.push(rssMb);
      read.push(perSecond);
    }
    const note = "100 B records, after a crash, files still in the system's cache";
    return [
      toResult("log open with 1 GB backlog", "ms", opened, note),
      toResult("log open with 1 GB backlog, memory", "MB RSS", memory, "whole process, once open"),
      toResult("log read through 1 GB backlog", "records/s", read, "256 KiB per call, all checked"),
    ];
  });
}

interface OpenRate {
  readonly openMs: number;
  readonly rssMb: number;
  readonly perSecond: number;
}

async function openRate(folder: string): Promise<OpenRate> {
  const start = performance.now();
  const log = await openLog({ folder });
  const openMs = performance.now() - start;
  const rssMb = process.memoryUsage.rss() / 1e6;
  const perSecond = readRate(log);
  await log.close();
  return { openMs, rssMb, perSecond };
}

async function fillBacklog(folder: string, bytes: number): Promise<void> {
  const log = await openLog({ folder });
  const payload = Buffer.alloc(100, 0x5a);
  for (const target = log.bytes + bytes; log.bytes < target; ) await appendWaiting(log, payload);
  await log.close();
}

function readRate(log: SegmentLog): number {
  const start = performance.now();
  let count = 0;
  for (let at = 0; ; ) {
    const { records, next } = log.read(at, 262_144);
    if (records.length === 0) return count / ((performance.now() - start) / 1000);
    count += records.length;
    at = next;
  }
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-log-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one measurement in a process of its own, whose memory is nobody else's. */
async function inChild<T>(task: string, ...rest: (string | number)[]): Promise<T> {
  const args = [import.meta.filename, task, ...rest.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as T;
}

const [, script, task, folder, payloadBytes, count] = process.argv;
if (script === import.meta.filename && folder) {
  const isAppend = task === "append";
  const measured = isAppend
    ? await appendRate(folder, Number(payloadBytes), Number(count))
    : await openRate(folder);
  process.stdout.write(JSON.stringify(measured));
}
