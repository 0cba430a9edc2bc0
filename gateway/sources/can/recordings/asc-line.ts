import type { RecordingFrame } from "../recording-frame.ts";
import type { LineOutcome, LineParser } from "../recording-line.ts";
import { beginFrame, busOfChannel, putId, rowText, toNanos, toWhole } from "./row-text.ts";

const headline = /^(date|base|internal|no internal|\/\/|begin|end|start of|comment)\b|^\/\//i;
const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
/** As Vector's tools write them under German Windows. */
const germanMonths: Readonly<Record<string, string>> = {
  mär: "mar",
  mrz: "mar",
  mai: "may",
  okt: "oct",
  dez: "dec",
};
/** In the flags behind a row of CAN FD: the frame really was one. */
const fdFlag = 0x1000;

/**
 * Rows of Vector's ASC: identifiers with `x` have 29 bits, base and kind of time stand in the head, channel 1 is
 * `can0`. Error frames are frames; statistics, chip states, events and messages put together by the tool are not.
 * A start date that can be read makes times absolute (as UTC), else they count from the start.
 */
export function createAscLineParser(): LineParser {
  let base: 10 | 16 = 16;
  let isRelative = false;
  let timeNs = 0n;
  let startNs = 0n;

  function readHead(text: string): void {
    const [word, value] = text.toLowerCase().split(/\s+/);
    if (word === "date") startNs = startOf(text) ?? 0n;
    if (word !== "base") return;
    base = value === "dec" ? 10 : 16;
    isRelative = /timestamps\s+relative/i.test(text);
  }

  return (bytes, from, until, frame) => {
    const text = rowText(bytes, from, until).trim();
    if (text === "") return "blank";
    if (headline.test(text)) {
      readHead(text);
      return "other";
    }
    const tokens = text.split(/\s+/);
    const stampNs = toNanos(tokens[0] ?? "", "s");
    if (stampNs === undefined) return "the time is no number";
    timeNs = isRelative ? timeNs + stampNs : stampNs;
    return readRow(tokens, startNs + timeNs, base, frame);
  };
}

function readRow(
  tokens: readonly string[],
  timeNs: bigint,
  base: 10 | 16,
  frame: RecordingFrame,
): LineOutcome {
  const [, second = "", third = ""] = tokens;
  if (second === "CANFD") return readFdRow(tokens, timeNs, frame);
  const channel = toWhole(second, 10);
  // Words instead of a channel: start of measurement, chip states, triggers, J1939TP and other buses.
  if (channel === undefined || third.endsWith(":")) return "other";
  const bus = busOfChannel(channel);
  if (bus === undefined) return "more than 64 interfaces";
  beginFrame(frame, bus, timeNs);
  if (third === "ErrorFrame") {
    frame.isError = true;
    return "frame";
  }
  const [, , , direction = "", kind, announced] = tokens;
  if (/^TxRq$/i.test(direction)) return "other";
  if (!/^[rt]x$/i.test(direction)) return "something stands behind the frame";
  if (!putAscId(frame, third, base)) return "the identifier has more than 29 bits";
  if (kind === "r") {
    frame.isRemote = true;
    frame.length = Math.min(8, toWhole(announced, 16) ?? 0);
    return "frame";
  }
  if (kind !== "d") return "no frame after the interface name";
  return putData(frame, tokens.slice(6), toWhole(announced, 16), base);
}

/** `time CANFD channel Rx id [name] brs esi dlc length bytes… duration length flags …` */
function readFdRow(tokens: readonly string[], timeNs: bigint, frame: RecordingFrame): LineOutcome {
  const bus = busOfChannel(toWhole(tokens[2], 10) ?? 0);
  if (bus === undefined) return "more than 64 interfaces";
  beginFrame(frame, bus, timeNs);
  if (tokens[4] === "ErrorFrame") {
    frame.isError = true;
    return "frame";
  }
  if (!putAscId(frame, tokens[4] ?? "", 16)) return "the identifier has more than 29 bits";
  const isBit = (token: string | undefined) => token === "0" || token === "1";
  const at = isBit(tokens[5]) && isBit(tokens[6]) ? 5 : 6;
  const length = toWhole(tokens[at + 3], 10);
  const flags = toWhole(tokens[at + 4 + (length ?? 0) + 2], 16);
  frame.isFd = flags === undefined || (flags & fdFlag) !== 0;
  return putData(frame, tokens.slice(at + 4), length, 16);
}

function putAscId(frame: RecordingFrame, text: string, base: 10 | 16): boolean {
  const isExtended = /x$/i.test(text);
  const id = toWhole(isExtended ? text.slice(0, -1) : text, base);
  return id !== undefined && putId(frame, id, isExtended);
}

function putData(
  frame: RecordingFrame,
  tokens: readonly string[],
  announced: number | undefined,
  base: 10 | 16,
): LineOutcome {
  if (announced === undefined) return "the data are not as long as announced";
  if (announced > frame.data.length) return "more data than such a frame can hold";
  let length = 0;
  for (; length < announced; length++) {
    const byte = toWhole(tokens[length], base);
    if (byte === undefined) break;
    if (byte > 0xff) return "the data are not pairs of hex digits";
    frame.data[length] = byte;
  }
  frame.length = length;
  // A length code of 9 to 15 of a classic frame means 8 bytes, where there are not more.
  if (length === announced || (length === 8 && announced <= 15)) return "frame";
  return "the data are not as long as announced";
}

/** `date Sat Sep 30 15:06:13.191 2017`, with am and pm too; undefined in a language not known here. */
function startOf(text: string): bigint | undefined {
  const match =
    /^date\s+\S+\s+(\S+)\s+(\d+)\s+(\d+):(\d+):(\d+)(?:\.(\d+))?\s*(am|pm)?\s+(\d{4})/i.exec(text);
  if (match === null) return undefined;
  const [, word = "", day, hour, minute, second, fraction = "", half, year] = match;
  const short = word.toLowerCase().slice(0, 3);
  const month = months.indexOf(germanMonths[short] ?? short);
  if (month < 0) return undefined;
  const hours = half ? (Number(hour) % 12) + (/pm/i.test(half) ? 12 : 0) : Number(hour);
  const ms = Date.UTC(Number(year), month, Number(day), hours, Number(minute), Number(second));
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}
