import { Quality } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { readBitsLe } from "../../../decode/bit-field.ts";
import type { SpnKind } from "./spn-facts.ts";

/** One signal to decode. `startByte` and `startBit` count from 1, as the standard prints them. */
export interface J1939Signal {
  /** Index that goes into the columns with every sample of this signal. */
  readonly index: number;
  readonly pgn: number;
  /** Source address it is taken from; absent = from any. */
  readonly sa?: number;
  readonly startByte: number;
  readonly startBit: number;
  /** 1 to 32. */
  readonly bits: number;
  readonly scale: number;
  readonly offset: number;
  /** Operational range in the signal's unit; a value outside is `out-of-range`. */
  readonly min: number;
  readonly max: number;
  readonly kind: SpnKind;
}

/** Raw values from each limit on, up to the next one, are: reserved, error, not available. */
export interface RawLimits {
  readonly reserved: number;
  readonly error: number;
  readonly notAvailable: number;
}

/** A signal made ready for the hot path; all of one shape, so that the reader below stays fast. */
export interface CompiledSpn extends RawLimits {
  readonly index: number;
  /** 0-based. */
  readonly start: number;
  readonly shift: number;
  readonly bits: number;
  /** Payload bytes the message must have for this signal to be in it. */
  readonly neededBytes: number;
  /** 1, 2, 4: whole bytes; 0: any other bit field. */
  readonly wholeBytes: 0 | 1 | 2 | 4;
  readonly scale: number;
  readonly offset: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Which raw values are no number.
 * @see SAE J1939-71, transmitted signal ranges. Whole bytes: the top byte decides (FB parameter specific, FC-FD
 * reserved, FE error, FF not available), and so do the top eight bits of 12, 20 and 28. Other analog widths from four
 * bits on have one code each at the top (10 bits: 3FB, 3FC-3FD, 3FE, 3FF). States, whole-byte enumerations included,
 * only have error and not available. Addresses only have 255: 254 is the null address.
 */
export function rawLimits(kind: SpnKind, bits: number): RawLimits {
  const end = 2 ** bits;
  if (bits === 1) return { reserved: end, error: end, notAvailable: end };
  if (kind === "address") return { reserved: end - 1, error: end - 1, notAvailable: end - 1 };
  if (kind === "state" || bits < 4)
    return { reserved: end - 2, error: end - 2, notAvailable: end - 1 };
  const step = bits >= 8 && bits % 4 === 0 ? 2 ** (bits - 8) : 1;
  return { reserved: end - 5 * step, error: end - 2 * step, notAvailable: end - step };
}

export function compileSpn(signal: J1939Signal): CompiledSpn {
  const { index, startByte, startBit, bits, scale, offset, min, max, kind } = signal;
  const shift = startBit - 1;
  const isWhole = shift === 0 && (bits === 8 || bits === 16 || bits === 32);
  return {
    index,
    start: startByte - 1,
    shift,
    bits,
    neededBytes: startByte - 1 + ((shift + bits + 7) >>> 3),
    wholeBytes: isWhole ? ((bits / 8) as 1 | 2 | 4) : 0,
    ...rawLimits(kind, bits),
    scale,
    offset,
    min,
    max,
  };
}

/**
 * Appends one sample of `spn` to `into`; called for every signal of every message, so it allocates nothing. The
 * payload holds at least `neededBytes`. Never throws: bad data is a quality, decided on the raw value before scaling.
 */
export function readSpn(
  spn: CompiledSpn,
  payload: Uint8Array,
  offsetNs: number,
  into: SampleColumns,
): void {
  const raw = rawOf(spn, payload);
  if (raw >= spn.reserved) {
    const quality =
      raw >= spn.notAvailable
        ? Quality.notAvailable
        : raw >= spn.error
          ? Quality.error
          : Quality.reserved;
    into.push(spn.index, offsetNs, Number.NaN, quality);
    return;
  }
  const value = raw * spn.scale + spn.offset;
  const isInRange = value >= spn.min && value <= spn.max;
  into.push(spn.index, offsetNs, value, isInRange ? Quality.good : Quality.outOfRange);
}

function rawOf(spn: CompiledSpn, payload: Uint8Array): number {
  const { start } = spn;
  const first = payload[start] ?? 0;
  switch (spn.wholeBytes) {
    case 1:
      return first;
    case 2:
      return first | ((payload[start + 1] ?? 0) << 8);
    case 4:
      return (
        (first |
          ((payload[start + 1] ?? 0) << 8) |
          ((payload[start + 2] ?? 0) << 16) |
          ((payload[start + 3] ?? 0) << 24)) >>>
        0
      );
    case 0:
      return readBitsLe(payload, spn);
  }
}
