import { setImmediate as yieldToOthers } from "node:timers/promises";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Observable, type Subscriber } from "rxjs";
import { CanBuses } from "../can/can-buses.ts";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import type { BusStatus, Intake, Source, SourceContext, SourceState } from "../source.ts";
import type { ReplayConfig } from "./replay-kind.ts";
import { measureRecording, openTimedRecording, type TimedRecording } from "./timed-recording.ts";

/** Samples handed on at once; bounds the memory and how long others wait. */
const pieceSamples = 2_000;
const pieceFrames = 5_000;
/** Waits shorter than this are not worth a timer. */
const shortestWaitMs = 4;
/** Between two runs; longer than any message may take, so that none is put together from the end and the beginning. */
const betweenRunsNs = 2_000_000_000n;

interface Run {
  readonly intake: Intake;
  readonly ending: AbortSignal;
  readonly buses: CanBuses;
  /** How long to wait before a frame of this time may be played, ms. */
  readonly waitMs: (timeNs: bigint) => number;
  /** From the times of the file to those that are given. */
  readonly shiftNs: bigint;
}

/** A replay also says which time its frames were given. */
export interface ReplayProgress {
  readonly frames: number;
  readonly readBytes: number;
  readonly totalBytes: number;
  /** Times given to the first and to the newest frame so far. */
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
  readonly brokenLines: number;
}

/**
 * Plays a recording as if its machine were here, once or several times end to end: the last frame gets the time of the
 * start of the replay, or the time that was asked for, so that everything lies in the past, and the spacing is kept to
 * the nanosecond. Read once more than played, first to find the last time. It can wait: while the spool has no room it
 * does not read on.
 */
export class ReplaySource implements Source {
  readonly name: string;
  readonly #config: ReplayConfig;
  readonly #context: SourceContext;
  #buses: CanBuses | undefined;
  #timed: TimedRecording | undefined;
  /** Of the file. */
  #bytes = 0;
  /** Runs that are over, and lines in them that were none. */
  #runs = 0;
  #brokenLines = 0;
  #firstNs: bigint | undefined;
  #lastNs: bigint | undefined;

  constructor(config: ReplayConfig, context: SourceContext) {
    this.name = `replay ${config.file}`;
    this.#config = config;
    this.#context = context;
  }

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      const ending = new AbortController();
      this.#run(intake, subscriber, ending.signal).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => ending.abort();
    });
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#buses?.counters(), brokenLines: this.progress().brokenLines };
  }

  buses(): readonly BusStatus[] {
    return this.#buses?.statuses() ?? [];
  }

  progress(): ReplayProgress {
    const { readBytes = 0, parser } = this.#timed?.recording ?? {};
    return {
      frames: this.#buses?.frames ?? 0,
      readBytes: this.#runs * this.#bytes + readBytes,
      totalBytes: this.#config.repeat * this.#bytes,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
      brokenLines: this.#brokenLines + (parser?.brokenLines ?? 0),
    };
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const { file, repeat, columns } = this.#config;
    const options = columns === undefined ? {} : { columns };
    const endNs = this.#endNs();
    const span = await measureRecording(file, options);
    if (span === undefined)
      throw new CodedError("RECORDING_EMPTY", `There is no CAN frame in ${file}.`);
    const runNs = span.lastNs - span.firstNs + betweenRunsNs;
    const buses = new CanBuses(this.#context, intake);
    this.#buses = buses;
    const playing = { intake, ending, buses, waitMs: this.#pacer() };
    for (let run = 1; run <= repeat && !ending.aborted; run++) {
      const timed = await openTimedRecording(file, options);
      this.#timed = timed;
      this.#bytes = timed.recording.totalBytes;
      try {
        if (run === 1) subscriber.next({ state: "open", detail: "" });
        const shiftNs = endNs - span.lastNs - BigInt(repeat - run) * runNs;
        await this.#play(timed, { ...playing, shiftNs });
        if (run === repeat) return;
      } finally {
        await timed.close();
      }
      this.#timed = undefined;
      this.#runs = run;
      this.#brokenLines += timed.recording.parser.brokenLines;
    }
  }

  /** @throws CodedError REPLAY_ENDS_LATER */
  #endNs(): bigint {
    const { clock } = this.#context;
    const { endsAt } = this.#config;
    if (endsAt === undefined) return nowNs(clock);
    const endMs = Date.parse(endsAt);
    if (endMs > clock.nowMs())
      throw new CodedError("REPLAY_ENDS_LATER", `${endsAt} is still to come; a replay is past.`);
    return BigInt(endMs) * 1_000_000n;
  }

  async #play(
    timed: TimedRecording,
    { intake, ending, buses, waitMs, shiftNs }: Run,
  ): Promise<void> {
    let framesInPiece = 0;
    while (!ending.aborted) {
      const promised = timed.next();
      const next = promised instanceof Promise ? await promised : promised;
      if (next === undefined) break;
      const timeNs = next.timeNs + shiftNs;
      const aheadMs = waitMs(timeNs);
      if (aheadMs > 0 || buses.waiting >= pieceSamples || ++framesInPiece >= pieceFrames) {
        framesInPiece = 0;
        buses.deliver();
        await pause(aheadMs, ending);
        await Promise.race([intake.whenRoom(), aborted(ending)]);
        await yieldToOthers();
        if (ending.aborted) return;
      }
      buses.take(next.frame, timeNs);
      this.#firstNs ??= timeNs;
      this.#lastNs = timeNs;
    }
    buses.deliver();
  }

  /** How long to wait before a frame of this time may be played, ms. */
  #pacer(): (timeNs: bigint) => number {
    const { speed } = this.#config;
    if (speed === "max") return () => 0;
    const { clock } = this.#context;
    const startMs = clock.monotonicMs();
    let firstNs: bigint | undefined;
    return (timeNs) => {
      firstNs ??= timeNs;
      const dueMs = startMs + Number(timeNs - firstNs) / 1e6 / speed;
      const aheadMs = dueMs - clock.monotonicMs();
      return aheadMs >= shortestWaitMs ? aheadMs : 0;
    };
  }
}

const aborted = (ending: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (ending.aborted) resolve();
    else ending.addEventListener("abort", () => resolve(), { once: true });
  });
