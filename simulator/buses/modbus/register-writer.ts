import type { Acquisition, Signal } from "@firebreak/plans/plan-schema.ts";
import type { SignalValues } from "../bus-input.ts";
import type { Position, RegisterImage } from "./register-image.ts";
import { codeFor, integerOf, nearest, type Raw, widthOf, wordsOf } from "./register-value.ts";

/** A register that others are scaled by: an exponent of ten, or the unit that the device speaks. */
interface Auxiliary {
  readonly table: Position["table"];
  readonly address: number;
  readonly word: number;
  readonly scale: number;
  readonly offset: number;
}

/** Puts one signal's value into a device's registers. */
interface RegisterWriter {
  readonly name: string;
  readonly position: Position;
  /** Of the raw number, whatever the device scales with. */
  readonly scale: number;
  readonly offset: number;
}

/** Exponents that a device may hold. @see gateway: beyond 30 it is no exponent; ten is enough for any unit */
const largestExponent = 10;

/** Puts the signals of one device of a plan into its registers, each time that something was measured. */
export class RegisterWriters {
  readonly #writers: readonly RegisterWriter[];
  readonly #image: RegisterImage;

  /** Fills `image` with what never changes, and with values that nobody has measured yet. */
  constructor({ signals }: Acquisition, device: string, image: RegisterImage) {
    this.#image = image;
    this.#writers = Object.entries(signals).flatMap(([name, signal]) => {
      const { modbus: position } = signal;
      if (position?.device !== device) return [];
      const auxiliary = auxiliaryOf(signal, position);
      if (auxiliary) image.put(auxiliary.table, auxiliary.address, auxiliary.word & 0xffff);
      const { scale, offset } = auxiliary ?? signal;
      for (let at = 0; at < placesOf(position); at++)
        image.put(position.table, position.address + at, 0);
      return [{ name, position, scale, offset }];
    });
    this.update({});
  }

  update(values: SignalValues): void {
    for (const writer of this.#writers) this.#write(writer, values[writer.name]);
  }

  #write(writer: RegisterWriter, value: number | null | undefined): void {
    const { position } = writer;
    const raw = rawOf(writer, value);
    if (raw === undefined) return;
    const { table, address, bit, bits = 1 } = position;
    if (isOfBits(table)) {
      this.#image.put(table, address, raw ? 1 : 0);
      return;
    }
    const whole = bit === undefined ? raw : this.#withField(position, bit, bits, Number(raw));
    for (const [at, word] of wordsOf(position, whole).entries())
      this.#image.put(table, address + at, word);
  }

  /** The register with one of its fields changed; other signals have the rest. */
  #withField(position: Position, bit: number, bits: number, raw: number): number {
    const { table, address } = position;
    const width = widthOf(position.type);
    let before = 0;
    const ordered = Array.from({ length: width }, (_, at) => {
      const from = position.wordOrder === "little" ? width - 1 - at : at;
      const word = this.#image.at(table, address + from) ?? 0;
      return position.byteOrder === "little" ? ((word & 0xff) << 8) | (word >> 8) : word;
    });
    for (const word of ordered) before = before * 0x10000 + word;
    const step = 2 ** bit;
    const present = Math.floor(before / step) % 2 ** bits;
    return before + (raw - present) * step;
  }
}

const isOfBits = (table: Position["table"]): boolean => table === "coil" || table === "discrete";

const placesOf = ({ table, type }: Position): number => (isOfBits(table) ? 1 : widthOf(type));

/** Undefined where the register cannot say it, so that what was there stays, as in a device that knows no better. */
function rawOf(
  { position, scale, offset }: RegisterWriter,
  value: number | null | undefined,
): Raw | undefined {
  const isFloat = integerOf(position.type) === undefined;
  if (value === null || value === undefined)
    return codeFor(position, "not-available") ?? (isFloat ? Number.NaN : undefined);
  if (Number.isNaN(value))
    return (
      codeFor(position, "error") ??
      codeFor(position, "not-available") ??
      (isFloat ? Number.NaN : undefined)
    );
  const { raw, isBeyond } = nearest(position, (value - offset) / scale);
  return isBeyond ? (codeFor(position, "out-of-range") ?? raw) : raw;
}

/** The device speaks in the first of the units that it knows, and scales so that the signal's range just fits. */
function auxiliaryOf(signal: Signal, position: Position): Auxiliary | undefined {
  const { unitSwitch, scaleRegister } = position;
  if (unitSwitch) {
    const [unit, conversion] = Object.entries(unitSwitch.cases)[0] ?? [];
    const { table, address } = unitSwitch;
    return conversion && { table, address, word: Number(unit), ...conversion };
  }
  if (scaleRegister === undefined) return undefined;
  const exponent = exponentFor(signal, position);
  const { table, address } = scaleRegister;
  return {
    table,
    address,
    word: exponent,
    scale: signal.scale * 10 ** exponent,
    offset: signal.offset,
  };
}

function exponentFor({ range, scale, offset }: Signal, position: Position): number {
  const integer = integerOf(position.type);
  if (integer === undefined) return 0;
  const largest = Math.max(...range.map((limit) => Math.abs((limit - offset) / scale)), 1);
  const room = 2 ** (integer.bits - (integer.isSigned ? 1 : 0)) - 16;
  const wanted = Math.ceil(Math.log10(largest / room));
  // An unsigned exponent cannot make the steps finer.
  const finest = position.scaleRegister?.type === "uint16" ? 0 : -largestExponent;
  return Math.min(largestExponent, Math.max(finest, wanted));
}
