import type { CanFrame } from "../can/can-frame.ts";
import { pgnBytes } from "./identifier.ts";

export const transportControlPgn = 60416;
export const transportDataPgn = 60160;

/** First byte of a control frame. @see SAE J1939-21, TP.CM */
export const control = { RTS: 16, CTS: 17, END: 19, BAM: 32, ABORT: 255 } as const;
/** Why a connection ends. @see SAE J1939-21, connection abort reasons */
export const abortReason = { resources: 2, timeout: 3, unexpectedCts: 4 } as const;

const packetBytes = 7;

export interface LongMessage {
  readonly pgn: number;
  readonly bytes: Uint8Array;
}

export const packetsOf = ({ bytes }: Pick<LongMessage, "bytes">): number =>
  Math.ceil(bytes.length / packetBytes);

/** Packet `sequence` (from 1) of a message: 7 bytes, filled up with FF. */
export function fillPacket(frame: CanFrame, { bytes }: LongMessage, sequence: number): void {
  const from = (sequence - 1) * packetBytes;
  frame.length = 8;
  frame.data.fill(0xff);
  frame.data[0] = sequence;
  frame.data.set(bytes.subarray(from, from + packetBytes), 1);
}

/** The control frame that opens a transfer. */
export const opening = (first: number, { pgn, bytes }: LongMessage): Uint8Array =>
  Uint8Array.of(
    first,
    bytes.length & 0xff,
    bytes.length >>> 8,
    packetsOf({ bytes }),
    0xff,
    ...pgnBytes(pgn),
  );
