import type { RecordingFrame } from "./recording-frame.ts";
import { parseStamp } from "./recording-stamp.ts";

/** Why a line is no frame. */
export type LineProblem =
  | "the time is no number"
  | "no interface name"
  | "more than 64 interfaces"
  | "no frame after the interface name"
  | "the identifier is not 3 or 8 hex digits"
  | "the identifier is not 4 or 8 hex digits"
  | "the identifier has more than 29 bits"
  | "the data are not pairs of hex digits"
  | "more data than such a frame can hold"
  | "the data are not as long as announced"
  | "something stands behind the frame";

/** `other`: a line that its format knows and that is no frame: head, comment, statistics, state. */
export type LineOutcome = "frame" | "blank" | "other" | LineProblem;

/** Parses the line between two positions into `frame`. */
export type LineParser = (
  line: Uint8Array,
  from: number,
  until: number,
  frame: RecordingFrame,
) => LineOutcome;

const SPACE = 0x20;
const TAB = 0x09;
const OPEN = 0x28;
const HASH = 0x23;
const DOT = 0x2e;
const BRACKET = 0x5b;
const UNDERSCORE = 0x5f;
const LETTER_R = 0x52;
const LETTER_T = 0x54;
const QUOTE = 0x27;
const longestName = 64;
/** Interfaces are a handful; a broken file must not fill the memory with names. */
const mostNames = 64;
const errorFlag = 0x20000000;

