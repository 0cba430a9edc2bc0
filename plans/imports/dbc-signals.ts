import type { Signal } from "../plan-schema.ts";
import { conditionsOf, type ResolvedCondition } from "./check-dbc.ts";
import type { Dbc, DbcMessage, DbcSignal } from "./dbc.ts";
import type { ImportedSignal } from "./imported-signal.ts";

type Coding = NonNullable<NonNullable<Signal["can"]>["coding"]>;

/** First PDU format whose groups are broadcast; below it the low byte of the group is a destination. */
const firstPdu2Format = 240;

export interface DbcOptions {
  readonly bus?: string;
  /** Absent: as the file says of each message. */
  readonly anySource?: boolean;
}

/**
 * The signals of a DBC as places on a bus. A message of J1939 is bound to its parameter group, from any source address;
 * one with an SPN is a J1939 parameter like those of the standard, error codes included.
 */
export const dbcSignals = ({ messages }: Dbc, options: DbcOptions): ImportedSignal[] =>
  messages.flatMap((message) =>
    message.signals.map((signal) => ({
      name: signal.name,
      owner: message.name,
      line: signal.line,
      unit: signal.hasValueNames && signal.unit === "" ? "enum" : signal.unit,
      title: (signal.comment || signal.name).replaceAll(/\s+/g, " ").trim().slice(0, 200),
      scale: signal.scale,
      offset: signal.offset,
      range: rangeOf(signal),
      source: `message ${message.name}`,
      place: placeOf(message, signal, options),
    })),
  );

function placeOf(
  message: DbcMessage,
  signal: DbcSignal,
  { bus, anySource }: DbcOptions,
): ImportedSignal["place"] {
  const isGroup = message.isExtended && (anySource ?? message.isJ1939);
  const found = conditionsOf(message, signal);
  const conditions = typeof found === "string" ? [] : found;
  const coding = isGroup ? codingOf(signal) : "plain";
  const onBus = bus === undefined ? {} : { bus };
  const { spn, startBit, bits } = signal;
  if (isGroup && spn > 0 && coding !== "plain" && conditions.length === 0)
    return {
      j1939: {
        ...onBus,
        spn,
        pgn: groupOf(message.id),
        startByte: (startBit >>> 3) + 1,
        startBit: (startBit & 7) + 1,
        bits,
        coding,
      },
    };
  const address = isGroup
    ? { pgn: groupOf(message.id) }
    : { id: message.id, ...(message.isExtended && message.id <= 0x7ff ? { extended: true } : {}) };
  return {
    can: {
      ...onBus,
      ...address,
      ...(spn > 0 ? { spn } : {}),
      ...fieldOf(signal),
      ...(signal.isSigned && !signal.isFloat ? { signed: true } : {}),
      ...(signal.isFloat ? { float: true } : {}),
      ...(coding === "plain" ? {} : { coding }),
      ...(conditions.length === 0 ? {} : { mux: conditions.map(muxOf) }),
    },
  };
}

const fieldOf = ({ startBit, bits, byteOrder }: DbcSignal) => ({ startBit, bits, byteOrder });
const muxOf = ({ on, values }: ResolvedCondition) => ({
  ...fieldOf(on),
  values: values.map(([from, to]) => [from, to]),
});

/**
 * Which raw values of a J1939 signal are no number, where the file does not say it: those of the standard for a
 * parameter with an SPN, and for any other that leaves the top of its raw range free.
 */
function codingOf(signal: DbcSignal): Coding {
  const { isSigned, isFloat, bits, byteOrder, spn, scale, offset, max, unit } = signal;
  if (isSigned || isFloat || bits > 32 || byteOrder === "big") return "plain";
  const top = (2 ** bits - 1) * scale + offset;
  const isTopFree = bits > 1 && !hasNoRange(signal) && scale > 0 && max < top;
  if (spn === 0 && !isTopFree) return "plain";
  if (unit === "SA") return "address";
  return unit === "" && scale === 1 && offset === 0 ? "state" : "analog";
}

const hasNoRange = ({ min, max }: DbcSignal): boolean => min >= max;

/** As the file says, or all that the field can hold. */
function rangeOf(signal: DbcSignal): readonly [number, number] {
  const { min, max, bits, isSigned, isFloat, scale, offset } = signal;
  if (!hasNoRange(signal)) return [min, max];
  if (isFloat) return [-Number.MAX_VALUE, Number.MAX_VALUE];
  const least = isSigned ? -(2 ** (bits - 1)) : 0;
  const greatest = isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const ends = [least * scale + offset, greatest * scale + offset].toSorted((a, b) => a - b);
  return [ends[0] ?? 0, ends[1] ?? 0];
}

function groupOf(id: number): number {
  const group = (id >>> 8) & 0x3ffff;
  return ((id >>> 16) & 0xff) < firstPdu2Format ? group & 0x3ff00 : group;
}
