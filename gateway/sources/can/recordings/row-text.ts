import type { RecordingFrame } from "../recording-frame.ts";

/** Units in which a recording may tell time, with the decimals that are left down to a nanosecond. */
export const timeUnits = { s: 9, ms: 6, us: 3 } as const;
export type TimeUnit = keyof typeof timeUnits;

const nanosPerSecond = 1_000_000_000n;
/** Interfaces are a handful; a broken file must not fill the memory with names. */
const mostBuses = 64;

/** Bytes of a line as text; what is not ASCII stays one character per byte. */
export const rowText = (bytes: Uint8Array, from: number, until: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, until - from).toString("latin1");

/** A decimal number of a unit in nanoseconds, exact; further decimals are cut off. Undefined if it is none. */
export function toNanos(text: string, unit: TimeUnit): bigint | undefined {
  const match = /^([+-]?)(\d{1,18})(?:[.,](\d*))?$/.exec(text);
  if (match === null) return undefined;
  const decimals = timeUnits[unit];
  const fraction = (match[3] ?? "").padEnd(decimals, "0").slice(0, decimals);
  const nanos = BigInt(`${match[2]}${fraction}`);
  return match[1] === "-" ? -nanos : nanos;
}

/** Empties the frame for the next row; the stamp is `timeNs`, or none. */
export function beginFrame(frame: RecordingFrame, bus: string, timeNs: bigint | undefined): void {
  frame.hasStamp = timeNs !== undefined;
  const ns = timeNs ?? 0n;
  const nanos = ((ns % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  frame.stampSeconds = Number((ns - nanos) / nanosPerSecond);
  frame.stampNanos = Number(nanos);
  frame.bus = bus;
  frame.canId = 0;
  frame.isExtended = false;
  frame.isRemote = false;
  frame.isError = false;
  frame.isFd = false;
  frame.length = 0;
}

/** A number without sign; undefined if the text is none in this base. */
export function toWhole(text: string | undefined, base: 10 | 16): number | undefined {
  const pattern = base === 16 ? /^[0-9a-f]{1,8}$/i : /^\d{1,10}$/;
  return text !== undefined && pattern.test(text) ? Number.parseInt(text, base) : undefined;
}

const widestId = 0x1fffffff;
const widestStandardId = 0x7ff;

/** False if the number does not fit the kind of identifier. */
export function putId(frame: RecordingFrame, id: number, isExtended: boolean): boolean {
  frame.canId = id;
  frame.isExtended = isExtended;
  return id <= (isExtended ? widestId : widestStandardId);
}

/** Names of interfaces, at most 64 different ones. */
export function createBusNames() {
  const names = new Map<string, string>();
  return (name: string): string | undefined => {
    const known = names.get(name);
    if (known !== undefined || names.size >= mostBuses || name === "") return known;
    names.set(name, name);
    return name;
  };
}

/** Channels count from 1 in these formats, interfaces from 0: channel 1 is `can0`. */
export const busOfChannel = (channel: number): string | undefined => channelNames[channel - 1];
const channelNames = Array.from({ length: mostBuses }, (_, at) => `can${at}`);
