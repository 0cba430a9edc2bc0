import type { Dtc, Lamps } from "@firebreak/wire/machine-event.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { type CompiledRaw, compileRaw, RawOutcome, readRaw } from "../raw/raw-signal.ts";
import type { RawGroupSignal } from "../signals-of-plan.ts";
import { isJ1939Id, pgnOf, sourceAddressOf } from "./can-id.ts";
import { activeDtcsPgn, decodeDm1 } from "./dm1.ts";
import { type CompiledSpn, compileSpn, type J1939Signal, readSpn } from "./spn.ts";
import {
  createTransport,
  type TransportStatistics,
  transportControlPgn,
  transportDataPgn,
} from "./transport-protocol.ts";

export type { J1939Signal } from "./spn.ts";

/** What one source address reported as active in one DM1. */
export interface ActiveDtcsEvent {
  readonly offsetNs: number;
  readonly sa: number;
  readonly lamps: Lamps;
  readonly dtcs: readonly Dtc[];
}

/** One whole message, in a frame or put together from many. `payload` is valid only during the call. */
export interface J1939Message {
  readonly pgn: number;
  readonly sa: number;
  /** 0-based length of what counts in `payload`. */
  readonly length: number;
  readonly payload: Uint8Array;
}

export interface J1939Options {
  readonly signals: readonly J1939Signal[];
  /** Signals of messages that only their maker describes. */
  readonly rawSignals?: readonly RawGroupSignal[];
  onActiveDtcs?(event: ActiveDtcsEvent): void;
  /** Every whole message, for tools; costs an object per message. */
  onMessage?(message: J1939Message): void;
}

export interface J1939Statistics {
  /** Frames given to the decoder. */
  readonly frames: number;
  /** Frames whose identifier belongs to another protocol. */
  readonly foreignFrames: number;
  /** Messages that no signal and no trouble code is taken from. */
  readonly unknownMessages: number;
  /** Signals missing because their message was shorter than the standard says. */
  readonly truncatedSignals: number;
  readonly malformedDm1: number;
  readonly transport: Readonly<TransportStatistics>;
}

export interface J1939Decoder {
  /**
   * Decodes one data frame with a 29-bit identifier and appends what it says to `into`, in the order of the message.
   * All rows of one call come from the frame's own source address, reassembled messages included.
   * `offsetNs` counts from `into.baseNs`. Never throws on bus data.
   */
  decode(
    canId: number,
    payload: Uint8Array,
    length: number,
    offsetNs: number,
    into: SampleColumns,
  ): void;
  /** Offsets of the following calls count from another base. */
  restartTime(): void;
  /** Whole messages seen, by PGN; the transport's own frames are parts of messages and not counted. */
  messageCounts(): Map<number, number>;
  /** True if signals or trouble codes are taken from messages of this PGN. */
  isKnown(pgn: number): boolean;
  readonly statistics: J1939Statistics;
}

/** The readers of one PGN, by source address; made when an address first speaks. */
interface MessageReaders {
  readonly signals: J1939Signal[];
  readonly rawSignals: RawGroupSignal[];
  readonly bySa: (SenderReaders | undefined)[];
}

interface SenderReaders {
  readonly spns: readonly CompiledSpn[];
  readonly raws: readonly CompiledRaw[];
}

const pgnCount = 2 ** 18;

