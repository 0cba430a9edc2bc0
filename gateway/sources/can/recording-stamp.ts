/** What a stamp is written into; see `RecordingFrame`. */
export interface StampTarget {
  hasStamp: boolean;
  stampSeconds: number;
  stampNanos: number;
}

const SPACE = 0x20;
const MINUS = 0x2d;
const DOT = 0x2e;
const CLOSE = 0x29;
const ZERO = 0x30;
const nanosPerSecond = 1_000_000_000;
/** More digits would not be exact in a double; also far beyond any clock. */
const mostSecondDigits = 15;

/**
 * Parses what stands between the brackets from byte `from` on: seconds with any number of decimals (nanoseconds are
 * kept, further digits cut off), negative too; `YYYY-MM-DD hh:mm:ss.ffffff`, read as UTC; or nothing at all.
 * Returns where the text goes on behind the bracket, or -1 if it is no time.
 */
export function parseStamp(
  bytes: Uint8Array,
  from: number,
  end: number,
  into: StampTarget,
): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at++;
  if (bytes[at] === CLOSE) return at + 1;
  const isNegative = bytes[at] === MINUS;
  if (isNegative) at++;
  const firstDigit = at;
  let seconds = 0;
  for (; at < end && isDigit(bytes[at]); at++) seconds = seconds * 10 + (bytes[at] ?? 0) - ZERO;
  if (at === firstDigit || at - firstDigit > mostSecondDigits) return -1;
  if (bytes[at] === MINUS && !isNegative) return parseDate(bytes, firstDigit, end, into);
  let nanos = 0;
  if (bytes[at] === DOT) {
    let unit = nanosPerSecond / 10;
    for (at++; at < end && isDigit(bytes[at]); at++, unit /= 10)
      if (unit >= 1) nanos += ((bytes[at] ?? 0) - ZERO) * unit;
  }
  if (at >= end || bytes[at] !== CLOSE) return -1;
  if (isNegative) {
    seconds = nanos > 0 ? -seconds - 1 : 0 - seconds;
    nanos = nanos > 0 ? nanosPerSecond - nanos : 0;
  }
  into.hasStamp = true;
  into.stampSeconds = seconds;
  into.stampNanos = nanos;
  return at + 1;
}

const datePattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\)/;

/** Rare enough (`candump -t A`) to be done the comfortable way. */
function parseDate(bytes: Uint8Array, from: number, end: number, into: StampTarget): number {
  const text = String.fromCharCode(...bytes.subarray(from, Math.min(end, from + 40)));
  const match = datePattern.exec(text);
  if (match === null) return -1;
  const ms = Date.parse(`${match[1]}T${match[2]}Z`);
  if (Number.isNaN(ms)) return -1;
  into.hasStamp = true;
  into.stampSeconds = ms / 1000;
  into.stampNanos = Number((match[3] ?? "").padEnd(9, "0"));
  return from + match[0].length;
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
