import { createRecordingFrame, type RecordingFrame } from "../can/recording-frame.ts";

export interface SlcanListener {
  /** The same object every time: copy what must outlast the call. */
  onFrame(frame: RecordingFrame): void;
  /** The adapter took a command (`ok`), refused one (`refused`), or told its state (`flags`, one byte). */
  onReply(reply: "ok" | "refused"): void;
  onFlags(flags: number): void;
}

const CR = 0x0d;
const LF = 0x0a;
const BELL = 0x07;
/** The longest line known: a frame of CAN FD with 64 bytes, its time and what newer adapters put behind it. */
const longestLine = 160;
const LETTER_F = 0x46;
const letters = new Map([..."tTrRdDbBzZVvN"].map((letter) => [letter.charCodeAt(0), letter]));

/** Value of a hex digit by its character code, 0xff for anything else. */
const hexValue = new Uint8Array(256).fill(0xff);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  hexValue[digit.charCodeAt(0)] = value;
  hexValue[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Parses what a serial CAN adapter says (LAWICEL's ASCII protocol), in pieces of any size: `t` and `T` frames with 11
 * and 29 bits, `r` and `R` remote ones, each with or without a time of 4 or 8 digits, replies and the state flags.
 * Frames of CAN FD are counted and passed over. Nothing that comes makes it throw; noise is counted, and the next line
 * is read again.
 */
export class SlcanParser {
  readonly statistics = { frames: 0, fdFrames: 0, malformed: 0, refusals: 0 };
  readonly #listener: SlcanListener;
  readonly #bus: string;
  readonly #frame = createRecordingFrame();
  readonly #line = new Uint8Array(longestLine);
  #length = 0;
  #isOverlong = false;

  constructor(bus: string, listener: SlcanListener) {
    this.#bus = bus;
    this.#listener = listener;
  }

  feed(bytes: Uint8Array): void {
    for (const byte of bytes)
      if (byte === CR) this.#endLine();
      else if (byte === BELL) this.#refuse();
      else if (byte === LF && this.#length === 0) continue;
      else if (this.#length < longestLine) this.#line[this.#length++] = byte;
      else this.#isOverlong = true;
  }

  #refuse(): void {
    if (this.#length > 0) this.statistics.malformed++;
    this.#forget();
    this.statistics.refusals++;
    this.#listener.onReply("refused");
  }

  #forget(): void {
    this.#length = 0;
    this.#isOverlong = false;
  }

  #endLine(): void {
    const length = this.#length;
    const isOverlong = this.#isOverlong;
    this.#forget();
    if (length === 0) this.#listener.onReply("ok");
    else if (isOverlong || !this.#isLine(length)) this.statistics.malformed++;
  }

  #isLine(length: number): boolean {
    const first = this.#line[0] ?? 0;
    if (first === LETTER_F) return this.#isFlags(length);
    switch (letters.get(first)) {
      case "t":
        return this.#isFrame(length, 3, false);
      case "T":
        return this.#isFrame(length, 8, false);
      case "r":
        return this.#isFrame(length, 3, true);
      case "R":
        return this.#isFrame(length, 8, true);
      case "d":
      case "D":
      case "b":
      case "B":
        this.statistics.fdFrames++;
        return true;
      case undefined:
        return false;
      default:
        // A frame was sent (z, Z), or the adapter tells version or number.
        this.#listener.onReply("ok");
        return true;
    }
  }

  #isFlags(length: number): boolean {
    const flags = this.#hex(1, 2);
    if (length !== 3 || flags < 0) return false;
    this.#listener.onFlags(flags);
    return true;
  }

  #isFrame(length: number, digits: number, isRemote: boolean): boolean {
    const dataFrom = digits + 2;
    const id = this.#hex(1, digits);
    const size = hexValue[this.#line[dataFrom - 1] ?? 0] ?? 0xff;
    if (length < dataFrom || id < 0 || id > (digits === 3 ? 0x7ff : 0x1fffffff) || size > 8)
      return false;
    const dataEnd = dataFrom + (isRemote ? 0 : 2 * size);
    const stampDigits = length - dataEnd;
    if (stampDigits !== 0 && stampDigits !== 4 && stampDigits !== 8) return false;
    const frame = this.#frame;
    for (let at = dataFrom; at < length; at += 2) {
      const byte = this.#hex(at, 2);
      if (byte < 0) return false;
      if (at < dataEnd) frame.data[(at - dataFrom) / 2] = byte;
    }
    frame.bus = this.#bus;
    frame.canId = id;
    frame.isExtended = digits === 8;
    frame.isRemote = isRemote;
    frame.length = size;
    this.statistics.frames++;
    this.#listener.onFrame(frame);
    return true;
  }

  /** -1 where one of the characters is no hex digit. */
  #hex(from: number, count: number): number {
    let value = 0;
    for (let at = from; at < from + count; at++) {
      const digit = hexValue[this.#line[at] ?? 0] ?? 0xff;
      if (digit === 0xff) return -1;
      value = value * 16 + digit;
    }
    return value;
  }
}
