import { globalAddress } from "./can-id.ts";

export const transportControlPgn = 60416;
export const transportDataPgn = 60160;

/** Control bytes of TP.CM (SAE J1939-21, transport protocol). */
const RTS = 16;
const CTS = 17;
const END_OF_MESSAGE = 19;
const BAM = 32;
const ABORT = 255;

const smallestMessage = 9;
const largestMessage = 1785;
/** T1: longest wait for the next packet of a broadcast; T2: for a packet after a clear-to-send. */
const broadcastTimeoutNs = 750e6;
const addressedTimeoutNs = 1250e6;

/** A completed message. `payload` belongs to the reassembler: it is valid only during the call. */
export type OnTransportMessage = (
  message: { readonly pgn: number; readonly sa: number; readonly da: number },
  payload: Uint8Array,
  length: number,
  offsetNs: number,
) => void;

class Session {
  pgn = 0;
  sa = 0;
  da = 0;
  size = 0;
  packets = 0;
  received = 0;
  lastNs = 0;
  readonly payload = new Uint8Array(largestMessage);
  /** One flag per sequence number 1-255. */
  readonly has = new Uint8Array(256);
}

export interface TransportStatistics {
  /** Sessions opened, messages completed. */
  opened: number;
  completed: number;
  /** Control frames that make no sense: wrong size, packet count, destination or length. */
  malformed: number;
  /** Sessions that ended unfinished, by reason. */
  gaps: number;
  timedOut: number;
  aborted: number;
  replaced: number;
  evicted: number;
  /** Data packets that belong to no open session. */
  stray: number;
  duplicates: number;
}

/**
 * Listens to transport sessions of others and puts their messages together; never answers. Sessions are told apart by
 * (SA, DA), so one sender may broadcast and address at once. Time-outs go by the times passed in, that of a recording
 * included. Memory is bounded by `maxSessions` times 2 KiB: when all are taken, the one silent for longest gives way.
 * @see SAE J1939-21, transport protocol functions.
 */
