import type { CanFrame } from "../can/can-frame.ts";
import type { FrameQueue } from "../can/frame-queue.ts";
import { identifierOf, pgnAt, pgnBytes, transportPriority } from "./identifier.ts";
import {
  abortReason,
  control,
  fillPacket,
  type LongMessage,
  opening,
  packetsOf,
  transportControlPgn,
  transportDataPgn,
} from "./transport-frames.ts";

/** @see SAE J1939-21, timers: T3 for the answer of the receiver, T4 while it holds the connection */
const T3 = 1_250;
const T4 = 1_050;
/** Between two packets; the standard allows up to 200 ms. Engineering default. */
const packetGapMs = 10;

/** Messages from one control unit to one other, by handshake: the receiver says how many packets it takes at a time. */
export class AddressedTransfer {
  /** When the next packet may be sent; infinite while it waits for the receiver. */
  packetDueMs = Number.POSITIVE_INFINITY;
  isOver = false;
  readonly #place: { readonly sa: number; readonly da: number };
  readonly #queue: FrameQueue;
  readonly #waiting: LongMessage[] = [];
  #message: LongMessage;
  /** Next packet, and the last that the receiver wants for now. */
  #next = 1;
  #last = 0;
  #deadlineMs: number;

  constructor(
    { queue, ...place }: { readonly sa: number; readonly da: number; readonly queue: FrameQueue },
    message: LongMessage,
    nowMs: number,
  ) {
    this.#place = place;
    this.#queue = queue;
    this.#message = message;
    this.#deadlineMs = nowMs + T3;
    this.#say(opening(control.RTS, message), nowMs);
  }

  get dueMs(): number {
    return Math.min(this.packetDueMs, this.#deadlineMs);
  }

  add(message: LongMessage): void {
    if (!this.#waiting.some(({ pgn }) => pgn === message.pgn)) this.#waiting.push(message);
  }

  /** What the receiver says: a control frame. */
  hear(data: Uint8Array, nowMs: number): void {
    if (pgnAt(data, 5) !== this.#message.pgn) return;
    switch (data[0]) {
      case control.CTS:
        this.#allowed(data[1] ?? 0, data[2] ?? 0, nowMs);
        return;
      case control.END:
      case control.ABORT:
        this.#goOn(nowMs);
        return;
      default:
    }
  }

  passTime(nowMs: number): void {
    if (nowMs >= this.#deadlineMs) this.#abort(abortReason.timeout, nowMs);
  }

  takePacket(nowMs: number, frame: CanFrame): void {
    frame.canId = identifierOf(transportPriority, transportDataPgn, this.#place);
    fillPacket(frame, this.#message, this.#next);
    this.#next++;
    const isWindowEnd = this.#next > this.#last;
    this.packetDueMs = isWindowEnd ? Number.POSITIVE_INFINITY : nowMs + packetGapMs;
    this.#deadlineMs = isWindowEnd ? nowMs + T3 : Number.POSITIVE_INFINITY;
  }

  #allowed(count: number, from: number, nowMs: number): void {
    const packets = packetsOf(this.#message);
    if (this.packetDueMs !== Number.POSITIVE_INFINITY) {
      this.#abort(abortReason.unexpectedCts, nowMs);
    } else if (count === 0) {
      this.#deadlineMs = nowMs + T4;
    } else if (from >= 1 && from <= packets) {
      this.#next = from;
      this.#last = Math.min(packets, from + count - 1);
      this.packetDueMs = nowMs + packetGapMs;
      this.#deadlineMs = Number.POSITIVE_INFINITY;
    }
  }

  #abort(reason: number, nowMs: number): void {
    const { pgn } = this.#message;
    this.#say(Uint8Array.of(control.ABORT, reason, 0xff, 0xff, 0xff, ...pgnBytes(pgn)), nowMs);
    this.#goOn(nowMs);
  }

  /** The next message to the same receiver, if one waits. */
  #goOn(nowMs: number): void {
    const next = this.#waiting.shift();
    this.packetDueMs = Number.POSITIVE_INFINITY;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.isOver = next === undefined;
    if (next === undefined) return;
    this.#message = next;
    this.#deadlineMs = nowMs + T3;
    this.#say(opening(control.RTS, next), nowMs);
  }

  #say(bytes: Uint8Array, nowMs: number): void {
    this.#queue.add(
      nowMs,
      identifierOf(transportPriority, transportControlPgn, this.#place),
      bytes,
    );
  }
}
