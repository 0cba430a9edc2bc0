import { resolve } from "node:path";
import { setImmediate as yieldToOthers } from "node:timers/promises";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Observable, type Subscriber } from "rxjs";
import { type Static, Type } from "typebox";
import { CanBuses } from "../can/can-buses.ts";
import { wantsCan } from "../can/signals-of-plan.ts";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import type { Intake, Source, SourceContext, SourceKind, SourceState } from "../source.ts";
import { type WithDefaults, withDefaults } from "../with-defaults.ts";
import { measureRecording, openTimedRecording, type TimedRecording } from "./timed-recording.ts";

const Config = Type.Object(
  {
    kind: Type.Literal("replay"),
    file: Type.String({ minLength: 1, description: "recording, candump or candump -L text" }),
    speed: Type.Optional(
      Type.Union([Type.Literal("max"), Type.Number({ exclusiveMinimum: 0 })], {
        default: 1,
        description: "1 = as recorded, 10 = ten times as fast, max = as fast as it goes",
      }),
    ),
  },
  { additionalProperties: false },
);
type Config = WithDefaults<Static<typeof Config>, "speed">;

export const replay: SourceKind<typeof Config> = {
  kind: "replay",
  Config,
  check({ file }, acquisition) {
    const problems: string[] = [];
    if (file === "-") problems.push("a replay reads its recording twice, so it must be a file");
    if (!wantsCan(acquisition))
      problems.push("the plan has no signal on CAN, a recording can give it nothing");
    return problems;
  },
  withPathsFrom: (config, folder) => ({ ...config, file: resolve(folder, config.file) }),
  create: (config, context) => createReplay(config, context),
};

/** A replay source, with its progress. */
export const createReplay = (config: Static<typeof Config>, context: SourceContext): ReplaySource =>
  new ReplaySource(withDefaults<Config>(Config, config), context);

/** Samples handed on at once; bounds the memory and how long others wait. */
const pieceSamples = 2_000;
const pieceFrames = 5_000;
/** Waits shorter than this are not worth a timer. */
const shortestWaitMs = 4;

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
 * Plays a recording as if its machine were here: the last frame gets the time of the start of the replay, so that
 * everything lies in the past, and the spacing is kept to the nanosecond. Read twice, first to find the last time.
 * It can wait: while the spool has no room it does not read on.
 */
export class ReplaySource implements Source {
  readonly name: string;
  readonly #config: Config;
  readonly #context: SourceContext;
  #buses: CanBuses | undefined;
  #timed: TimedRecording | undefined;
  #firstNs: bigint | undefined;
  #lastNs: bigint | undefined;

  constructor(config: Config, context: SourceContext) {
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
    const brokenLines = this.#timed?.recording.parser.brokenLines ?? 0;
    return { ...this.#buses?.counters(), brokenLines };
  }

  progress(): ReplayProgress {
    const recording = this.#timed?.recording;
    return {
      frames: this.#buses?.frames ?? 0,
      readBytes: recording?.readBytes ?? 0,
      totalBytes: recording?.totalBytes ?? 0,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
      brokenLines: recording?.parser.brokenLines ?? 0,
    };
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#context;
    const startNs = nowNs(clock);
    const span = await measureRecording(this.#config.file);
    if (span === undefined)
      throw new CodedError("RECORDING_EMPTY", `There is no CAN frame in ${this.#config.file}.`);
    const timed = await openTimedRecording(this.#config.file);
    this.#timed = timed;
    try {
      subscriber.next({ state: "open", detail: "" });
      await this.#play(timed, { intake, ending, shiftNs: startNs - span.lastNs });
    } finally {
      await timed.close();
    }
  }

  async #play(
    timed: TimedRecording,
    { intake, ending, shiftNs }: { intake: Intake; ending: AbortSignal; shiftNs: bigint },
  ): Promise<void> {
    const buses = new CanBuses(this.#context, intake);
    this.#buses = buses;
    const waitMs = this.#pacer();
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
