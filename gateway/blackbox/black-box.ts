import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { RecordState } from "@firebreak/wire/capture-codec.ts";
import type { CaptureFormat, CaptureStored, MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { RecordingFrame } from "../sources/can/recording-frame.ts";
import { announcementOf, type CaptureCause, type CaptureFacts } from "./capture-facts.ts";
import { CaptureLimits } from "./capture-limits.ts";
import { Captures } from "./captures.ts";
import { type Direction, ExchangeRing } from "./exchange-ring.ts";
import { FrameRing } from "./frame-ring.ts";
import type { RawPiece } from "./raw-piece.ts";

export interface BlackBoxSettings {
  /** Memory for frames, bytes; 22 a frame. */
  readonly memoryBytes: number;
  /** Memory for Modbus requests and replies, bytes. */
  readonly modbusMemoryBytes: number;
  /** What is stored of the time before and after, s. */
  readonly preSeconds: number;
  readonly postSeconds: number;
  readonly maxCaptures: number;
  readonly maxCaptureBytes: number;
  /** For trouble codes, and as many again for requests. */
  readonly maxPerHour: number;
}

export interface BlackBoxOptions extends BlackBoxSettings {
  /** Of its own, per machine. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells the hub of a stored capture. */
  readonly announce: (event: CaptureStored) => void;
}

export const blackBoxDefaults = {
  memoryBytes: 12 * 1024 * 1024,
  modbusMemoryBytes: 512 * 1024,
  preSeconds: 45,
  postSeconds: 15,
  maxCaptures: 20,
  maxCaptureBytes: 64 * 1024 * 1024,
  maxPerHour: 4,
} as const;

/** Frames stay so much longer than a recording lasts: a slow disk takes its time to write it, s. */
const spareSeconds = 20;

export interface BlackBoxStatus {
  readonly frames: number;
  readonly leftOut: number;
  /** So many of the newest frames have a place in memory; more where a busier bus needs it. */
  readonly capacity: number;
  /** Modbus requests and replies. */
  readonly exchanges: number;
  readonly isRecording: boolean;
  /** Onsets that began no recording because there were too many. */
  readonly passedOver: number;
  readonly captures: readonly CaptureFacts[];
}

interface Recording {
  cause: CaptureCause;
  readonly atMs: number;
  readonly fromUs: number;
  readonly untilMs: number;
}

/**
 * Keeps the last seconds of raw frames, and stores those around the onset of a trouble code, or around a request. One
 * recording at a time: what happens while it runs is in it.
 */
export class BlackBox {
  readonly #options: BlackBoxOptions;
  /** Made with the first frame: a machine without CAN needs none. */
  #ring: FrameRing | undefined;
  #exchanges: ExchangeRing | undefined;
  /** What a recording needs, and some for the time that storing it takes. */
  readonly #keepSeconds: number;
  readonly #captures: Captures;
  #limits: CaptureLimits | undefined;
  #recording: Recording | undefined;
  #passedOver = 0;
  #storing: Promise<void> = Promise.resolve();
  #storingRequest: string | undefined;

  constructor(options: BlackBoxOptions) {
    this.#options = options;
    this.#keepSeconds = options.preSeconds + options.postSeconds + spareSeconds;
    const { maxCaptures: maxCount, maxCaptureBytes: maxBytes } = options;
    this.#captures = new Captures(options.folder, { maxCount, maxBytes });
  }

  /** Takes every raw frame; `offsetNs` counts from `baseNs`. */
  readonly put = (frame: RecordingFrame, offsetNs: number, baseNs: bigint): void => {
    this.#ring ??= new FrameRing(this.#options.memoryBytes, this.#keepSeconds);
    this.#ring.put(frame, offsetNs, baseNs);
  };

  /** Takes every Modbus request and reply as it went over the wire. */
  readonly putExchange = (
    bus: string,
    direction: Direction,
    adu: Uint8Array,
    timeNs: bigint,
  ): void => {
    this.#exchanges ??= new ExchangeRing(this.#options.modbusMemoryBytes);
    this.#exchanges.put(bus, direction, adu, timeNs);
  };

  /** Looks for the onset of a trouble code. */
  note(events: readonly MachineEvent[]): void {
    for (const event of events) {
      if (event.kind !== "dtc-change" || event.state !== "active" || this.#recording) continue;
      const { sa, network = 0, dtc } = event;
      const code = { network, sa, spn: dtc.spn, fmi: dtc.fmi };
      if (this.#begin({ code, requestId: "" }) === "too-often") this.#passedOver++;
    }
  }

  /** Stores what is around now. Asking again for the same request records nothing twice. */
  request(requestId: string): RecordState {
    const stored = this.#captures.list().filter((one) => one.requestId === requestId);
    if (stored.length > 0) {
      for (const facts of stored) this.#options.announce(announcementOf(facts));
      return "stored";
    }
    if (this.#storingRequest === requestId) return "recording";
    const running = this.#recording;
    if (running === undefined) return this.#begin({ code: null, requestId });
    // What runs is around now as well.
    if (running.cause.requestId === "") running.cause = { ...running.cause, requestId };
    return "recording";
  }

  /** Tells the hub of everything that is stored: it may have missed some of it. */
  announceAll(): void {
    for (const facts of this.#captures.list()) this.#options.announce(announcementOf(facts));
  }

  /** Call it every 100 ms or so. */
  tick(): void {
    const recording = this.#recording;
    if (recording === undefined || this.#options.clock.monotonicMs() < recording.untilMs) return;
    this.#finish(recording);
  }

  /** Ends a recording that runs, with what there is of it. */
  async close(): Promise<void> {
    if (this.#recording) this.#finish(this.#recording);
    await this.#storing;
  }

  status(): BlackBoxStatus {
    const { count: frames = 0, leftOut = 0, capacity = 0 } = this.#ring ?? {};
    return {
      frames,
      leftOut: leftOut + (this.#exchanges?.leftOut ?? 0),
      capacity,
      exchanges: this.#exchanges?.count ?? 0,
      isRecording: this.#recording !== undefined,
      passedOver: this.#passedOver,
      captures: this.#captures.list(),
    };
  }

  pathOf = (name: string): string | undefined => this.#captures.pathOf(name);

  #begin(cause: CaptureCause): RecordState {
    const newest = [this.#ring?.newestUs, this.#exchanges?.newestUs];
    const newestUs = Math.max(...newest.filter((us) => us !== undefined));
    if (!Number.isFinite(newestUs)) return "nothing-heard";
    const { preSeconds, postSeconds, clock } = this.#options;
    const atMs = clock.nowMs();
    this.#limits ??= new CaptureLimits(this.#options, this.#captures.list());
    if (!this.#limits.admit(cause, atMs)) return "too-often";
    this.#recording = {
      cause,
      atMs,
      fromUs: newestUs - preSeconds * 1e6,
      untilMs: clock.monotonicMs() + postSeconds * 1_000,
    };
    return "recording";
  }

  #finish(recording: Recording): void {
    const { fromUs, cause } = recording;
    this.#recording = undefined;
    this.#storingRequest = cause.requestId;
    // Begun now, so that what comes later is not in them.
    const frames = this.#ring?.candump(fromUs) ?? [];
    const exchanges = this.#exchanges?.lines(fromUs) ?? [];
    this.#storing = this.#storing
      .then(() => this.#storeOne(recording, "candump", frames))
      .then(() => this.#storeOne(recording, "modbus", exchanges))
      .finally(() => {
        this.#storingRequest = undefined;
      });
  }

  async #storeOne(
    { atMs, cause }: Recording,
    format: CaptureFormat,
    pieces: Iterable<RawPiece>,
  ): Promise<void> {
    const { log, announce } = this.#options;
    try {
      const facts = await this.#captures.store(atMs, cause, { format, pieces });
      if (!facts) return;
      const { name, records, bytes } = facts;
      log.info({ capture: name, records, bytes }, "black box stored");
      announce(announcementOf(facts));
    } catch (err) {
      log.warn({ err, cause }, "black box could not be stored");
    }
  }
}