/** Value of a hex digit by its character code, 0xff for anything else. */
const hexValue = new Uint8Array(256).fill(0xff);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  hexValue[digit.charCodeAt(0)] = value;
  hexValue[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Parses single lines of `candump -L` (`(1.5) can0 18FEF200#1900…`, `#R` remote, `##` CAN FD) and `candump`
 * (` (1.5)  can0  18FEF200   [8]  19 00 …`), the time being optional in both. Works on bytes: a recording is large.
 */
export function createLineParser(): LineParser {
  const names = new Set<string>();
  // Where the last line's interface name was equal, the same string is used again without looking it up.
  let lastName = "";
  const lastNameBytes = new Uint8Array(longestName);

  let bytes: Uint8Array = new Uint8Array(0);
  let at = 0;
  let end = 0;

  const here = (): number => (at < end ? (bytes[at] ?? 0) : 0);

  function skipBlanks(): void {
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  }

  function isLastName(from: number, length: number): boolean {
    if (length !== lastName.length) return false;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== lastNameBytes[i]) return false;
    return true;
  }

  /** Reads the interface name; empty if there is none. */
  function busName(): string {
    const from = at;
    while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
    const length = at - from;
    if (length > longestName) return "";
    return isLastName(from, length) ? lastName : String.fromCharCode(...bytes.subarray(from, at));
  }

  /** Only names of lines that turned out to be frames count, so that rubbish cannot use them up. */
  function isKnownName(name: string): boolean {
    if (name === lastName) return true;
    if (!names.has(name) && names.size >= mostNames) return false;
    names.add(name);
    lastName = name;
    for (let i = 0; i < name.length; i++) lastNameBytes[i] = name.charCodeAt(i);
    return true;
  }

  /** Reads hex digits up to another character; how many there were is the distance. */
  function hexNumber(): number {
    let value = 0;
    for (; at < end; at++) {
      const digit = hexValue[bytes[at] ?? 0] ?? 0xff;
      if (digit === 0xff) break;
      value = value * 16 + digit;
    }
    return value;
  }

  function identifier(frame: RecordingFrame): LineOutcome {
    const from = at;
    const id = hexNumber();
    const digits = at - from;
    if (digits !== 3 && digits !== 8) return "the identifier is not 3 or 8 hex digits";
    frame.isError = digits === 8 && id >= errorFlag && id < errorFlag * 2;
    frame.isExtended = digits === 8 && !frame.isError;
    frame.canId = frame.isError ? id - errorFlag : id;
    if (frame.canId >= errorFlag || (digits === 3 && id > 0x7ff))
      return "the identifier has more than 29 bits";
    return "frame";
  }

  /** At most `most` pairs of hex digits, apart by `separator` or together. */
  function dataBytes(frame: RecordingFrame, separator: number, most: number): LineOutcome {
    let length = 0;
    while (at < end && length < most) {
      const high = hexValue[bytes[at] ?? 0] ?? 0xff;
      if (high === 0xff) {
        if (bytes[at] !== separator) break;
        at++;
        continue;
      }
      const low = at + 1 < end ? (hexValue[bytes[at + 1] ?? 0] ?? 0xff) : 0xff;
      if (low === 0xff) return "the data are not pairs of hex digits";
      frame.data[length++] = high * 16 + low;
      at += 2;
    }
    frame.length = length;
    return "frame";
  }

  /** After `#`. */
  function logData(frame: RecordingFrame): LineOutcome {
    if (here() === LETTER_R) {
      at++;
      frame.isRemote = true;
      if (hexValue[here()] !== 0xff) frame.length = Math.min(8, hexNumber());
      return "frame";
    }
    if (here() === HASH) {
      at++;
      if (hexValue[here()] === 0xff) return "the data are not pairs of hex digits";
      at++; // flags: bit rate switch, error state
      frame.isFd = true;
    }
    // Loggers that put messages together write more than 8 bytes behind a single `#`.
    const outcome = dataBytes(frame, DOT, frame.data.length);
    if (outcome !== "frame") return outcome;
    if (hexValue[here()] !== 0xff) return "more data than such a frame can hold";
    // A raw length code of 9 to 15 may follow a full classic frame.
    if (here() === UNDERSCORE && frame.length === 8) at += 2;
    return "frame";
  }

  /** After the identifier: `[8]  11 22 …`, `[08]` for CAN FD, `[8]  remote request`. */
  function plainData(frame: RecordingFrame): LineOutcome {
    skipBlanks();
    if (here() !== BRACKET) return "no frame after the interface name";
    const from = ++at;
    let announced = 0;
    for (; here() >= 0x30 && here() <= 0x39; at++) announced = announced * 10 + here() - 0x30;
    frame.isFd = at - from === 2;
    at++;
    skipBlanks();
    if (here() === 0x72 /* remote request */) {
      at = end;
      frame.isRemote = true;
      frame.length = Math.min(8, announced);
      return "frame";
    }
    if (announced > (frame.isFd ? 64 : 8)) return "more data than such a frame can hold";
    const outcome = dataBytes(frame, SPACE, announced);
    if (outcome === "frame" && frame.length !== announced)
      return "the data are not as long as announced";
    skipBlanks();
    // The same bytes as text (`candump -a`) or what an error frame means.
    if (here() === QUOTE || frame.isError) at = end;
    return outcome;
  }

  /** `RX - -`, `TX B E`: direction and flags that `candump -x` puts before the identifier. */
  function skipDirection(): void {
    const isDirection =
      (here() === LETTER_R || here() === LETTER_T) && bytes[at + 1] === 0x58 && at + 2 < end;
    if (!isDirection) return;
    at += 2;
    skipBlanks();
    while (at < end && (bytes[at + 1] === SPACE || bytes[at + 1] === TAB)) {
      at++;
      skipBlanks();
    }
  }

  function frameBody(frame: RecordingFrame): LineOutcome {
    skipBlanks();
    if (at >= end) return "no frame after the interface name";
    skipDirection();
    const outcome = identifier(frame);
    if (outcome !== "frame") return outcome;
    if (here() !== HASH) return plainData(frame);
    at++;
    return logData(frame);
  }

  function isAtEnd(): boolean {
    skipBlanks();
    if (here() === LETTER_R || here() === LETTER_T) at++; // direction, `candump -L -x`
    skipBlanks();
    return at >= end;
  }

  return (line, from, until, frame) => {
    bytes = line;
    at = from;
    end = until;
    skipBlanks();
    if (at >= end) return "blank";
    frame.hasStamp = false;
    frame.stampSeconds = 0;
    frame.stampNanos = 0;
    frame.isRemote = false;
    frame.isFd = false;
    frame.length = 0;
    if (here() === OPEN) {
      at = parseStamp(bytes, at + 1, end, frame);
      if (at < 0) return "the time is no number";
    }
    skipBlanks();
    frame.bus = busName();
    if (frame.bus === "") return "no interface name";
    const outcome = frameBody(frame);
    if (outcome !== "frame") return outcome;
    if (!isAtEnd()) return "something stands behind the frame";
    return isKnownName(frame.bus) ? "frame" : "more than 64 interfaces";
  };
}
