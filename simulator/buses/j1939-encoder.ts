import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";

/** One CAN frame: 29-bit identifier and 1 to 8 data bytes. */
export interface EncodedFrame {
  readonly canId: number;
  readonly payload: Uint8Array;
}

/** What a machine measures now; a missing or null value is sent as not available, NaN as sensor error. */
export type SignalValues = Readonly<Record<string, number | null | undefined>>;

interface Slot {
  readonly name: string;
  readonly signal: Signal;
  readonly position: NonNullable<Signal["j1939"]>;
}

interface Message {
  readonly canId: number;
  readonly slots: readonly Slot[];
}

const priority = 6; // SAE J1939-21: default of information messages

/**
 * Compiles the J1939 signals of a plan into a function from values to single frames, one per (PGN, source address).
 * Written from the standard, not from the gateway's decoder, so that each checks the other.
 * @see SAE J1939-21 (identifier), J1939-71 (little endian, 1-based positions, all bits one = not available)
 */
export function createJ1939Encoder(plan: Plan): (values: SignalValues) => EncodedFrame[] {
  const messages = messagesOf(plan);
  return (values) =>
    messages.map(({ canId, slots }) => {
      const payload = new Uint8Array(8).fill(0xff);
      for (const slot of slots) writeBits(payload, slot, rawOf(slot, values[slot.name]));
      return { canId, payload };
    });
}

function messagesOf(plan: Plan): Message[] {
  const messages = new Map<number, Slot[]>();
  for (const [name, signal] of Object.entries(plan.acquisition.signals)) {
    const position = signal.j1939;
    if (!position || position.startByte + Math.ceil(position.bits / 8) - 1 > 8) continue;
    const canId = priority * 2 ** 26 + position.pgn * 256 + (position.sa ?? 0);
    const slots = messages.get(canId) ?? [];
    slots.push({ name, signal, position });
    messages.set(canId, slots);
  }
  return [...messages].map(([canId, slots]) => ({ canId, slots }));
}

function rawOf({ signal, position }: Slot, value: number | null | undefined): number {
  const all = 2 ** position.bits - 1;
  if (value === null || value === undefined) return all;
  if (Number.isNaN(value)) return position.bits < 8 ? all - 1 : all - 2 ** (position.bits - 8);
  const highest = position.coding === "state" ? all - 2 : Math.floor((all * 0xfa) / 0xff);
  return Math.min(highest, Math.max(0, Math.round((value - signal.offset) / signal.scale)));
}

function writeBits(payload: Uint8Array, { position }: Slot, raw: number): void {
  const first = (position.startByte - 1) * 8 + position.startBit - 1;
  for (let bit = 0; bit < position.bits; bit++) {
    const at = first + bit;
    const isSet = Math.floor(raw / 2 ** bit) % 2 === 1;
    const mask = 1 << (at % 8);
    const byte = payload[at >> 3] ?? 0;
    payload[at >> 3] = isSet ? byte | mask : byte & ~mask;
  }
}

/** DM1 of one source address as a single frame; `dtc` absent says nothing is active. @see SAE J1939-73, DM1 */
export function encodeDm1(
  sa: number,
  dtc?: { spn: number; fmi: number; oc: number },
): EncodedFrame {
  const payload = Uint8Array.of(dtc ? 0x04 : 0, 0xff, 0, 0, 0, 0, 0xff, 0xff);
  if (dtc) {
    payload[2] = dtc.spn & 0xff;
    payload[3] = (dtc.spn >> 8) & 0xff;
    payload[4] = ((dtc.spn >> 16) << 5) | dtc.fmi;
    payload[5] = dtc.oc;
  }
  return { canId: priority * 2 ** 26 + 65226 * 256 + sa, payload };
}

/** One line of `candump -L`. @param timeMs milliseconds since the Unix epoch */
export function toCandumpLine(
  bus: string,
  { canId, payload }: EncodedFrame,
  timeMs: number,
): string {
  const id = canId.toString(16).toUpperCase().padStart(8, "0");
  return `(${(timeMs / 1000).toFixed(6)}) ${bus} ${id}#${Buffer.from(payload).toString("hex").toUpperCase()}\n`;
}
