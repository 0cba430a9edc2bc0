import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { RawFrameSignal } from "../signals-of-plan.ts";
import { type CompiledRaw, compileRaw, RawOutcome, readRaw } from "./raw-signal.ts";

/** Reads signals that are bound to whole identifiers, whatever protocol the bus speaks besides. */
export interface RawFrames {
  /** True if any signal is bound to this identifier. */
  knows(canId: number, isExtended: boolean): boolean;
  /** Appends the signals of one data frame to `into`; nothing where the identifier is not known. */
  read(
    frame: {
      readonly canId: number;
      readonly isExtended: boolean;
      readonly data: Uint8Array;
      readonly length: number;
    },
    offsetNs: number,
    into: SampleColumns,
  ): void;
  /** Signals missing because their frame was shorter than the description says. */
  readonly truncatedSignals: number;
}

export function createRawFrames(signals: readonly RawFrameSignal[]): RawFrames {
  const readers = new Map<number, readonly CompiledRaw[]>();
  for (const [key, ofId] of Map.groupBy(signals, ({ canId, isExtended }) =>
    keyOf(canId, isExtended),
  ))
    readers.set(key, ofId.map(compileRaw));
  const place = { offsetNs: 0, into: undefined as unknown as SampleColumns };
  let truncatedSignals = 0;
  return {
    knows: (canId, isExtended) => readers.has(keyOf(canId, isExtended)),
    read({ canId, isExtended, data, length }, offsetNs, into) {
      const raws = readers.get(keyOf(canId, isExtended));
      if (raws === undefined) return;
      place.offsetNs = offsetNs;
      place.into = into;
      for (let at = 0; at < raws.length; at++)
        if (readRaw(raws[at] as CompiledRaw, data, length, place) === RawOutcome.truncated)
          truncatedSignals++;
    },
    get truncatedSignals() {
      return truncatedSignals;
    },
  };
}

/** Identifiers of 11 bits below zero, so that both kinds share one table of small integers. */
const keyOf = (canId: number, isExtended: boolean): number => (isExtended ? canId : -1 - canId);
