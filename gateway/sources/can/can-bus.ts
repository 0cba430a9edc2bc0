import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { BusStatus, UnknownMessages } from "../source.ts";
import { BusLoad } from "./bus-load.ts";
import { Canopen, type EmergencyEvent } from "./canopen/canopen.ts";
import { AddressBook, type EcuEntry } from "./j1939/address-book.ts";
import { createJ1939Decoder, type J1939Decoder, type J1939Options } from "./j1939/decoder.ts";
import type { J1939Events } from "./j1939/j1939-events.ts";
import { createRawFrames, type RawFrames } from "./raw/raw-frames.ts";
import type { RecordingFrame } from "./recording-frame.ts";
import type { CanSignals } from "./signals-of-plan.ts";

/** In a status; the counters have all. */
const mostUnknown = 20;

export interface CanBusOptions extends J1939Events, Pick<J1939Options, "methodOf"> {
  /** False: an address is a control unit, whoever claims it; for tools that show the bus as it is. */
  readonly followsNames?: false;
  /** Where the bus speaks CANopen. */
  readonly onEmergencies?: (event: EmergencyEvent) => void;
  /** The address that requests are sent from; frames of others at it are counted. */
  readonly requestSa?: number;
}

/**
 * The decoders of one bus, side by side: J1939 on 29-bit identifiers, CANopen on 11-bit ones where the
 * plan wants it, and signals bound to an identifier. Nothing that
 * a bus can carry makes it throw; what cannot be used is counted by the reason.
 */
export class CanBus {
  readonly name: string;
  readonly #j1939: J1939Decoder;
  readonly #raw: RawFrames;
  readonly #addresses: AddressBook;
  readonly #canopen: Canopen | undefined;
  readonly #requestSa: number | undefined;
  #framesFromRequestSa = 0;
  /** Frames by 11-bit identifier that no signal is bound to. */
  readonly #unknownIds = new Uint32Array(2048);
  readonly #load = new BusLoad();
  #remoteFrames = 0;
  #fdFrames = 0;

  constructor(name: string, signals: CanSignals, options: CanBusOptions) {
    this.name = name;
    const { onEmergencies, requestSa, followsNames, ...j1939 } = options;
    this.#requestSa = requestSa;
    if (onEmergencies) this.#canopen = new Canopen(signals.nodes, onEmergencies);
    const bound = [...signals.j1939, ...signals.byGroup].flatMap(({ sa }) => sa ?? []);
    this.#addresses = new AddressBook(bound);
    this.#raw = createRawFrames(signals.byId);
    this.#j1939 = createJ1939Decoder({
      signals: signals.j1939,
      rawSignals: signals.byGroup,
      ...(followsNames === false ? {} : { addresses: this.#addresses }),
      ...j1939,
    });
  }

  /** Takes one frame; its samples go to `into`, at `offsetNs` from the base of the columns. */
  take(frame: RecordingFrame, offsetNs: number, into: SampleColumns): void {
    this.#load.note(frame, offsetNs);
    if (frame.isError) return;
    if (frame.isRemote) {
      if (frame.isExtended || !this.#canopen?.takeRemote(frame.canId)) this.#remoteFrames++;
      return;
    }
    const { canId, isExtended, data, length } = frame;
    const isWanted = this.#raw.knows(canId, isExtended);
    if (isWanted) this.#raw.read(frame, offsetNs, into);
    if (!isExtended) {
      const isOwn = this.#canopen?.take(frame, offsetNs, into) ?? false;
      const id = canId & 0x7ff;
      if (!isWanted && !isOwn) this.#unknownIds[id] = (this.#unknownIds[id] ?? 0) + 1;
      return;
    }
    if ((canId & 0xff) === this.#requestSa) this.#framesFromRequestSa++;
    if (frame.isFd) this.#fdFrames++;
    else this.#j1939.decode(canId, data, length, offsetNs, into);
  }

  /** Whether anybody was heard at the address that requests are to come from. */
  get isRequestSaTaken(): boolean {
    return this.#framesFromRequestSa > 0;
  }

  /** Tells what follows from silence; `offsetNs` as of the frames. */
  passTime(offsetNs: number, into: SampleColumns): void {
    this.#canopen?.passTime(offsetNs, into);
  }

  /** Offsets of the following frames count from another base. */
  restartTime(baseNs: bigint): void {
    this.#load.restart(baseNs);
    this.#canopen?.restartTime();
    this.#j1939.restartTime();
  }

  /** Source addresses by PGN of the messages that signals are taken from. */
  senders(): Map<number, number[]> {
    return this.#j1939.senders();
  }

  /** Control units whose NAME was seen. */
  ecus(): EcuEntry[] {
    return this.#addresses.ecus();
  }

  counters(): Record<string, number> {
    const { frames: _, transport, ...j1939 } = this.#j1939.statistics;
    let unknownIds = 0;
    for (const count of this.#unknownIds) unknownIds += count;
    return {
      ...j1939,
      ...this.#canopen?.statistics,
      truncatedSignals: j1939.truncatedSignals + this.#raw.truncatedSignals,
      multiPacketMessages: transport.completed,
      brokenTransports: transport.gaps + transport.timedOut + transport.malformed,
      addressClaims: this.#addresses.statistics.claims,
      addressMoves: this.#addresses.statistics.moves,
      errorFrames: this.#load.errorFrames,
      remoteFrames: this.#remoteFrames,
      fdFrames: this.#fdFrames,
      unknownStandardFrames: unknownIds,
    };
  }

  /** Whole J1939 messages by PGN, and whether anything is taken from them. */
  messageCounts(): Map<number, { count: number; isKnown: boolean }> {
    const counts = [...this.#j1939.messageCounts()];
    return new Map(
      counts.map(([pgn, count]) => [pgn, { count, isKnown: this.#j1939.isKnown(pgn) }]),
    );
  }

  /** `nowNs`: present time of a live bus; without it rates are those at the newest frame. */
  status(bitRate: number | undefined, nowNs?: bigint): BusStatus {
    const { frames, errorFrames, firstNs, lastNs } = this.#load;
    const { framesPerSecond, bitsPerSecond } = this.#load.rates(nowNs);
    return {
      bus: this.name,
      frames,
      errorFrames,
      framesPerSecond: Math.round(framesPerSecond * 10) / 10,
      ...(bitRate === undefined
        ? {}
        : { bitRate, loadPercent: Math.round((1_000 * bitsPerSecond) / bitRate) / 10 }),
      ...(firstNs === undefined ? {} : { firstSeenMs: toMs(firstNs) }),
      ...(lastNs === undefined ? {} : { lastSeenMs: toMs(lastNs) }),
      unknown: this.unknown()
        .sort((a, b) => b.count - a.count)
        .slice(0, mostUnknown),
    };
  }

  /** What nothing is taken from, by identifier or parameter group. */
  unknown(): UnknownMessages[] {
    const bus = this.name;
    const found: UnknownMessages[] = [];
    for (const [canId, count] of this.#unknownIds.entries())
      if (count > 0) found.push({ bus, canId, count });
    for (const [pgn, count] of this.#j1939.messageCounts())
      if (!this.#j1939.isKnown(pgn)) found.push({ bus, pgn, count });
    return found;
  }
}

const toMs = (ns: bigint): number => Number(ns / 1_000_000n);
