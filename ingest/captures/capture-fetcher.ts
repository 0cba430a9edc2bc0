import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type CaptureOrder,
  type CaptureReply,
  maxPieceBytes,
} from "@firebreak/wire/capture-codec.ts";
import type { CaptureBook } from "./capture-book.ts";
import type { CaptureFiles } from "./capture-files.ts";
import type { CaptureQuota } from "./capture-quota.ts";
import { createCaptureRequests } from "./capture-requests.ts";
import type { CaptureRow } from "./capture-rows.ts";

export interface FetcherOptions {
  readonly book: CaptureBook;
  readonly files: CaptureFiles;
  readonly quota: CaptureQuota;
  readonly isOnline: (gatewayId: string) => boolean;
  readonly send: (gatewayId: string, order: CaptureOrder) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Job {
  readonly capture: CaptureRow;
  readonly offset: number;
  readonly askedMs: number;
  readonly waitMs: number;
  readonly isChecking: boolean;
}

/** When to look at a gateway again. */
interface Due {
  requestsMs: number;
  capturesMs: number;
}

const never = Number.POSITIVE_INFINITY;
/** Gateways that are fetched from at one time. */
const maxJobs = 16;
/** Gateways whose rows are looked at in one tick: a whole fleet may be due at once. */
const looksPerTick = 50;
const firstPieceBytes = 4 * 1024;
const leastPieceBytes = 2 * 1024;
/** A piece that takes longer to come is too large for the link; one that takes less may be larger. */
const slowMs = 3_000;
const fastMs = 1_000;
const firstWaitMs = 15_000;
const longestWaitMs = 300_000;
const budgetWaitMs = 3_600_000;
const fullWaitMs = 60_000;
const maxDamaged = 3;

/**
 * Fetches recordings, one piece at a time of each gateway, and hands on requests. What has come lies in a file, so a
 * restart of either side goes on where it was; an answer that nobody waits for changes nothing.
 */
export class CaptureFetcher {
  readonly #options: FetcherOptions;
  readonly #jobs = new Map<string, Job>();
  /** Size of the next piece, by gateway: what its link bears. */
  readonly #pieceBytes = new Map<string, number>();
  /** Not to be tried before, by capture. */
  readonly #notBefore = new Map<number, number>();
  readonly #requests: ReturnType<typeof createCaptureRequests>;
  /** Gateways with anything to do. With thousands of them the database is asked only when something is due. */
  readonly #due = new Map<string, Due>();
  readonly #checks = new Set<Promise<void>>();
  /** All recordings together take what they may: nothing new is begun before. */
  #fullUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#requests = createCaptureRequests(options);
    for (const gatewayId of options.book.gateways()) this.wake(gatewayId);
  }

  /** Something new is to be done for a gateway. */
  wake(gatewayId: string): void {
    const now = this.#nowMs;
    this.#due.set(gatewayId, { requestsMs: now, capturesMs: now });
  }

  get isFull(): boolean {
    return this.#nowMs < this.#fullUntilMs;
  }

  /** Call it a few times a second. */
  tick(): void {
    const { isOnline } = this.#options;
    const now = this.#nowMs;
    for (const [gatewayId, job] of this.#jobs)
      if (isOnline(gatewayId)) this.#askAgain(gatewayId, job, now);
      else if (!job.isChecking) this.#jobs.delete(gatewayId);
    let looks = 0;
    for (const [gatewayId, due] of this.#due) {
      if (looks >= looksPerTick) return;
      if (isOnline(gatewayId) && this.#look(gatewayId, due, now)) looks++;
    }
  }

  /** Resolves once nothing of this is at work on files or rows any more. */
  async close(): Promise<void> {
    await Promise.all(this.#checks);
  }

  /** A gateway's answer, with what lay beside it. */
  take(gatewayId: string, reply: CaptureReply, piece: Uint8Array | undefined): void {
    if (reply.kind === "record") this.#requests.take(gatewayId, reply);
    else this.#onRead(gatewayId, reply, piece);
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  /** False when nothing was due. */
  #look(gatewayId: string, due: Due, now: number): boolean {
    const mayBegin =
      due.capturesMs <= now && this.#jobs.size < maxJobs && !this.#jobs.has(gatewayId);
    if (due.requestsMs > now && !mayBegin) return false;
    // Behind all others, so that everybody's turn comes.
    this.#due.delete(gatewayId);
    this.#due.set(gatewayId, due);
    if (due.requestsMs <= now) due.requestsMs = this.#requests.handOn(gatewayId, now);
    if (mayBegin) due.capturesMs = this.#beginNext(gatewayId, now);
    if (Math.min(due.requestsMs, due.capturesMs) === never) this.#due.delete(gatewayId);
    return true;
  }

  /** Returns when to look again; what has begun counts as due, and is no matter while it goes on. */
  #beginNext(gatewayId: string, now: number): number {
    const { book } = this.#options;
    let nextMs = never;
    for (const capture of book.open(gatewayId)) {
      const notBeforeMs = this.#notBefore.get(capture.id) ?? now;
      if (notBeforeMs <= now) {
        if (capture.state !== "arriving" && this.isFull) return Math.min(nextMs, this.#fullUntilMs);
        if (this.#begin(gatewayId, capture)) return now;
      }
      // What was settled made room in the list for others; what was put off comes again.
      nextMs = Math.min(nextMs, this.#notBefore.get(capture.id) ?? now);
    }
    return nextMs;
  }

  #begin(gatewayId: string, capture: CaptureRow): boolean {
    const { book, files, quota, clock } = this.#options;
    if (files.isWhole(capture.id)) {
      // It was checked, and then the hub was ended.
      book.set(capture, "there", "", { thereMs: clock.nowMs() });
      return false;
    }
    const verdict = capture.state === "arriving" ? "take" : quota.judge(capture);
    if (verdict === "take") {
      book.set(capture, "arriving");
      this.#goOn(gatewayId, { ...capture, state: "arriving" });
    } else if (verdict === "too-large") book.set(capture, "refused", "too-large");
    else if (verdict === "gateway-full") this.#putOff(capture, "hub-full", fullWaitMs);
    else this.#fullUntilMs = this.#nowMs + fullWaitMs;
    return verdict === "take";
  }

  #putOff(capture: CaptureRow, detail: "hub-full" | "over-budget", waitMs: number): void {
    this.#waitWith(capture, waitMs);
    if (capture.detail !== detail) this.#options.book.set(capture, capture.state, detail);
  }

  #waitWith({ id }: CaptureRow, waitMs: number): void {
    if (this.#notBefore.size > 10_000) this.#notBefore.clear();
    this.#notBefore.set(id, this.#nowMs + waitMs);
  }

  #goOn(gatewayId: string, capture: CaptureRow): void {
    const offset = this.#options.files.received(capture.id);
    if (offset >= capture.storedBytes) this.#check(gatewayId, capture);
    else this.#ask(gatewayId, { capture, offset, waitMs: firstWaitMs });
  }

  #ask(gatewayId: string, { capture, offset, waitMs }: Pick<Job, "capture" | "offset" | "waitMs">) {
    const { machineId, name, storedBytes } = capture;
    const most = this.#pieceBytes.get(gatewayId) ?? firstPieceBytes;
    const bytes = Math.min(most, storedBytes - offset);
    const askedMs = this.#nowMs;
    this.#jobs.set(gatewayId, { capture, offset, waitMs, askedMs, isChecking: false });
    this.#options.send(gatewayId, { kind: "read", machineId, name, offset, bytes });
  }

  /** The gateway had more important things to send, or the order or the piece was lost. */
  #askAgain(gatewayId: string, job: Job, now: number): void {
    if (job.isChecking || now - job.askedMs < job.waitMs) return;
    this.#fit(gatewayId, 1 / 2);
    this.#ask(gatewayId, { ...job, waitMs: Math.min(longestWaitMs, job.waitMs * 2) });
  }

