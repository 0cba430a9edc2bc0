import { type CanFrame, urgencyOf } from "../can/can-frame.ts";
import type { Talker } from "../can/can-node.ts";
import type { FrameQueue } from "../can/frame-queue.ts";
import { AddressedTransfer } from "./addressed-transfer.ts";
import { globalAddress, identifierOf, pgnAt, pgnBytes, transportPriority } from "./identifier.ts";
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

/** Between the packets of a broadcast, of the 50 to 200 ms that the standard allows; so a step may blur it by 50. */
const broadcastGapMs = 100;

interface Broadcast extends LongMessage {
  /** 0: its announcement. */
  next: number;
}

/**
 * Messages of 9 to 1785 bytes that one control unit sends: to all by announcement, one after the other, and to one by
 * handshake. @see SAE J1939-21, transport protocol functions
 */
export class TransportSender implements Talker {
  dueMs = Number.POSITIVE_INFINITY;
  readonly #queue: FrameQueue;
  readonly #broadcasts: Broadcast[] = [];
  #broadcastDueMs = Number.POSITIVE_INFINITY;
  readonly #transfers = new Map<number, AddressedTransfer>();
  #address = 0;
  #speaker: AddressedTransfer | "broadcast" = "broadcast";

  /** `queue`: where its control frames go. */
  constructor(queue: FrameQueue) {
    this.#queue = queue;
  }

  /** Ends all that is under way and goes on from another address. */
  restart(address: number): void {
    this.#address = address;
    this.#broadcasts.length = 0;
    this.#broadcastDueMs = Number.POSITIVE_INFINITY;
    this.#transfers.clear();
    this.#settle();
  }

  /** To all. A message that waits still is replaced by a newer one of its group. */
  broadcast(message: LongMessage, nowMs: number): void {
    const waiting = this.#broadcasts.findIndex(
      ({ pgn, next }) => pgn === message.pgn && next === 0,
    );
    if (waiting >= 0) this.#broadcasts[waiting] = { ...message, next: 0 };
    else this.#broadcasts.push({ ...message, next: 0 });
    if (this.#broadcasts.length === 1) this.#broadcastDueMs = nowMs;
    this.#settle();
  }

  /** To one; waits while another message is on its way to the same. */
  sendTo(da: number, message: LongMessage, nowMs: number): void {
    const transfer = this.#transfers.get(da);
    if (transfer && !transfer.isOver) transfer.add(message);
    else
      this.#transfers.set(
        da,
        new AddressedTransfer({ sa: this.#address, da, queue: this.#queue }, message, nowMs),
      );
    this.#settle();
  }

  /** A control frame that is addressed to this unit. */
  hear(sa: number, data: Uint8Array, nowMs: number): void {
    if (data[0] === control.RTS) this.#refuse(sa, pgnAt(data, 5), nowMs);
    else this.#transfers.get(sa)?.hear(data, nowMs);
    this.#settle();
  }

  urgencyAt(nowMs: number): number {
    let isWaiting = false;
    for (const [da, transfer] of this.#transfers) {
      transfer.passTime(nowMs);
      if (transfer.isOver) this.#transfers.delete(da);
      else if (transfer.packetDueMs <= nowMs && !isWaiting) {
        this.#speaker = transfer;
        isWaiting = true;
      }
    }
    if (!isWaiting && this.#broadcastDueMs <= nowMs) {
      this.#speaker = "broadcast";
      isWaiting = true;
    }
    this.#settle();
    if (!isWaiting) return Number.POSITIVE_INFINITY;
    return urgencyOf(
      identifierOf(transportPriority, transportDataPgn, { sa: this.#address }),
      true,
    );
  }

  takeFrame(nowMs: number, frame: CanFrame): void {
    frame.isExtended = true;
    if (this.#speaker === "broadcast") this.#takeBroadcast(nowMs, frame);
    else this.#speaker.takePacket(nowMs, frame);
    this.#settle();
  }

  #takeBroadcast(nowMs: number, frame: CanFrame): void {
    const [message] = this.#broadcasts;
    if (message === undefined) return;
    const place = { sa: this.#address, da: globalAddress };
    const isOpening = message.next === 0;
    const pgn = isOpening ? transportControlPgn : transportDataPgn;
    frame.canId = identifierOf(transportPriority, pgn, place);
    frame.length = 8;
    if (isOpening) frame.data.set(opening(control.BAM, message));
    else fillPacket(frame, message, message.next);
    message.next++;
    this.#broadcastDueMs = nowMs + broadcastGapMs;
    if (message.next <= packetsOf(message)) return;
    this.#broadcasts.shift();
    if (this.#broadcasts.length === 0) this.#broadcastDueMs = Number.POSITIVE_INFINITY;
  }

  /** Nobody has anything long to tell such a unit. */
  #refuse(sa: number, pgn: number, nowMs: number): void {
    const place = { sa: this.#address, da: sa };
    const bytes = [control.ABORT, abortReason.resources, 0xff, 0xff, 0xff, ...pgnBytes(pgn)];
    const canId = identifierOf(transportPriority, transportControlPgn, place);
    this.#queue.add(nowMs, canId, Uint8Array.from(bytes));
  }

  #settle(): void {
    let next = this.#broadcastDueMs;
    for (const { dueMs } of this.#transfers.values()) if (dueMs < next) next = dueMs;
    this.dueMs = next;
  }
}
