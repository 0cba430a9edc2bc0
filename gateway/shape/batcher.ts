import { safeSampleCount } from "@firebreak/wire/batch-block.ts";
import { maxEventBytes } from "@firebreak/wire/event-codec.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { Counters } from "./counters.ts";
import { createDm1Repeats, type Dm1Novelty } from "./dm1-repeats.ts";
import { Shaper } from "./shaper.ts";
import type { MachineShaping } from "./shaping-of-plan.ts";
import { Windows } from "./windows.ts";

/** What becomes one batch. The columns are only valid during the call that hands it over. */
export interface BatchContent {
  readonly lane: "alarm" | "live";
  readonly samples: SampleColumns;
  readonly events: readonly MachineEvent[];
  /** Samples held back since the content before. */
  readonly suppressed: number;
}

export interface BatcherOptions {
  readonly shaping: MachineShaping;
  /** Newest stamp already given out in this epoch, if any. */
  readonly notBeforeNs?: bigint;
  /** A batch is closed at this age of its first row, ms of `nowMs`. */
  readonly maxAgeMs: number;
  /** A clock that only grows, ms. */
  readonly nowMs: () => number;
  readonly emit: (content: BatchContent) => void;
}

const nsPerHour = 3_600_000_000_000n;
/** Bytes of events that always fit beside `safeSampleCount` samples; the longest DM1 there can be takes 1,800. */
const maxEventsBytes = 4_000;
/** Changed trouble codes hurry, but a source that changes them all the time gets ten batches a second at most. */
const alarmSpacingMs = 100;

