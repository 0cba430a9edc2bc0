import type { Signal } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";

export type RegisterType =
  | "bool"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "float32"
  | "uint64"
  | "int64"
  | "float64";

/** Where a value lies, as a plan says it. */
export type Position = Omit<NonNullable<Signal["modbus"]>, "type" | "device"> & {
  readonly type: RegisterType;
};

/** One signal of a register map, ready to read. */
export interface RegisterSignal {
  /** Index in the machine's dictionary. */
  readonly index: number;
  readonly position: Position;
  readonly scale: number;
  readonly offset: number;
  /** Plausible range in the signal's unit; outside is `out-of-range`. */
  readonly min: number;
  readonly max: number;
}

/** A physical value; NaN unless the quality is good. */
export interface RegisterReading {
  readonly value: number;
  readonly quality: Quality;
}

/** Addresses a value takes: registers, or one bit of the two bit tables. */
export function widthOf({ type }: Pick<Position, "type">): 1 | 2 | 4 {
  switch (type) {
    case "bool":
    case "uint16":
    case "int16":
      return 1;
    case "uint32":
    case "int32":
    case "float32":
      return 2;
    case "uint64":
    case "int64":
    case "float64":
      return 4;
  }
}

/**
 * The reading of one signal; never throws. `words`: the contents of consecutive addresses, 16-bit registers or 0 and 1
 * for the bit tables; `at`: where the signal begins in them. What says not available or error is told by the raw value,
 * before scaling, compared exactly.
 */
export function decodeRegister(
  signal: RegisterSignal,
  words: ArrayLike<number>,
  at: number,
): RegisterReading {
  const { position, scale, offset, min, max } = signal;
  const raw = rawOf(position, words, at);
  if (position.notAvailable?.includes(raw)) return nothing(Quality.notAvailable);
  if (position.error?.includes(raw)) return nothing(Quality.error);
  // A float register that holds no number is a broken measurement, whatever the map says.
  if (!Number.isFinite(raw)) return nothing(Quality.error);
  const value = raw * scale + offset;
  if (value < min || value > max) return nothing(Quality.outOfRange);
  return { value, quality: Quality.good };
}

const nothing = (quality: Quality): RegisterReading => ({ value: Number.NaN, quality });

const scratch = new DataView(new ArrayBuffer(8));

/** Within a register the bytes are always big-endian; `wordOrder` orders the registers of a longer value. */
function rawOf(position: Position, words: ArrayLike<number>, at: number): number {
  const { type, bit } = position;
  if (bit !== undefined) return ((words[at] ?? 0) >>> bit) & 1;
  const width = widthOf(position);
  for (let word = 0; word < width; word++) {
    const from = position.wordOrder === "little" ? width - 1 - word : word;
    scratch.setUint16(word * 2, words[at + from] ?? 0);
  }
  switch (type) {
    case "bool":
      return (words[at] ?? 0) === 0 ? 0 : 1;
    case "uint16":
      return scratch.getUint16(0);
    case "int16":
      return scratch.getInt16(0);
    case "uint32":
      return scratch.getUint32(0);
    case "int32":
      return scratch.getInt32(0);
    case "float32":
      return scratch.getFloat32(0);
    case "uint64":
      return Number(scratch.getBigUint64(0));
    case "int64":
      return Number(scratch.getBigInt64(0));
    case "float64":
      return scratch.getFloat64(0);
  }
}