  #onRead(
    gatewayId: string,
    reply: Extract<CaptureReply, { kind: "read" }>,
    piece: Uint8Array | undefined,
  ): void {
    const { book, files } = this.#options;
    const job = this.#jobs.get(gatewayId);
    if (!job || job.isChecking) return;
    const { capture, offset } = job;
    const isAnswer =
      reply.name === capture.name &&
      reply.machineId === capture.machineId &&
      reply.offset === offset;
    if (!isAnswer) return;
    this.#jobs.delete(gatewayId);
    if (reply.state === "gone") {
      files.remove(capture.id);
      book.set(capture, "gone");
    } else if (reply.state === "over-budget") this.#putOff(capture, "over-budget", budgetWaitMs);
    else this.#takePiece(gatewayId, job, piece ?? new Uint8Array(0));
  }

  #takePiece(gatewayId: string, { capture, offset, askedMs }: Job, piece: Uint8Array): void {
    const { files, log } = this.#options;
    const isTooMuch = offset + piece.length > capture.storedBytes || piece.length > maxPieceBytes;
    if (piece.length === 0 || isTooMuch) {
      this.#onDamaged(gatewayId, capture);
      return;
    }
    const tookMs = this.#nowMs - askedMs;
    if (tookMs > slowMs) this.#fit(gatewayId, 1 / 2);
    else if (tookMs < fastMs) this.#fit(gatewayId, 2);
    try {
      files.append(capture.id, piece);
    } catch (err) {
      log.warn({ err, code: errorCode(err) }, "a recording cannot be written");
      this.#putOff(capture, "hub-full", fullWaitMs);
      return;
    }
    this.#goOn(gatewayId, capture);
  }

  #fit(gatewayId: string, factor: number): void {
    const before = this.#pieceBytes.get(gatewayId) ?? firstPieceBytes;
    const bytes = Math.min(maxPieceBytes, Math.max(leastPieceBytes, before * factor));
    this.#pieceBytes.set(gatewayId, bytes);
  }

  #check(gatewayId: string, capture: CaptureRow): void {
    const { book, files, clock, log } = this.#options;
    const askedMs = this.#nowMs;
    const job = { capture, offset: capture.storedBytes, askedMs, waitMs: 0, isChecking: true };
    this.#jobs.set(gatewayId, job);
    const check = files
      .finish(capture)
      .then((isGood) => {
        if (!isGood) return this.#onDamaged(gatewayId, capture);
        book.set(capture, "there", "", { thereMs: clock.nowMs() });
        log.info(
          { gatewayId, machineId: capture.machineId, capture: capture.name },
          "recording is there",
        );
      })
      .catch((err: unknown) => {
        // Only in memory: where a disk is full the row can no more be written than the recording.
        this.#waitWith(capture, fullWaitMs);
        log.warn({ err, code: errorCode(err) }, "a recording could not be checked");
      })
      .finally(() => {
        this.#jobs.delete(gatewayId);
        this.#checks.delete(check);
      });
    this.#checks.add(check);
  }

  /** Once more from the beginning, but not for ever. */
  #onDamaged(gatewayId: string, capture: CaptureRow): void {
    const { book, files, log } = this.#options;
    const damaged = capture.damaged + 1;
    files.remove(capture.id);
    log.warn({ gatewayId, capture: capture.name, damaged }, "a recording arrived damaged");
    const isHopeless = damaged >= maxDamaged;
    book.set(capture, isHopeless ? "refused" : "waiting", isHopeless ? "damaged" : "", { damaged });
  }
}
