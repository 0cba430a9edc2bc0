import type { NmeaField } from "@firebreak/plans/nmea-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { TimeOffer } from "../../clock/clock-judge.ts";
import { doubtOfGnss } from "../../clock/plausible-time.ts";
import { fixOf, type GnssFix } from "./gnss.ts";
import { createLineCutter, parseSentence } from "./sentence.ts";

/** One signal that a receiver gives; a field may serve several. */
export interface GnssSignal {
  readonly index: number;
  readonly field: NmeaField;
  readonly min: number;
  readonly max: number;
}

export interface GnssReaderOptions {
  readonly signals: readonly GnssSignal[];
  readonly onTime?: ((offer: TimeOffer) => void) | undefined;
}

/** What another sentence said so long ago no longer belongs to this one. */
const togetherMs = 5_000;

/**
 * From the bytes of a receiver to samples. Several sentences give the same field; the first one that did goes on giving
 * it, so that each field comes once a second. Noise is counted and nothing else.
 */
export class GnssReader {
  readonly counts = { sentences: 0, badSentences: 0, fixes: 0, noFix: 0, overlong: 0 };
  readonly #options: GnssReaderOptions;
  readonly #cutter = createLineCutter((line) => this.#line(line));
  readonly #giver = new Map<NmeaField, string>();
  #into: SampleColumns | undefined;
  #nowMs = 0;
  #satellites: { readonly count: number; readonly atMs: number } | undefined;
  #hasFix = false;

  constructor(options: GnssReaderOptions) {
    this.#options = options;
  }

  /** True once the receiver said that it has a position, until it says that it has none. */
  get hasFix(): boolean {
    return this.#hasFix;
  }

  /** Appends what the bytes say, at the base of the columns. `nowMs`: a clock that only grows. */
  feed(bytes: Uint8Array, nowMs: number, into: SampleColumns): void {
    this.#into = into;
    this.#nowMs = nowMs;
    this.#cutter.feed(bytes);
    this.counts.overlong = this.#cutter.overlong;
  }

  /** Nothing more comes: another sentence may give each field next time. */
  forget(): void {
    this.#giver.clear();
    this.#satellites = undefined;
    this.#hasFix = false;
  }

  #line(line: string): void {
    const sentence = parseSentence(line);
    if (typeof sentence === "string") {
      this.counts.badSentences++;
      return;
    }
    this.counts.sentences++;
    const fix = fixOf(sentence);
    if (fix === undefined) return;
    if (fix.satellites !== undefined)
      this.#satellites = { count: fix.satellites, atMs: this.#nowMs };
    this.#give(fix, sentence.type);
    if (sentence.type !== "RMC") return;
    this.#state(fix.isValid);
    if (fix.timeMs !== undefined) this.#tellTime(fix.timeMs, fix.isValid);
  }

  #give(fix: GnssFix, type: string): void {
    for (const { index, field, min, max } of this.#options.signals) {
      const value = fix[field];
      if (value === undefined) continue;
      const giver = this.#giver.get(field) ?? type;
      if (giver !== type) continue;
      this.#giver.set(field, type);
      const isInside = value >= min && value <= max;
      this.#into?.push(index, 0, value, isInside ? Quality.good : Quality.outOfRange);
    }
  }

  /** A fix that was lost is said once for every value that comes with one. */
  #state(isValid: boolean): void {
    if (isValid) this.counts.fixes++;
    else this.counts.noFix++;
    if (this.#hasFix && !isValid)
      for (const { index, field } of this.#options.signals)
        if (field !== "satellites") this.#into?.push(index, 0, Number.NaN, Quality.notAvailable);
    this.#hasFix = isValid;
  }

  #tellTime(utcMs: number, isValid: boolean): void {
    const isFresh = this.#satellites && this.#nowMs - this.#satellites.atMs <= togetherMs;
    const satellites = isFresh ? this.#satellites?.count : undefined;
    const doubt = doubtOfGnss({ timeMs: utcMs, isValid, satellites });
    this.#options.onTime?.({ from: "gnss", utcMs, doubt });
  }
}
