import { maxPduBytes } from "./pdu.ts";

const headerBytes = 7;

/** Header and PDU: as it goes over TCP. @see Modbus messaging on TCP/IP 1.0b, 3.1.3 */
export function encodeTcp(transaction: number, unitId: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes + pdu.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, transaction);
  view.setUint16(4, pdu.length + 1);
  frame[6] = unitId;
  frame.set(pdu, headerBytes);
  return frame;
}

export interface TcpFrame {
  readonly transaction: number;
  readonly unitId: number;
  /** Only valid until the next call of the receiver. */
  readonly pdu: Uint8Array;
}

/**
 * Cuts a TCP stream into Modbus frames; holds at most two of the longest. Once a header makes no sense, nothing that
 * follows can be trusted: `isBroken` stays true, and only a new connection helps. Never throws.
 */
export class TcpReceiver {
  isBroken = false;
  readonly #buffer = new Uint8Array(2 * (headerBytes + maxPduBytes));
  readonly #view = new DataView(this.#buffer.buffer);
  #length = 0;

  /** Whether a frame has begun and is not whole. */
  get isMidFrame(): boolean {
    return this.#length > 0;
  }

  /** Hands every whole frame to `take`. */
  push(bytes: Uint8Array, take: (frame: TcpFrame) => void): void {
    for (let from = 0; from < bytes.length && !this.isBroken; ) {
      const piece = bytes.subarray(from, from + this.#buffer.length - this.#length);
      this.#buffer.set(piece, this.#length);
      this.#length += piece.length;
      from += piece.length;
      this.#cut(take);
    }
  }

  #cut(take: (frame: TcpFrame) => void): void {
    let from = 0;
    while (this.#length - from >= headerBytes - 1) {
      const length = this.#view.getUint16(from + 4);
      this.isBroken =
        this.#view.getUint16(from + 2) !== 0 || length < 2 || length > maxPduBytes + 1;
      if (this.isBroken) return;
      const end = from + headerBytes - 1 + length;
      if (end > this.#length) break;
      take({
        transaction: this.#view.getUint16(from),
        unitId: this.#buffer[from + headerBytes - 1] ?? 0,
        pdu: this.#buffer.subarray(from + headerBytes, end),
      });
      from = end;
    }
    this.#buffer.copyWithin(0, from, this.#length);
    this.#length -= from;
  }
}