/** One decoder per bus: transport sessions of two buses must not mix. */
export function createJ1939Decoder(options: J1939Options): J1939Decoder {
  const { signals, onActiveDtcs, onMessage } = options;
  const readersOf = readersByPgn(signals, options.rawSignals ?? []);
  const counts = new Uint32Array(pgnCount);
  const counters = {
    frames: 0,
    foreignFrames: 0,
    unknownMessages: 0,
    truncatedSignals: 0,
    malformedDm1: 0,
  };
  // Where the frame at hand goes; only set during `decode`.
  let target: SampleColumns | undefined;
  const place = { offsetNs: 0, into: undefined as unknown as SampleColumns };

  const transport = createTransport({
    onMessage: ({ pgn, sa }, payload, length, offsetNs) => {
      if (target) message(pgn, sa, payload, length, offsetNs, target);
    },
  });

  function activeDtcs(sa: number, payload: Uint8Array, length: number, offsetNs: number): void {
    const dm1 = decodeDm1(payload, length);
    if (dm1) onActiveDtcs?.({ offsetNs, sa, lamps: dm1.lamps, dtcs: dm1.dtcs });
    else counters.malformedDm1++;
  }

  function message(
    pgn: number,
    sa: number,
    payload: Uint8Array,
    length: number,
    offsetNs: number,
    into: SampleColumns,
  ): void {
    counts[pgn] = (counts[pgn] ?? 0) + 1;
    if (onMessage) onMessage({ pgn, sa, payload, length });
    const readers = readersOf.get(pgn);
    if (pgn === activeDtcsPgn) activeDtcs(sa, payload, length, offsetNs);
    else if (readers === undefined) counters.unknownMessages++;
    if (readers === undefined) return;
    const { spns, raws } = readers.bySa[sa] ?? compileFor(readers, sa);
    for (let at = 0; at < spns.length; at++) {
      const spn = spns[at] as CompiledSpn;
      if (spn.neededBytes <= length) readSpn(spn, payload, offsetNs, into);
      else counters.truncatedSignals++;
    }
    if (raws.length === 0) return;
    place.offsetNs = offsetNs;
    place.into = into;
    for (let at = 0; at < raws.length; at++)
      if (readRaw(raws[at] as CompiledRaw, payload, length, place) === RawOutcome.truncated)
        counters.truncatedSignals++;
  }

  return {
    decode(canId, payload, length, offsetNs, into) {
      counters.frames++;
      if (!isJ1939Id(canId)) {
        counters.foreignFrames++;
        return;
      }
      const pgn = pgnOf(canId);
      if (pgn === transportDataPgn || pgn === transportControlPgn) {
        target = into;
        if (pgn === transportDataPgn) transport.data(canId, payload, length, offsetNs);
        else transport.control(canId, payload, length, offsetNs);
        target = undefined;
      } else message(pgn, sourceAddressOf(canId), payload, length, offsetNs, into);
    },
    restartTime: () => transport.restartTime(),
    messageCounts() {
      const seen = new Map<number, number>();
      for (const [pgn, count] of counts.entries()) if (count > 0) seen.set(pgn, count);
      return seen;
    },
    isKnown: (pgn) => pgn === activeDtcsPgn || readersOf.has(pgn),
    get statistics() {
      return { ...counters, transport: { ...transport.statistics } };
    },
  };
}

function readersByPgn(
  signals: readonly J1939Signal[],
  rawSignals: readonly RawGroupSignal[],
): Map<number, MessageReaders> {
  const readersOf = new Map<number, MessageReaders>();
  const ofPgn = (pgn: number): MessageReaders => {
    const known = readersOf.get(pgn);
    if (known) return known;
    const readers = { signals: [], rawSignals: [], bySa: new Array(256).fill(undefined) };
    readersOf.set(pgn, readers);
    return readers;
  };
  for (const signal of signals) ofPgn(signal.pgn).signals.push(signal);
  for (const signal of rawSignals) ofPgn(signal.pgn).rawSignals.push(signal);
  return readersOf;
}

function compileFor(readers: MessageReaders, sa: number): SenderReaders {
  const isFrom = (signal: { readonly sa?: number }) => signal.sa === undefined || signal.sa === sa;
  const spns = readers.signals
    .filter(isFrom)
    .sort((a, b) => a.startByte - b.startByte || a.startBit - b.startBit)
    .map(compileSpn);
  const ofSender = { spns, raws: readers.rawSignals.filter(isFrom).map(compileRaw) };
  readers.bySa[sa] = ofSender;
  return ofSender;
}