/**
 * Collects the samples and events of one machine into batches: at most `maxAgeMs` old, at most 64 KiB, closed at once
 * when trouble codes change, and never across the border of two hours (the ledger is kept per hour).
 * Call `tick` every 100 ms or so.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #shaper: Shaper;
  readonly #windows: Windows;
  readonly #counters: Counters;
  /** What the offsets of rows count from. */
  #baseNs = 0n;
  readonly #dm1 = createDm1Repeats();
  readonly #samples = new SampleColumns(0n, 1024);
  #events: MachineEvent[] = [];
  #eventBytes = 0;
  #lane: "alarm" | "live" = "live";
  /** Hours since the epoch; only means something while the batch is not empty. */
  #hour = 0n;
  #openedAtMs = 0;
  #lastAlarmMs = Number.NEGATIVE_INFINITY;
  #reportedSuppressed = 0;
  #droppedRepeats = 0;

  constructor(options: BatcherOptions) {
    this.#options = options;
    const { signals, windowed, counted } = options.shaping;
    this.#shaper = new Shaper(signals, options.notBeforeNs);
    this.#windows = new Windows(windowed, options.nowMs, this.#row);
    this.#counters = new Counters(counted, this.#row);
  }

  /** Identical DM1 messages that came too often to keep. */
  get droppedRepeats(): number {
    return this.#droppedRepeats;
  }

  deliver(samples: SampleColumns, events: readonly MachineEvent[]): void {
    this.#rebase(samples.baseNs);
    for (let row = 0; row < samples.length; row++) this.#sample(samples, row);
    for (const event of events) this.#event(event);
    if (this.#lane === "alarm") this.#closeAlarm();
  }

  /** Closes what has become old enough. */
  tick(): void {
    this.#windows.tick();
    if (this.#isEmpty) return;
    if (this.#lane === "alarm") this.#closeAlarm();
    else if (this.#options.nowMs() - this.#openedAtMs >= this.#options.maxAgeMs) this.close();
  }

  /** Closes everything, windows that are still open too. */
  finish(): void {
    this.#windows.close();
    this.#counters.close();
    this.close();
  }

  /** Closes the batch as it is. */
  close(): void {
    if (this.#isEmpty) return;
    const heldBack = this.#shaper.suppressed + this.#windows.suppressed + this.#counters.suppressed;
    const suppressed = heldBack - this.#reportedSuppressed;
    this.#reportedSuppressed = heldBack;
    const content = { lane: this.#lane, samples: this.#samples, events: this.#events, suppressed };
    if (this.#lane === "alarm") this.#lastAlarmMs = this.#options.nowMs();
    this.#options.emit(content);
    this.#samples.reset(0n);
    this.#events = [];
    this.#eventBytes = 0;
    this.#lane = "live";
  }

  get #isEmpty(): boolean {
    return this.#samples.length === 0 && this.#events.length === 0;
  }

  #closeAlarm(): void {
    if (this.#options.nowMs() - this.#lastAlarmMs >= alarmSpacingMs) this.close();
  }

  #sample(from: SampleColumns, row: number): void {
    const signal = from.signal[row] ?? 0;
    const value = from.value[row] ?? Number.NaN;
    const quality = (from.quality[row] ?? Quality.reserved) as Quality;
    const offsetNs = from.offsetNs[row] ?? 0;
    if (this.#windows.takes(signal)) this.#windows.take(signal, offsetNs, value, quality);
    else if (this.#counters.takes(signal)) this.#counters.take(signal, offsetNs, value, quality);
    else this.#row(signal, offsetNs, value, quality);
  }

  readonly #row = (signal: number, offsetNs: number, value: number, quality: Quality): void => {
    const stampNs = this.#shaper.admit(signal, offsetNs, value, quality);
    if (Number.isNaN(stampNs)) return;
    const shift = this.#makeRoom(this.#baseNs, stampNs, 0);
    this.#samples.push(signal, stampNs + shift, value, quality);
  };

  #rebase(baseNs: bigint): void {
    this.#shaper.rebase(baseNs);
    if (baseNs === this.#baseNs) return;
    this.#windows.rebase(baseNs);
    this.#counters.rebase(baseNs);
    this.#baseNs = baseNs;
  }

  #event(event: MachineEvent): void {
    const novelty = this.#noveltyOf(event);
    if (novelty === "too-often") {
      this.#droppedRepeats++;
      return;
    }
    this.#makeRoom(event.timeNs, 0, maxEventBytes([event]));
    this.#events.push(event);
    if (novelty === "changed") this.#lane = "alarm";
  }

  #noveltyOf(event: MachineEvent): Dm1Novelty {
    if (event.kind === "active-dtcs") return this.#dm1(event);
    return event.kind === "dtc-change" ? "changed" : "repeated";
  }

  /** Closes the batch if a row or event does not fit into it; returns what its offset must be moved by. */
  #makeRoom(baseNs: bigint, offsetNs: number, eventBytes: number): number {
    let shift = this.#isEmpty ? 0 : Number(baseNs - this.#samples.baseNs);
    const isOutside =
      offsetNs + shift < this.#hourStartNs || offsetNs + shift >= this.#hourStartNs + 3.6e12;
    const isFull =
      this.#samples.length >= safeSampleCount || this.#eventBytes + eventBytes > maxEventsBytes;
    if (!this.#isEmpty && (isOutside || isFull)) this.close();
    if (this.#isEmpty) {
      const timeNs = baseNs + BigInt(offsetNs);
      this.#samples.reset(timeNs);
      this.#hour = floorHour(timeNs);
      this.#hourStartNs = Number(this.#hour * nsPerHour - timeNs);
      this.#openedAtMs = this.#options.nowMs();
      shift = Number(baseNs - timeNs);
    }
    this.#eventBytes += eventBytes;
    return shift;
  }

  /** Where the hour of the batch began, as an offset from its base. */
  #hourStartNs = 0;
}

/** Hours since the Unix epoch, rounded down before it too. */
function floorHour(timeNs: bigint): bigint {
  const hour = timeNs / nsPerHour;
  return timeNs < 0n && hour * nsPerHour !== timeNs ? hour - 1n : hour;
}
