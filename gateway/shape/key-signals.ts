import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { SnapshotValue } from "@firebreak/wire/machine-event.ts";
import type { Quality } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** How many signals a snapshot has where the plan does not name them: the first of the plan. */
const unnamedCount = 12;
const none = -1;

/** The newest value of each key signal of a plan, for the snapshot of what goes wrong. Allocates nothing per sample. */
export class KeySignals {
  /** Place among the key signals by index in the dictionary; -1 for all others. */
  readonly #placeOf: Int16Array;
  readonly #signals: readonly number[];
  readonly #timeNs: BigInt64Array;
  readonly #value: Float64Array;
  readonly #quality: Uint8Array;
  readonly #isKnown: Uint8Array;

  constructor({ keySignals }: Acquisition, { signals }: SignalDictionary) {
    const names = keySignals ?? signals.slice(0, unnamedCount).map(({ name }) => name);
    this.#signals = names
      .map((name) => signals.findIndex((signal) => signal.name === name))
      .filter((index) => index >= 0);
    this.#placeOf = new Int16Array(signals.length).fill(none);
    for (const [place, index] of this.#signals.entries()) this.#placeOf[index] = place;
    const count = this.#signals.length;
    this.#timeNs = new BigInt64Array(count);
    this.#value = new Float64Array(count);
    this.#quality = new Uint8Array(count);
    this.#isKnown = new Uint8Array(count);
  }

  get count(): number {
    return this.#signals.length;
  }

  /** Takes note of one row, if it is a key signal's. */
  note(samples: SampleColumns, row: number): void {
    const place = this.#placeOf[samples.signal[row] ?? 0] ?? none;
    if (place === none) return;
    this.#timeNs[place] = samples.timeNs(row);
    this.#value[place] = samples.value[row] ?? Number.NaN;
    this.#quality[place] = samples.quality[row] ?? 0;
    this.#isKnown[place] = 1;
  }

  /** What is known at this moment, in the plan's order; a signal that was never heard is left out. */
  snapshot(timeNs: bigint): SnapshotValue[] {
    return this.#signals.flatMap((signal, place) => {
      if (this.#isKnown[place] === 0) return [];
      const agoNs = timeNs - (this.#timeNs[place] ?? timeNs);
      return [
        {
          signal,
          value: this.#value[place] ?? Number.NaN,
          quality: (this.#quality[place] ?? 0) as Quality,
          ageMs: agoNs > 0n ? Math.round(Number(agoNs) / 1e6) : 0,
        },
      ];
    });
  }
}
