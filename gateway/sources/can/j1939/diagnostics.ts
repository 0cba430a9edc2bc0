import type { DiagnosticCommand, Dtc } from "@firebreak/wire/machine-event.ts";
import { type ConversionMethod, decodeDtc } from "./dm1.ts";

/** Messages with the layout of DM1, and what their codes are. @see SAE J1939-73 */
export const dtcListOfPgn: ReadonlyMap<number, DtcListName> = new Map([
  [65227, "previously-active"], // DM2
  [65231, "pending"], // DM6
  [65236, "emission-related"], // DM12
]);
export type DtcListName = "previously-active" | "pending" | "emission-related";

export const freezeFramesPgn = 65229; // DM4
export const readinessPgn = 65230; // DM5
const clearPreviouslyActivePgn = 65228; // DM3
const clearActivePgn = 65235; // DM11
export const broadcastControlPgn = 57088; // DM13

/** The command in a request for this PGN, if it is one: DM3 and DM11 are orders given by asking for them. */
export function commandOfRequest(pgn: number): DiagnosticCommand | undefined {
  if (pgn === clearActivePgn) return "clear-active";
  return pgn === clearPreviouslyActivePgn ? "clear-previously-active" : undefined;
}

/** The PGN that a request (3 bytes) asks for; undefined if it is shorter. */
export function requestedPgn(payload: Uint8Array, length: number): number | undefined {
  if (length < 3) return undefined;
  return (payload[0] ?? 0) | ((payload[1] ?? 0) << 8) | (((payload[2] ?? 0) & 3) << 16);
}

/**
 * What a DM13 orders for the network it is sent on; undefined where it leaves it as it is.
 * @see SAE J1939-73, DM13 byte 1: bits 8-7 this data link, 2-1 J1939 network 1; 00 stop, 01 start, 11 no action
 */
export function commandOfDm13(payload: Uint8Array, length: number): DiagnosticCommand | undefined {
  if (length < 1) return undefined;
  const orders = [(payload[0] ?? 0) >>> 6, (payload[0] ?? 0) & 3];
  if (orders.includes(0)) return "stop-broadcast";
  return orders.includes(1) ? "start-broadcast" : undefined;
}

/** What a control unit kept when a code became active; null where it says not available or error. */
export interface FreezeFrame {
  readonly dtc: Dtc;
  readonly boostKpa: number | null;
  readonly engineSpeedRpm: number | null;
  readonly engineLoadPercent: number | null;
  readonly coolantTemperatureC: number | null;
  readonly vehicleSpeedKmh: number | null;
  /** What follows is the maker's own. */
  readonly extra: Uint8Array;
}

/** DTC, torque mode, boost, engine speed, load, coolant temperature and vehicle speed. */
const freezeFrameBytes = 12;
const mostFreezeFrames = 64;

/**
 * The freeze frames of a DM4, each led by its length; what is cut off or of another shape ends the list.
 * @see SAE J1939-73, DM4: length, DTC (4 bytes), SPN 899, 102, 190 (2 bytes), 92, 110, 84 (2 bytes), maker's own
 */
export function decodeDm4(
  payload: Uint8Array,
  length: number,
  method: ConversionMethod = 4,
): FreezeFrame[] {
  const frames: FreezeFrame[] = [];
  for (let at = 0; at < length && frames.length < mostFreezeFrames; ) {
    const size = payload[at] ?? 0;
    const from = at + 1;
    if (size < freezeFrameBytes || from + size > length) break;
    frames.push({
      dtc: decodeDtc(payload, from, method),
      boostKpa: physicalAt(payload, from + 5, { bytes: 1, scale: 2, offset: 0 }),
      engineSpeedRpm: physicalAt(payload, from + 6, { bytes: 2, scale: 0.125, offset: 0 }),
      engineLoadPercent: physicalAt(payload, from + 8, { bytes: 1, scale: 1, offset: 0 }),
      coolantTemperatureC: physicalAt(payload, from + 9, { bytes: 1, scale: 1, offset: -40 }),
      vehicleSpeedKmh: physicalAt(payload, from + 10, { bytes: 2, scale: 1 / 256, offset: 0 }),
      extra: payload.slice(from + freezeFrameBytes, from + size),
    });
    at = from + size;
  }
  return frames;
}

function physicalAt(
  payload: Uint8Array,
  at: number,
  { bytes, scale, offset }: { bytes: 1 | 2; scale: number; offset: number },
): number | null {
  const top = payload[at + bytes - 1] ?? 0xff;
  if (top > 0xfa) return null;
  const raw = bytes === 1 ? top : top * 256 + (payload[at] ?? 0);
  return raw * scale + offset;
}

export interface Readiness {
  /** Counts of codes; null when not available. */
  readonly activeCount: number | null;
  readonly previouslyActiveCount: number | null;
  /** Monitors of the emission system that are fitted, and those of them that are not through yet. */
  readonly supportedMonitors: number;
  readonly incompleteMonitors: number;
}

/**
 * Diagnostic readiness; undefined if the message is short.
 * @see SAE J1939-73, DM5: byte 1 active codes, 2 previously active, 4 continuous monitors (bits 1-3 fitted, 5-7 not
 * complete), 5-6 other monitors fitted, 7-8 the same ones not complete
 */
export function decodeDm5(payload: Uint8Array, length: number): Readiness | undefined {
  if (length < 8) return undefined;
  const count = (at: number) => ((payload[at] ?? 0xff) <= 0xfa ? (payload[at] ?? 0) : null);
  const continuous = payload[3] ?? 0;
  const fitted = (continuous & 7) | ((payload[4] ?? 0) << 3) | ((payload[5] ?? 0) << 11);
  const open = ((continuous >>> 4) & 7) | ((payload[6] ?? 0) << 3) | ((payload[7] ?? 0) << 11);
  return {
    activeCount: count(0),
    previouslyActiveCount: count(1),
    supportedMonitors: onesOf(fitted),
    incompleteMonitors: onesOf(fitted & open),
  };
}

function onesOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
