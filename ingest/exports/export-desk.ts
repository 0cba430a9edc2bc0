import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { isoNs, nsOfIso } from "../iso-ns.ts";
import type { TelemetryStore } from "../store/store.ts";
import { type ExportFiles, openExportFiles } from "./export-files.ts";
import {
  type ExportJob,
  type ExportLimits,
  type ExportRequest,
  exportLimits,
} from "./export-job.ts";
import { runExport } from "./run-export.ts";

export interface ExportDeskOptions {
  readonly folder: string;
  readonly store: Pick<TelemetryStore, "signals" | "raw">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<ExportLimits>;
}

/** Samples as files, one export after the other in the background. Everybody sees the own ones only. */
export interface ExportDesk {
  /** @throws CodedError EXPORT_LIMIT, EXPORT_BUSY; both say what to ask instead */
  start(request: ExportRequest, owner: string): ExportJob;
  /** The newest first. */
  list(owner: string): readonly ExportJob[];
  /** @throws CodedError EXPORT_UNKNOWN */
  get(id: string, owner: string): ExportJob;
  /** Path of a whole file. @throws CodedError EXPORT_UNKNOWN, EXPORT_NOT_READY */
  file(id: string, owner: string): { readonly path: string; readonly job: ExportJob };
  /** Ends it if it runs; its file goes. @throws CodedError EXPORT_UNKNOWN */
  remove(id: string, owner: string): void;
  /** What runs is given up and begins anew at the next start. */
  stop(): Promise<void>;
}

const sweepMs = 600_000;
/** Engineering default: the first end may have been a power cut, the second was most likely its own doing. */
const mostCrashes = 2;
const anew = { state: "waiting", progress: 0, rows: 0, bytes: 0 } as const;
const endedTheHub = {
  code: "EXPORT_ENDED_HUB",
  message: `the hub ended ${mostCrashes} times while it was made, perhaps for want of memory: ask for less at a time`,
};

export function openExportDesk(options: ExportDeskOptions): ExportDesk {
  const { store, clock, log } = options;
  const limits = { ...exportLimits, ...options.limits };
  const files = openExportFiles(options.folder);
  const jobs = new Map(files.load().map((job) => [job.id, job]));
  let running: { readonly id: string; readonly abort: AbortController } | undefined;
  let ended: Promise<void> = Promise.resolve();
  let isStopped = false;

  const change = (id: string, changes: Partial<ExportJob>, isToKeep = true) => {
    const job = jobs.get(id);
    if (!job) return;
    const next = { ...job, ...changes };
    jobs.set(id, next);
    if (isToKeep) files.put(next);
  };
  const now = () => new Date(clock.nowMs()).toISOString();
  const drop = (id: string) => {
    if (running?.id === id) running.abort.abort();
    // What cannot be removed is still known, and tried again.
    files.remove(id);
    jobs.delete(id);
  };
  const giveUp = (id: string) => {
    try {
      change(id, { state: "failed", endedAt: now(), problem: endedTheHub });
    } catch (err) {
      log.error({ err }, "what became of an export cannot be written down");
    }
  };
  const sweep = () => {
    try {
      makeRoom({ jobs, files, limits, nowMs: clock.nowMs(), drop });
    } catch (err) {
      log.error({ err }, "old exports cannot be removed, trying again");
    }
  };

  const runOne = async (job: ExportJob): Promise<void> => {
    const { id } = job;
    const abort = new AbortController();
    running = { id, abort };
    try {
      sweep();
      change(id, { state: "running" });
      await runExport({
        store,
        request: requestOf(job),
        path: files.partOf(id),
        limits,
        abort: abort.signal,
        onStep: (step) => change(id, step, false),
      });
      if (!jobs.has(id)) return files.remove(id);
      files.finish(id);
      change(id, { state: "done", endedAt: now() });
    } catch (error) {
      files.removePart(id);
      if (!jobs.has(id)) return;
      if (isStopped) {
        // What is still running when the hub begins has ended it, or was there when it ended.
        change(id, { ...anew, restarts: job.restarts + 1 });
        return;
      }
      const problem = problemOf(error);
      if (problem.code === "EXPORT_FAILED") log.error({ err: error }, "an export failed");
      change(id, { state: "failed", endedAt: now(), problem });
    } finally {
      running = undefined;
    }
  };
  const runAll = async (): Promise<void> => {
    for (;;) {
      const next = [...jobs.values()].find(({ state }) => state === "waiting");
      if (!next || isStopped) return;
      await runOne(next).catch((err: unknown) => {
        log.error({ err }, "what became of an export cannot be written down");
        jobs.delete(next.id);
      });
    }
  };
  const wake = () => {
    if (!running) ended = ended.then(runAll);
  };
  const own = (id: string, owner: string): ExportJob => {
    const job = jobs.get(id);
    if (job?.owner !== owner)
      throw new CodedError("EXPORT_UNKNOWN", "there is no such export of yours");
    return job;
  };

  for (const { id, state, restarts, crashes = 0 } of jobs.values())
    if (state === "running") {
      const ends = { restarts: restarts + 1, crashes: crashes + 1 };
      // Written down when it begins: a full disk must not keep the hub from its start.
      change(id, { ...anew, ...ends }, false);
      if (ends.crashes >= mostCrashes) giveUp(id);
    }
  wake();
  const timer = setInterval(sweep, sweepMs);
  timer.unref();

  return {
    start(request, owner) {
      refuse(request, [...jobs.values()], { owner, limits });
      const job = newJob(request, { id: randomUUID(), owner, askedAt: now() });
      files.put(job);
      jobs.set(job.id, job);
      wake();
      return job;
    },
    list: (owner) => [...jobs.values()].filter((job) => job.owner === owner).sort(byNewest),
    get: own,
    file(id, owner) {
      const job = own(id, owner);
      const path = files.fileOf(id);
      if (job.state !== "done" || !existsSync(path))
        throw new CodedError("EXPORT_NOT_READY", "its file is not there: look at its state");
      return { path, job };
    },
    remove: (id, owner) => drop(own(id, owner).id),
    async stop() {
      isStopped = true;
      clearInterval(timer);
      running?.abort.abort();
      await ended;
    },
  };
}

