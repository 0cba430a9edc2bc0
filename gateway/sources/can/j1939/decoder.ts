import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { type CompiledRaw, RawOutcome, readRaw } from "../raw/raw-signal.ts";
import type { RawGroupSignal } from "../signals-of-plan.ts";
import { type AddressBook, addressClaimedPgn } from "./address-book.ts";
import { destinationAddressOf, isJ1939Id, pgnOf, sourceAddressOf } from "./can-id.ts";
import {
  createDiagnosticReader,
  type DiagnosticOptions,
  diagnosticPgns,
} from "./diagnostic-messages.ts";
import { compileFor, readersByPgn } from "./message-readers.ts";
import { type CompiledSpn, type J1939Signal, readSpn } from "./spn.ts";
import {
  createTransport,
  type TransportStatistics,
  transportControlPgn,
  transportDataPgn,
} from "./transport-protocol.ts";

export interface J1939Options extends DiagnosticOptions {
  readonly signals: readonly J1939Signal[];
  /** Signals of messages that only their maker describes. */
  readonly rawSignals?: readonly RawGroupSignal[];
  /** Who is where, so that signals and codes follow a control unit; without it an address is a control unit. */
  readonly addresses?: AddressBook;
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
  /** DM1, or another list of codes, without even its lamps. */
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
  /** Who sends the messages that signals are taken from: source addresses by PGN. */
  senders(): Map<number, number[]>;
  /** True if signals or trouble codes are taken from messages of this PGN. */
  isKnown(pgn: number): boolean;
  readonly statistics: J1939Statistics;
}

const pgnCount = 2 ** 18;

/** 1 for every group that says something besides signals; one look-up per message. */
const isDiagnosticPgn = new Uint8Array(pgnCount);
for (const pgn of diagnosticPgns) isDiagnosticPgn[pgn] = 1;

/** One decoder per bus: transport sessions of two buses must not mix. */
export function createJ1939Decoder(options: J1939Options): J1939Decoder {
  const { signals, addresses, onMessage } = options;
  const homes = addresses?.homes;
  const readersOf = readersByPgn(signals, options.rawSignals ?? []);
  const counts = new Uint32Array(pgnCount);
  const counters = {
    frames: 0,
    foreignFrames: 0,
    unknownMessages: 0,
    truncatedSignals: 0,
    malformedDm1: 0,
  };
  // Where the frame at hand comes from and goes to; only means something during `decode`.
  const place = { offsetNs: 0, into: new SampleColumns(0n, 1) };
  const from = { pgn: 0, sa: 0, da: 0 };

  const transport = createTransport({
    onMessage: (session, payload, length) => message(session, payload, length, place),
  });

  const diagnostic = createDiagnosticReader(options, () => counters.malformedDm1++);

  function message(
    { pgn, sa: address, da }: { readonly pgn: number; readonly sa: number; readonly da: number },
    payload: Uint8Array,
    length: number,
    { offsetNs, into }: { readonly offsetNs: number; readonly into: SampleColumns },
  ): void {
    counts[pgn] = (counts[pgn] ?? 0) + 1;
    if (onMessage) onMessage({ pgn, sa: address, payload, length });
    if (pgn === addressClaimedPgn) addresses?.claim(address, payload, length);
    const sa = homes === undefined ? address : (homes[address] ?? address);
    const readers = readersOf.get(pgn);
    const isDiagnostic = (isDiagnosticPgn[pgn] ?? 0) === 1;
    if (isDiagnostic) diagnostic({ pgn, sa, address, da, payload, length, offsetNs });
    else if (readers === undefined) counters.unknownMessages++;
    if (readers === undefined) return;
    const { spns, raws } = readers.bySa[sa] ?? compileFor(readers, sa);
    for (let at = 0; at < spns.length; at++) {
      const spn = spns[at] as CompiledSpn;
      if (spn.neededBytes <= length) readSpn(spn, payload, offsetNs, into);
      else counters.truncatedSignals++;
    }
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
      place.offsetNs = offsetNs;
      place.into = into;
      const pgn = pgnOf(canId);
      if (pgn === transportDataPgn) transport.data(canId, payload, length, offsetNs);
      else if (pgn === transportControlPgn) transport.control(canId, payload, length, offsetNs);
      else {
        from.pgn = pgn;
        from.sa = sourceAddressOf(canId);
        from.da = destinationAddressOf(canId);
        message(from, payload, length, place);
      }
    },
    restartTime: () => transport.restartTime(),
    messageCounts() {
      const seen = new Map<number, number>();
      // Not by an iterator, which makes a pair of each of the 262,144: every status asks for these.
      for (let pgn = 0; pgn < pgnCount; pgn++) {
        const count = counts[pgn] ?? 0;
        if (count > 0) seen.set(pgn, count);
      }
      return seen;
    },
    senders() {
      const seen = new Map<number, number[]>();
      for (const [pgn, { bySa }] of readersOf) {
        const addresses = [...bySa.keys()].filter((sa) => bySa[sa] !== undefined);
        if (addresses.length > 0) seen.set(pgn, addresses);
      }
      return seen;
    },
    isKnown: (pgn) => isDiagnosticPgn[pgn] === 1 || readersOf.has(pgn),
    get statistics() {
      return { ...counters, transport: { ...transport.statistics } };
    },
  };
}
