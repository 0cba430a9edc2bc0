import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";

/** By signal the row of its newest sample in a batch, or -1. One buffer, filled again with each batch. */
export class NewestRows {
  #rows = new Int32Array(64);

  of({ length, signal, offsetNs }: SampleColumns, signals: number): Int32Array {
    if (this.#rows.length < signals) this.#rows = new Int32Array(signals);
    const newest = this.#rows.fill(-1, 0, signals);
    for (let row = 0; row < length; row++) {
      const index = signal[row] ?? 0;
      const before = newest[index] ?? -1;
      if (before < 0 || (offsetNs[row] ?? 0) >= (offsetNs[before] ?? 0)) newest[index] = row;
    }
    return newest;
  }
}
