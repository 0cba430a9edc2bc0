import type { Clock } from "@firebreak/kit/clock.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SourceEvent } from "../decode/source-event.ts";
import type { Intake } from "../sources/source.ts";
import type { ClockJudge } from "./clock-judge.ts";

/** What waits for its time: rows stamped by one wrong clock, and the events that came with the last of them. */
interface Held {
  readonly samples: SampleColumns;
  readonly events: readonly SourceEvent[];
  /** The wrong clock minus the one that only grows, ms: what its stamps count from. */
  readonly wrongBy: number;
}

const maxChunkRows = 4_096;
/** The same clock, read twice, differs by less. */
const sameClockMs = 500;
/** What a source was still collecting when its clock was set comes within this time. */
const collectedMs = 60_000;
/** 20 minutes of 600 samples a second, about 14 MB. */
const defaultMaxRows = 720_000;

/**
 * Holds back what is read while nobody knows the time, and gives it its true time later, once and in order: the clock
 * that only grows says how long ago each row was read. While the system clock is possible everything passes untouched.
 * What is held lies in memory: after a power cut nobody could say any more when it was.
 */
export class TimeGate {
  readonly #judge: Pick<ClockJudge, "correctionMs">;
  readonly #clock: Clock;
  readonly #maxRows: number;
  readonly #intake: Intake;
  #held: Held[] = [];
  #heldRows = 0;
  #lostRows = 0;
  /** The wrong clock of the newest that was held, minus the one that only grows, ms. */
  #wrongBy: number | undefined;

  constructor(
    intake: Intake,
    options: {
      readonly judge: Pick<ClockJudge, "correctionMs">;
      readonly clock: Clock;
      readonly maxRows?: number;
    },
  ) {
    this.#intake = intake;
    this.#judge = options.judge;
    this.#clock = options.clock;
    this.#maxRows = options.maxRows ?? defaultMaxRows;
  }

  /** Samples that wait for their time, and those given up because too many did. */
  get counts(): { readonly heldRows: number; readonly lostRows: number } {
    return { heldRows: this.#heldRows, lostRows: this.#lostRows };
  }

  readonly intake: Intake = {
    deliver: (samples, events) => {
      const correctionMs = this.#judge.correctionMs();
      if (correctionMs === undefined) {
        this.#hold(samples, events);
        return;
      }
      this.release();
      this.#pass(samples, events, this.#byFor(samples, events, correctionMs));
    },
    whenRoom: () => this.#intake.whenRoom(),
  };

  /** Hands on what waited, if the time is known by now. */
  release(): void {
    if (this.#held.length === 0) return;
    const correctionMs = this.#judge.correctionMs();
    if (correctionMs === undefined) return;
    const trueBy = this.#clockBy() + correctionMs;
    const held = this.#held;
    this.#held = [];
    this.#heldRows = 0;
    for (const { samples, events, wrongBy } of held) this.#pass(samples, events, trueBy - wrongBy);
  }

  /** What was still stamped by the wrong clock, although it comes now that the clock is right, is moved like all before. */
  #byFor(samples: SampleColumns, events: readonly SourceEvent[], correctionMs: number): number {
    if (this.#wrongBy === undefined) return correctionMs;
    const stampNs = samples.length > 0 ? samples.timeNs(samples.length - 1) : events[0]?.timeNs;
    const wrongMs = this.#clock.monotonicMs() + this.#wrongBy;
    const isWrong = Math.abs(Number((stampNs ?? 0n) / 1_000_000n) - wrongMs) < collectedMs;
    return isWrong ? this.#clockBy() + correctionMs - this.#wrongBy : correctionMs;
  }

  #clockBy(): number {
    return this.#clock.nowMs() - this.#clock.monotonicMs();
  }

  #pass(samples: SampleColumns, events: readonly SourceEvent[], byMs: number): void {
    if (byMs === 0) {
      this.#intake.deliver(samples, events);
      return;
    }
    const byNs = BigInt(Math.round(byMs)) * 1_000_000n;
    const { baseNs } = samples;
    samples.baseNs = baseNs + byNs;
    this.#intake.deliver(
      samples,
      events.map((event) => ({ ...event, timeNs: event.timeNs + byNs })),
    );
    // The columns belong to the source, which goes on counting from where it did.
    samples.baseNs = baseNs;
  }

  #hold(samples: SampleColumns, events: readonly SourceEvent[]): void {
    const wrongBy = this.#clockBy();
    this.#wrongBy = wrongBy;
    const last = this.#held.at(-1);
    const isOpen =
      last !== undefined &&
      last.events.length === 0 &&
      last.samples.length + samples.length <= maxChunkRows &&
      Math.abs(last.wrongBy - wrongBy) < sameClockMs;
    // Events close a chunk: they must meet the values that were there before them.
    const into = isOpen ? last.samples : new SampleColumns(samples.baseNs, 64);
    const shift = Number(samples.baseNs - into.baseNs);
    for (let row = 0; row < samples.length; row++)
      into.push(
        samples.signal[row] ?? 0,
        (samples.offsetNs[row] ?? 0) + shift,
        samples.value[row] ?? Number.NaN,
        (samples.quality[row] ?? 3) as Parameters<SampleColumns["push"]>[3],
      );
    if (isOpen && events.length > 0) this.#held[this.#held.length - 1] = { ...last, events };
    if (!isOpen) this.#held.push({ samples: into, events, wrongBy });
    this.#heldRows += samples.length;
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#heldRows > this.#maxRows && this.#held.length > 1) {
      const rows = this.#held.shift()?.samples.length ?? 0;
      this.#heldRows -= rows;
      this.#lostRows += rows;
    }
  }
}