const byNewest = (one: ExportJob, other: ExportJob): number =>
  one.askedAt < other.askedAt ? 1 : -1;

const newJob = (
  { machineIds, signals, fromNs, toNs, format }: ExportRequest,
  about: Pick<ExportJob, "id" | "owner" | "askedAt">,
): ExportJob => ({
  ...about,
  state: "waiting",
  format,
  machineIds,
  signals: signals ?? null,
  from: isoNs(fromNs),
  to: isoNs(toNs),
  endedAt: null,
  progress: 0,
  rows: 0,
  bytes: 0,
  restarts: 0,
  problem: null,
});

const requestOf = ({ machineIds, signals, from, to, format }: ExportJob): ExportRequest => ({
  machineIds,
  ...(signals === null ? {} : { signals }),
  fromNs: nsOfIso(from),
  toNs: nsOfIso(to),
  format,
});

function refuse(
  { machineIds, signals = [] }: ExportRequest,
  jobs: readonly ExportJob[],
  { owner, limits }: { readonly owner: string; readonly limits: ExportLimits },
): void {
  if (machineIds.length > limits.maxMachines || signals.length > limits.maxSignals)
    throw new CodedError(
      "EXPORT_LIMIT",
      `an export may be of ${limits.maxMachines} machines and name ${limits.maxSignals} signals: make several`,
    );
  const open = jobs.filter(({ state }) => state === "waiting" || state === "running");
  const ofOne = open.filter((job) => job.owner === owner).length;
  if (ofOne >= limits.maxWaitingOfOne || open.length >= limits.maxWaiting)
    throw new CodedError(
      "EXPORT_BUSY",
      ofOne >= limits.maxWaitingOfOne
        ? `${ofOne} exports of yours are under way: wait for one, or remove one`
        : "many exports are under way: try again later",
      { retryable: true },
    );
}

function makeRoom({
  jobs,
  files,
  limits,
  nowMs,
  drop,
}: {
  readonly jobs: ReadonlyMap<string, ExportJob>;
  readonly files: ExportFiles;
  readonly limits: ExportLimits;
  readonly nowMs: number;
  readonly drop: (id: string) => void;
}): void {
  const over = [...jobs.values()]
    .filter(({ endedAt }) => endedAt !== null)
    .sort(byNewest)
    .reverse();
  let bytes = files.bytes();
  for (const { id, endedAt } of over) {
    const isOld = nowMs - Date.parse(endedAt ?? "") > limits.keepMs;
    if (!isOld && jobs.size <= limits.maxJobs && bytes <= limits.maxFolderBytes) continue;
    bytes -= files.bytesOf(id);
    drop(id);
  }
}

function problemOf(error: unknown): NonNullable<ExportJob["problem"]> {
  const code = errorCode(error);
  if (error instanceof CodedError) return { code, message: error.message };
  if (code === "ENOSPC" || code === "EDQUOT")
    return { code: "EXPORT_NO_ROOM", message: "the hub's disk is full: make room and ask again" };
  return { code: "EXPORT_FAILED", message: "the export failed: ask again; the hub's log says why" };
}
