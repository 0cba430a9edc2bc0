/** One line of a recording. The parser fills the same object again and again: copy what must outlast the call. */
export interface RecordingFrame {
  /** Line in the file, from 1. */
  line: number;
  /** False where the file gives no time; then both numbers below are 0. */
  hasStamp: boolean;
  /** Time of the file: whole seconds rounded down (negative before its zero) and 0 to 999999999 ns on top, exact. */
  stampSeconds: number;
  stampNanos: number;
  /** Interface name, for instance `can0`. */
  bus: string;
  /** 11 or 29 bits, without flags. */
  canId: number;
  isExtended: boolean;
  /** A request for data: `length` is the length asked for, there are no data. */
  isRemote: boolean;
  /** A report of the controller about the bus, not a frame from it. */
  isError: boolean;
  /** CAN FD: up to 64 bytes. */
  isFd: boolean;
  /** Up to 8 bytes; more with CAN FD, or from a logger that writes put-together messages as one row. */
  length: number;
  readonly data: Uint8Array;
}

export const createRecordingFrame = (): RecordingFrame => ({
  line: 0,
  hasStamp: false,
  stampSeconds: 0,
  stampNanos: 0,
  bus: "",
  canId: 0,
  isExtended: false,
  isRemote: false,
  isError: false,
  isFd: false,
  length: 0,
  data: new Uint8Array(64),
});

/** The stamp of a frame in nanoseconds; undefined where the file has none. */
export const stampNs = (frame: RecordingFrame): bigint | undefined =>
  frame.hasStamp
    ? BigInt(frame.stampSeconds) * 1_000_000_000n + BigInt(frame.stampNanos)
    : undefined;
