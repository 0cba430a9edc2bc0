import type { Acquisition, Signal } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { NodeSignal } from "./canopen/canopen.ts";
import type { J1939Signal } from "./j1939/spn.ts";
import type { RawSignal } from "./raw/raw-signal.ts";

/** A raw signal of a J1939 message. */
export interface RawGroupSignal extends RawSignal {
  readonly pgn: number;
  /** Absent: from any source address. */
  readonly sa?: number;
}

/** A raw signal of all frames with one identifier. */
export interface RawFrameSignal extends RawSignal {
  readonly canId: number;
  readonly isExtended: boolean;
}

/** What a plan wants from one CAN bus, with the index of each signal in the dictionary. */
export interface CanSignals {
  readonly j1939: readonly J1939Signal[];
  readonly byGroup: readonly RawGroupSignal[];
  readonly byId: readonly RawFrameSignal[];
  readonly nodes: readonly NodeSignal[];
}

const widestStandardId = 0x7ff;

/** The signals of a plan that may come from the bus named `bus`. */
export function canSignalsOf(
  acquisition: Acquisition,
  dictionary: SignalDictionary,
  bus: string,
): CanSignals {
  const signals = dictionary.signals.flatMap(({ name }, index) => {
    const signal = acquisition.signals[name];
    const place = signal?.j1939 ?? signal?.can ?? signal?.canopen;
    return signal && place && (place.bus ?? bus) === bus ? [{ index, signal }] : [];
  });
  return {
    j1939: signals.flatMap(({ index, signal }) => j1939Of(index, signal)),
    byGroup: signals.flatMap(({ index, signal }) => groupSignalOf(index, signal)),
    byId: signals.flatMap(({ index, signal }) => frameSignalOf(index, signal)),
    nodes: signals.flatMap(({ index, signal }) => nodeSignalOf(index, signal)),
  };
}

/** True if a CAN bus can give a machine of this plan anything. */
export const wantsCan = ({ signals }: Acquisition): boolean =>
  Object.values(signals).some(({ j1939, can, canopen }) => (j1939 ?? can ?? canopen) !== undefined);

/** Whether frames of this bus are to be read as CANopen. */
export function speaksCanopen({ canopen, signals }: Acquisition, bus: string): boolean {
  if (canopen?.buses) return canopen.buses.includes(bus);
  const ofNodes = Object.values(signals).flatMap((signal) => signal.canopen ?? []);
  return canopen !== undefined || ofNodes.some((place) => (place.bus ?? bus) === bus);
}

const defaultSilenceSeconds = 5;

function nodeSignalOf(index: number, { canopen }: Signal): NodeSignal[] {
  if (canopen === undefined) return [];
  const { node, says, silenceSeconds = defaultSilenceSeconds } = canopen;
  return [{ index, node, says, silenceNs: silenceSeconds * 1e9 }];
}

/** What is wrong with a live bus for a machine of this plan. */
export function checkBus(
  mode: "listen-only" | "requests" | undefined,
  acquisition: Acquisition,
): string[] {
  const problems: string[] = [];
  if (!wantsCan(acquisition))
    problems.push("the plan has no signal on CAN, a CAN bus can give it nothing");
  if (mode === "requests" && acquisition.j1939?.requests === undefined)
    problems.push("the plan lists no message to ask for, so the mode is listen-only");
  return problems;
}

function j1939Of(index: number, { j1939, scale, offset, range }: Signal): J1939Signal[] {
  if (j1939 === undefined) return [];
  const { pgn, sa, startByte, startBit, bits, coding } = j1939;
  const position = { pgn, startByte, startBit, bits, ...(sa === undefined ? {} : { sa }) };
  return [{ index, ...position, scale, offset, ...limitsOf(range), kind: coding }];
}

function groupSignalOf(index: number, signal: Signal): RawGroupSignal[] {
  const { pgn, sa } = signal.can ?? {};
  if (pgn === undefined) return [];
  return rawOf(index, signal).map((raw) => ({ ...raw, pgn, ...(sa === undefined ? {} : { sa }) }));
}

function frameSignalOf(index: number, signal: Signal): RawFrameSignal[] {
  const { id, extended } = signal.can ?? {};
  if (id === undefined) return [];
  const isExtended = extended ?? id > widestStandardId;
  return rawOf(index, signal).map((raw) => ({ ...raw, canId: id, isExtended }));
}

function rawOf(index: number, { can, scale, offset, range }: Signal): RawSignal[] {
  if (can === undefined) return [];
  const { startBit, bits, byteOrder } = can;
  return [
    {
      index,
      startBit,
      bits,
      byteOrder,
      isSigned: can.signed ?? false,
      isFloat: can.float ?? false,
      coding: can.coding ?? "plain",
      notAvailable: can.notAvailable ?? [],
      error: can.error ?? [],
      conditions: can.mux ?? [],
      scale,
      offset,
      ...limitsOf(range),
    },
  ];
}

function limitsOf([
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
]: readonly number[]) {
  return { min, max };
}
