import type { DiagnosticCommand, Dtc, IdentityFact, Lamps } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { decodeTimeDate, timeDatePgn } from "../../../clock/j1939-time.ts";
import { type CompiledRaw, compileRaw, RawOutcome, readRaw } from "../raw/raw-signal.ts";
import type { RawGroupSignal } from "../signals-of-plan.ts";
import { type AddressBook, addressClaimedPgn, commandedAddressPgn } from "./address-book.ts";
import { destinationAddressOf, isJ1939Id, pgnOf, sourceAddressOf } from "./can-id.ts";
import {
  broadcastControlPgn,
  commandOfDm13,
  commandOfRequest,
  type DtcListName,
  decodeDm4,
  decodeDm5,
  dtcListOfPgn,
  type FreezeFrame,
  freezeFramesPgn,
  type Readiness,
  readinessPgn,
  requestedPgn,
} from "./diagnostics.ts";
import { activeDtcsPgn, type ConversionMethod, decodeDm1 } from "./dm1.ts";
import { requestPgn } from "./request.ts";
import { type CompiledSpn, compileSpn, type J1939Signal, readSpn } from "./spn.ts";
import { decodeTextGroup, textGroupPgns } from "./text-groups.ts";
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

/** What one source address lists in a DM2, DM6 or DM12. */
export interface DtcListEvent extends ActiveDtcsEvent {
  readonly list: DtcListName;
}

/** What is said besides samples; each is called during `decode`. `sa` is the sender's home, as the address book has it. */
export interface J1939Events {
  onActiveDtcs?(event: ActiveDtcsEvent): void;
  onDtcList?(event: DtcListEvent): void;
  onFreezeFrames?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly frames: readonly FreezeFrame[];
  }): void;
  onReadiness?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly readiness: Readiness;
  }): void;
  /** `payload` is valid only during the call; `sa` is the address that is claimed, `home` what it counts as. */
  onClaim?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly home: number;
    readonly payload: Uint8Array;
  }): void;
  onIdentity?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly fact: IdentityFact;
    readonly fields: readonly string[];
  }): void;
  /** A control unit says what time it is, ms since 1970. */
  onTimeDate?(event: { readonly sa: number; readonly utcMs: number }): void;
  onOrder?(event: {
    readonly offsetNs: number;
    readonly sa: number;
    readonly da: number;
    readonly command: DiagnosticCommand;
  }): void;
  /** Every whole message, for tools; costs an object per message. */
  onMessage?(message: J1939Message): void;
}

/** One whole message, in a frame or put together from many. `payload` is valid only during the call. */
export interface J1939Message {
  readonly pgn: number;
  /** Present source address. */
  readonly sa: number;
  /** 0-based length of what counts in `payload`. */
  readonly length: number;
  readonly payload: Uint8Array;
}

export interface J1939Options extends J1939Events {
  readonly signals: readonly J1939Signal[];
  /** Signals of messages that only their maker describes. */
  readonly rawSignals?: readonly RawGroupSignal[];
  /** Who is where, so that signals and codes follow a control unit; without it an address is a control unit. */
  readonly addresses?: AddressBook;
  /** How codes with conversion bit 1 are laid out; by default as version 4. */
  methodOf?(sa: number): ConversionMethod | undefined;
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

interface DiagnosticMessage {
  readonly pgn: number;
  readonly sa: number;
  /** Present source address. */
  readonly address: number;
  readonly da: number;
  readonly payload: Uint8Array;
  readonly length: number;
  readonly offsetNs: number;
}

const pgnCount = 2 ** 18;

/** 1 for every group that says something besides signals; one look-up per message. */
const isDiagnosticPgn = new Uint8Array(pgnCount);
for (const pgn of [
  activeDtcsPgn,
  ...dtcListOfPgn.keys(),
  ...textGroupPgns,
  freezeFramesPgn,
  readinessPgn,
  requestPgn,
  broadcastControlPgn,
  addressClaimedPgn,
  commandedAddressPgn,
  timeDatePgn,
])
  isDiagnosticPgn[pgn] = 1;

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

  /** Messages that say something besides signals. */
  function diagnostic(message: DiagnosticMessage): void {
    const { pgn, sa, da, payload, length, offsetNs } = message;
    switch (pgn) {
      case activeDtcsPgn: {
        const dm1 = decodeDm1(payload, length, options.methodOf?.(sa));
        if (dm1) options.onActiveDtcs?.({ offsetNs, sa, ...dm1 });
        else counters.malformedDm1++;
        return;
      }
      case freezeFramesPgn: {
        const frames = decodeDm4(payload, length, options.methodOf?.(sa));
        if (frames.length > 0) options.onFreezeFrames?.({ offsetNs, sa, frames });
        return;
      }
      case timeDatePgn: {
        const utcMs = decodeTimeDate(payload, length);
        if (utcMs !== undefined) options.onTimeDate?.({ sa, utcMs });
        return;
      }
      case requestPgn:
      case broadcastControlPgn: {
        const isRequest = pgn === requestPgn;
        const command = isRequest
          ? commandOfRequest(requestedPgn(payload, length) ?? 0)
          : commandOfDm13(payload, length);
        if (command) options.onOrder?.({ offsetNs, sa, da, command });
        return;
      }
      case readinessPgn: {
        const readiness = decodeDm5(payload, length);
        if (readiness) options.onReadiness?.({ offsetNs, sa, readiness });
        return;
      }
      case addressClaimedPgn:
        if (length >= 8) options.onClaim?.({ offsetNs, sa: message.address, home: sa, payload });
        return;
      default:
        listOrText(message);
    }
  }

  function listOrText({ pgn, sa, payload, length, offsetNs }: DiagnosticMessage): void {
    const list = dtcListOfPgn.get(pgn);
    if (list === undefined) {
      const text = decodeTextGroup(pgn, payload, length);
      if (text) options.onIdentity?.({ offsetNs, sa, ...text });
      return;
    }
    const decoded = decodeDm1(payload, length, options.methodOf?.(sa));
    if (decoded) options.onDtcList?.({ offsetNs, sa, list, ...decoded });
    else counters.malformedDm1++;
  }

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
      for (const [pgn, count] of counts.entries()) if (count > 0) seen.set(pgn, count);
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
