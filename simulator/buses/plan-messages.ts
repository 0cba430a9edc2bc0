import type { Acquisition, Signal } from "@firebreak/plans/plan-schema.ts";
import { Message, type MessageSignal } from "./can/message.ts";
import { type CodedField, codingOf } from "./can/signal-coding.ts";
import type { FieldPlace } from "./can/write-bits.ts";

/** One signal on CAN, by the message that it is in. */
export interface CanSignal {
  readonly bus: string;
  readonly signal: MessageSignal;
  readonly plan: Signal;
  readonly home:
    | { readonly kind: "group"; readonly pgn: number; readonly sa: number | undefined }
    | { readonly kind: "identifier"; readonly canId: number; readonly isExtended: boolean };
}

const usualBus = "can0";
const widestStandardId = 0x7ff;

/** All signals of a plan that are in messages on CAN; the states of CANopen nodes are not. */
export function canSignalsOf(acquisition: Acquisition): CanSignal[] {
  return Object.entries(acquisition.signals).flatMap(([name, signal]) => [
    ...groupSignal(name, signal, acquisition),
    ...rawSignal(name, signal, acquisition),
  ]);
}

/** The bus of J1939 messages for which the plan names none. */
const groupBusOf = ({ j1939 }: Acquisition): string => j1939?.networks?.[0] ?? usualBus;

/** The bus of CANopen nodes for which the plan names none. */
export const nodeBusOf = ({ canopen }: Acquisition): string => canopen?.buses?.[0] ?? usualBus;

/** Whether 11-bit identifiers on a bus are those of CANopen. */
export function speaksCanopen(acquisition: Acquisition, bus: string): boolean {
  const { canopen, signals } = acquisition;
  if (canopen?.buses) return canopen.buses.includes(bus);
  const ofNode = ({ canopen: place }: Signal) => place && (place.bus ?? bus) === bus;
  return canopen !== undefined || Object.values(signals).some(ofNode);
}

/** The node and number of the process data that a node sends; undefined for other identifiers. @see CiA 301 */
export function tpdoOf(
  canId: number,
): { readonly node: number; readonly number: number } | undefined {
  const code = canId >>> 7;
  const node = canId & 0x7f;
  return node > 0 && code >= 3 && code <= 9 && code % 2 === 1
    ? { node, number: (code - 1) / 2 }
    : undefined;
}

function groupSignal(name: string, signal: Signal, acquisition: Acquisition): CanSignal[] {
  const { j1939 } = signal;
  if (j1939 === undefined) return [];
  const { startByte, startBit, bits, pgn, sa, coding } = j1939;
  const place = { firstBit: (startByte - 1) * 8 + startBit - 1, bits, isBig: false };
  return [
    {
      bus: j1939.bus ?? groupBusOf(acquisition),
      signal: { name, place, coding: codingOf(signal, { bits, coding }), selectors: [] },
      plan: signal,
      home: { kind: "group", pgn, sa },
    },
  ];
}

function rawSignal(name: string, signal: Signal, acquisition: Acquisition): CanSignal[] {
  const { can } = signal;
  if (can === undefined) return [];
  const field: CodedField = {
    bits: can.bits,
    coding: can.coding ?? "plain",
    isSigned: can.signed ?? false,
    isFloat: can.float ?? false,
    notAvailable: can.notAvailable ?? [],
    error: can.error ?? [],
  };
  const selectors = (can.mux ?? []).map((one) => ({
    place: placeOf(one),
    value: one.values[0]?.[0] ?? 0,
  }));
  const placed = { name, place: placeOf(can), coding: codingOf(signal, field), selectors };
  const { pgn, sa, id = 0 } = can;
  if (pgn !== undefined) {
    const bus = can.bus ?? groupBusOf(acquisition);
    return [{ bus, signal: placed, plan: signal, home: { kind: "group", pgn, sa } }];
  }
  const isExtended = can.extended ?? id > widestStandardId;
  const isOfNode = !isExtended && acquisition.canopen !== undefined && tpdoOf(id) !== undefined;
  const bus = can.bus ?? (isOfNode ? nodeBusOf(acquisition) : usualBus);
  const home = { kind: "identifier", canId: id, isExtended } as const;
  return [{ bus, signal: placed, plan: signal, home }];
}

/** A DBC counts from the lowest bit of byte 0, the highest bit of a Motorola field too. */
const placeOf = ({
  startBit,
  bits,
  byteOrder,
}: {
  readonly startBit: number;
  readonly bits: number;
  readonly byteOrder: "little" | "big";
}): FieldPlace =>
  byteOrder === "little"
    ? { firstBit: startBit, bits, isBig: false }
    : { firstBit: (startBit & ~7) + 7 - (startBit & 7), bits, isBig: true };

/** The message of these signals; at least `bytes` long. `fill`: what other bits hold. */
export function messageOf(signals: readonly CanSignal[], bytes: number, fill: number): Message {
  const places = signals.flatMap(({ signal }) => [
    signal.place,
    ...signal.selectors.map(({ place }) => place),
  ]);
  const needed = places.map(({ firstBit, bits }) => Math.ceil((firstBit + bits) / 8));
  const length = Math.max(bytes, ...needed);
  return new Message(
    signals.map(({ signal }) => signal),
    length,
    fill,
  );
}
