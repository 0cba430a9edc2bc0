import type { Signal } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import type { AuxiliaryRegister } from "./auxiliary-register.ts";

/** Where a value lies, as a plan says it. */
export type Position = Omit<NonNullable<Signal["modbus"]>, "device">;
export type RegisterType = Position["type"];

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
  /** The register that says with what, or in which unit, the value is scaled; shared by its signals. */
  readonly auxiliary?: AuxiliaryRegister;
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
  const { position, min, max } = signal;
  load(position, words, at);
  const code = topCodeOf(position);
  if (code !== undefined) return nothing(code);
  const raw = fieldOf(position, numberOf(position.type));
  if (position.notAvailable?.includes(raw)) return nothing(Quality.notAvailable);
  if (position.error?.includes(raw)) return nothing(Quality.error);
  if (position.outOfRange?.includes(raw)) return nothing(Quality.outOfRange);
  // A float register that holds no number is a broken measurement, whatever the map says.
  if (!Number.isFinite(raw)) return nothing(Quality.error);
  const value = physical(signal, raw);
  // What it is scaled with is not known: the device did not give it, or gave a value that the plan does not know.
  if (Number.isNaN(value)) return nothing(Quality.error);
  if (value < min || value > max) return nothing(Quality.outOfRange);
  return { value, quality: Quality.good };
}

const nothing = (quality: Quality): RegisterReading => ({ value: Number.NaN, quality });

const meanings = {
  "not-available": Quality.notAvailable,
  error: Quality.error,
  reserved: Quality.reserved,
  "out-of-range": Quality.outOfRange,
} as const;

const scratch = new DataView(new ArrayBuffer(8));

/** Puts the value's bytes into the scratch, in the order of the standard. */
function load(position: Position, words: ArrayLike<number>, at: number): void {
  const width = widthOf(position);
  const isSwapped = position.byteOrder === "little";
  for (let word = 0; word < width; word++) {
    const from = position.wordOrder === "little" ? width - 1 - word : word;
    scratch.setUint16(word * 2, words[at + from] ?? 0, isSwapped);
  }
}

/** What the value says if it is one of the highest codes of its type, else undefined. */
function topCodeOf({ type, topCodes, bit }: Position): Quality | undefined {
  if (topCodes === undefined || bit !== undefined) return undefined;
  const below = belowHighest(type);
  const meaning = topCodes[below];
  return meaning === undefined ? undefined : meanings[meaning];
}

/** How far the value lies below the highest of its type; exact for what is near. */
function belowHighest(type: RegisterType): number {
  switch (type) {
    case "uint16":
      return 0xffff - scratch.getUint16(0);
    case "int16":
      return 0x7fff - scratch.getInt16(0);
    case "uint32":
      return 0xffff_ffff - scratch.getUint32(0);
    case "int32":
      return 0x7fff_ffff - scratch.getInt32(0);
    case "uint64":
    case "int64": {
      const high = type === "uint64" ? 0xffff_ffff : 0x7fff_ffff;
      return scratch.getUint32(0) === high ? 0xffff_ffff - scratch.getUint32(4) : -1;
    }
    case "bool":
    case "float32":
    case "float64":
      return -1;
  }
}

const twoTo32 = 4_294_967_296;

/** The number of the scratch. 64-bit integers beyond 2^53 are rounded. */
function numberOf(type: RegisterType): number {
  switch (type) {
    case "bool":
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
      return scratch.getUint32(0) * twoTo32 + scratch.getUint32(4);
    case "int64":
      return scratch.getInt32(0) * twoTo32 + scratch.getUint32(4);
    case "float64":
      return scratch.getFloat64(0);
  }
}

/** The bits of the value that belong to the signal. */
function fieldOf({ type, bit, bits = 1 }: Position, raw: number): number {
  if (bit !== undefined) return Math.floor(raw / 2 ** bit) % 2 ** bits;
  return type === "bool" ? Math.min(raw, 1) : raw;
}

function physical({ scale, offset, auxiliary }: RegisterSignal, raw: number): number {
  if (auxiliary === undefined) return raw * scale + offset;
  const { cases, value } = auxiliary;
  if (cases === undefined)
    return Math.abs(value) <= 30 ? raw * 10 ** value * scale + offset : Number.NaN;
  const now = cases.get(value);
  return now === undefined ? Number.NaN : raw * now.scale + now.offset;
}
