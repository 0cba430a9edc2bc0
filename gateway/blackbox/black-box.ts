import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { RecordingFrame } from "../sources/can/recording-frame.ts";
import { type Capture, Captures } from "./captures.ts";
import { FrameRing } from "./frame-ring.ts";

export interface BlackBoxSettings {
  /** Memory for frames, bytes; 22 a frame. */
  readonly memoryBytes: number;
  /** What is stored of the time before and after, s. */
  readonly preSeconds: number;
  readonly postSeconds: number;
  readonly maxCaptures: number;
  readonly maxCaptureBytes: number;
}

export interface BlackBoxOptions extends BlackBoxSettings {
  /** Of its own, per machine. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export const blackBoxDefaults = {
  memoryBytes: 12 * 1024 * 1024,
  preSeconds: 45,
  postSeconds: 15,
  maxCaptures: 10,
  maxCaptureBytes: 64 * 1024 * 1024,
} as const;

export interface BlackBoxStatus {
  readonly frames: number;
  readonly leftOut: number;
  /** So many of the newest frames are in memory. */
  readonly capacity: number;
  readonly isRecording: boolean;
  readonly captures: readonly Capture[];
}

interface Recording {
  readonly reason: string;
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
  readonly #captures: Captures;
  #recording: Recording | undefined;
  #storing: Promise<void> = Promise.resolve();

  constructor(options: BlackBoxOptions) {
    this.#options = options;
    const { maxCaptures: maxCount, maxCaptureBytes: maxBytes } = options;
    this.#captures = new Captures(options.folder, { maxCount, maxBytes });
  }

  /** Takes every raw frame; `offsetNs` counts from `baseNs`. */
  readonly put = (frame: RecordingFrame, offsetNs: number, baseNs: bigint): void => {
    this.#ring ??= new FrameRing(this.#options.memoryBytes);
    this.#ring.put(frame, offsetNs, baseNs);
  };

  /** Looks for the onset of a trouble code. */
  note(events: readonly MachineEvent[]): void {
    for (const event of events) {
      if (event.kind !== "dtc-change" || event.state !== "active") continue;
      const { spn, fmi } = event.dtc;
      this.#begin(`spn-${spn}-fmi-${fmi}`);
    }
  }

  /** Stores what is around now; false while another recording runs. */
  request(): boolean {
    return this.#begin("request");
  }

  /** Call it every 100 ms or so. */
  tick(): void {
    const recording = this.#recording;
    if (recording === undefined || this.#options.clock.monotonicMs() < recording.untilMs) return;
    this.#recording = undefined;
    this.#storing = this.#store(recording);
  }

  /** Ends a recording that runs, with what there is of it. */
  async close(): Promise<void> {
    if (this.#recording) this.#storing = this.#store(this.#recording);
    this.#recording = undefined;
    await this.#storing;
  }

  status(): BlackBoxStatus {
    const { count: frames = 0, leftOut = 0, capacity = 0 } = this.#ring ?? {};
    const captures = this.#captures.list();
    return { frames, leftOut, capacity, isRecording: this.#recording !== undefined, captures };
  }

  pathOf = (name: string): string | undefined => this.#captures.pathOf(name);

  #begin(reason: string): boolean {
    const newestUs = this.#ring?.newestUs;
    if (this.#recording !== undefined || newestUs === undefined) return false;
    const { preSeconds, postSeconds, clock } = this.#options;
    this.#recording = {
      reason,
      atMs: clock.nowMs(),
      fromUs: newestUs - preSeconds * 1e6,
      untilMs: clock.monotonicMs() + postSeconds * 1_000,
    };
    return true;
  }

  async #store({ atMs, reason, fromUs }: Recording): Promise<void> {
    const { log } = this.#options;
    try {
      const { name, bytes } = await this.#captures.store(
        atMs,
        reason,
        this.#ring?.candump(fromUs) ?? [],
      );
      log.info({ capture: name, bytes }, "black box stored");
    } catch (err) {
      log.warn({ err, reason }, "black box could not be stored");
    }
  }
}