export function createTransport(options: {
  readonly onMessage: OnTransportMessage;
  readonly maxSessions?: number;
}) {
  const { onMessage, maxSessions = 512 } = options;
  const sessions = new Map<number, Session>();
  const free: Session[] = [];
  const statistics: TransportStatistics = {
    opened: 0,
    completed: 0,
    malformed: 0,
    gaps: 0,
    timedOut: 0,
    aborted: 0,
    replaced: 0,
    evicted: 0,
    stray: 0,
    duplicates: 0,
  };

  function close(key: number, session: Session): void {
    sessions.delete(key);
    free.push(session);
  }

  function evictOldest(): void {
    let oldest: [number, Session] | undefined;
    for (const entry of sessions) {
      if (oldest === undefined || entry[1].lastNs < oldest[1].lastNs) oldest = entry;
    }
    if (oldest === undefined) return;
    close(...oldest);
    statistics.evicted++;
  }

  function open(sa: number, da: number, payload: Uint8Array, offsetNs: number): void {
    const size = byte(payload, 1) | (byte(payload, 2) << 8);
    const packets = byte(payload, 3);
    const pgn = byte(payload, 5) | (byte(payload, 6) << 8) | (byte(payload, 7) << 16);
    const isPlausible =
      size >= smallestMessage &&
      size <= largestMessage &&
      packets === Math.ceil(size / 7) &&
      pgn <= 0x3ffff &&
      (byte(payload, 0) === BAM) === (da === globalAddress);
    const key = (sa << 8) | da;
    const previous = sessions.get(key);
    if (previous) {
      close(key, previous);
      statistics.replaced++;
    }
    if (!isPlausible) {
      statistics.malformed++;
      return;
    }
    if (sessions.size >= maxSessions) evictOldest();
    const session = free.pop() ?? new Session();
    // The low byte of an addressed group is a destination, never part of its number.
    session.pgn = ((pgn >>> 8) & 0xff) < 240 ? pgn & 0x3ff00 : pgn;
    session.sa = sa;
    session.da = da;
    session.size = size;
    session.packets = packets;
    session.received = 0;
    session.lastNs = offsetNs;
    session.has.fill(0);
    sessions.set(key, session);
    statistics.opened++;
  }

  /** The other side of an addressed session spoke: `sa` is its receiver, or for an abort either of the two. */
  function answer(control: number, sa: number, da: number, offsetNs: number): void {
    const key = (da << 8) | sa;
    const session = sessions.get(key);
    if (control === CTS) {
      if (session) session.lastNs = Math.max(session.lastNs, offsetNs);
    } else if (session) {
      close(key, session);
      statistics.aborted++;
    }
    if (control !== ABORT) return;
    const ownKey = (sa << 8) | da;
    const own = sessions.get(ownKey);
    if (own === undefined || da === globalAddress) return;
    close(ownKey, own);
    statistics.aborted++;
  }

  function store(session: Session, sequence: number, payload: Uint8Array): void {
    const from = (sequence - 1) * 7;
    const count = Math.min(7, session.size - from);
    for (let at = 0; at < count; at++) session.payload[from + at] = byte(payload, at + 1);
    if (session.has[sequence] === 0) session.received++;
    else statistics.duplicates++;
    session.has[sequence] = 1;
  }

  /** A broadcast comes once and in order: the expected packet, or the last one again, or it is lost. */
  function isInOrder(session: Session, sequence: number, payload: Uint8Array): boolean {
    if (sequence === session.received + 1) return true;
    if (sequence !== session.received) return false;
    const from = (sequence - 1) * 7;
    const count = Math.min(7, session.size - from);
    for (let at = 0; at < count; at++)
      if (session.payload[from + at] !== payload[at + 1]) return false;
    return true;
  }

  return {
    statistics: statistics as Readonly<TransportStatistics>,

    get openSessions(): number {
      return sessions.size;
    },

    /** Times count from elsewhere now: what is under way cannot be told late from early any more. */
    restartTime(): void {
      statistics.timedOut += sessions.size;
      for (const [key, session] of sessions) close(key, session);
    },

    /** One TP.CM frame. */
    control(canId: number, payload: Uint8Array, length: number, offsetNs: number): void {
      const sa = canId & 0xff;
      const da = (canId >>> 8) & 0xff;
      const control = byte(payload, 0);
      if (length < 8) statistics.malformed++;
      else if (control === RTS || control === BAM) open(sa, da, payload, offsetNs);
      else if (control === CTS || control === END_OF_MESSAGE || control === ABORT)
        answer(control, sa, da, offsetNs);
      else statistics.malformed++;
    },

    /** One TP.DT frame; calls `onMessage` when it was the last one missing. */
    data(canId: number, payload: Uint8Array, length: number, offsetNs: number): void {
      const sa = canId & 0xff;
      const da = (canId >>> 8) & 0xff;
      const key = (sa << 8) | da;
      const session = sessions.get(key);
      if (session === undefined || length === 0) {
        statistics.stray++;
        return;
      }
      const isBroadcast = da === globalAddress;
      if (offsetNs - session.lastNs > (isBroadcast ? broadcastTimeoutNs : addressedTimeoutNs)) {
        close(key, session);
        statistics.timedOut++;
        return;
      }
      const sequence = byte(payload, 0);
      const isComplete = length > Math.min(7, session.size - (sequence - 1) * 7);
      const isWanted = sequence >= 1 && sequence <= session.packets && isComplete;
      if (!isWanted || (isBroadcast && !isInOrder(session, sequence, payload))) {
        // An addressed packet may be asked for again, a broadcast one never comes back.
        if (isBroadcast) close(key, session);
        statistics.gaps++;
        return;
      }
      // A stamp far back in a recording is a fault of the recorder, not a reason for a time-out later.
      session.lastNs = Math.max(session.lastNs, offsetNs);
      store(session, sequence, payload);
      if (session.received < session.packets) return;
      statistics.completed++;
      onMessage(session, session.payload, session.size, offsetNs);
      close(key, session);
    },
  };
}

const byte = (payload: Uint8Array, at: number): number => payload[at] ?? 0;
