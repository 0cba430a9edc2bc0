import type { RecordingFrame } from "../recording-frame.ts";
import type { LineOutcome, LineParser } from "../recording-line.ts";
import { beginFrame, busOfChannel, putId, rowText, toNanos, toWhole } from "./row-text.ts";

/** Columns of version 2.0, which has no line that names them. */
const columnsOf20 = ["N", "O", "T", "I", "d", "l", "D"];
const fdKinds = new Set(["FD", "FB", "FE", "BI"]);
/** Lengths that the length codes 9 to 15 of CAN FD mean. */
const fdLengths = [12, 16, 20, 24, 32, 48, 64];
/** Day zero of `$STARTTIME`, 1899-12-30, before 1970. */
const daysBefore1970 = 25_569;
const msPerDay = 86_400_000;

/**
 * Rows of PEAK's TRC, versions 1.0 to 1.3, 2.0 and 2.1: identifiers of eight digits have 29 bits, bus 1 is `can0`.
 * Error frames are frames; warnings, states, counters and events are not. Times count from `$STARTTIME` (as UTC, to the
 * millisecond) where the head has it.
 */
export function createTrcLineParser(): LineParser {
  let columns: readonly string[] | undefined;
  let startNs = 0n;

  function readHead(text: string): void {
    const [, key = "", value = ""] = /^;\$(\w+)=(.*)$/.exec(text) ?? [];
    if (key === "FILEVERSION" && value.startsWith("2")) columns = columnsOf20;
    if (key === "COLUMNS") columns = value.split(",").map((name) => name.trim());
    if (key === "STARTTIME") startNs = startOf(Number(value));
  }

  return (bytes, from, until, frame) => {
    const text = rowText(bytes, from, until).trim();
    if (text === "") return "blank";
    if (text.startsWith(";")) {
      readHead(text);
      return "other";
    }
    const tokens = text.split(/\s+/);
    const row = columns === undefined ? rowOfVersion1(tokens) : rowOfVersion2(tokens, columns);
    return readRow(row, startNs, frame);
  };
}

interface Row {
  readonly offset: string;
  readonly kind: "data" | "remote" | "fd" | "error" | "other";
  readonly bus: number;
  readonly id: string;
  readonly length: number | undefined;
  readonly data: readonly string[];
}

/** `1)  1059.9  [bus]  Rx  18FEF200  [-]  8  00 …`; version 1.0 has no direction. */
function rowOfVersion1(tokens: readonly string[]): Row {
  let at = 2;
  const bus = /^\d{1,2}$/.test(tokens[at] ?? "") ? Number(tokens[at++]) : 1;
  const isWord = /^[A-Za-z]{2,}$/.test(tokens[at] ?? "") && !isId(tokens[at]);
  const word = isWord ? (tokens[at++] ?? "") : "Rx";
  const id = tokens[at++] ?? "";
  if (tokens[at] === "-") at++;
  const length = toWhole(tokens[at++], 10);
  const isRemote = /^RTR$/i.test(tokens[at] ?? "");
  const isFrame = word === "Rx" || word === "Tx";
  const ofWord = word === "Error" ? "error" : "other";
  return {
    offset: tokens[0]?.endsWith(")") ? (tokens[1] ?? "") : "",
    kind: isFrame ? (isRemote ? "remote" : "data") : ofWord,
    bus,
    id,
    length,
    data: tokens.slice(at),
  };
}

function rowOfVersion2(tokens: readonly string[], columns: readonly string[]): Row {
  const value = (name: string) => {
    const at = columns.indexOf(name);
    return at < 0 ? undefined : tokens[at];
  };
  const word = value("T") ?? "";
  const isFd = fdKinds.has(word);
  const code = toWhole(value("L"), 10);
  const kinds = { DT: "data", RR: "remote", ER: "error" } as const;
  const dataAt = columns.indexOf("D");
  return {
    offset: value("O") ?? "",
    kind: isFd ? "fd" : (kinds[word as keyof typeof kinds] ?? "other"),
    bus: toWhole(value("B"), 10) ?? 1,
    id: value("I") ?? "",
    length: toWhole(value("l"), 10) ?? (isFd ? fdLengths[(code ?? 0) - 9] : undefined) ?? code,
    data: dataAt < 0 ? [] : tokens.slice(dataAt),
  };
}

function readRow(row: Row, startNs: bigint, frame: RecordingFrame): LineOutcome {
  const offsetNs = toNanos(row.offset, "ms");
  if (offsetNs === undefined) return "the time is no number";
  if (row.kind === "other") return "other";
  const bus = busOfChannel(row.bus);
  if (bus === undefined) return "more than 64 interfaces";
  beginFrame(frame, bus, startNs + offsetNs);
  if (row.kind === "error") {
    frame.isError = true;
    return "frame";
  }
  if (!isId(row.id)) return "the identifier is not 4 or 8 hex digits";
  if (!putId(frame, Number.parseInt(row.id, 16), row.id.length === 8))
    return "the identifier has more than 29 bits";
  if (row.length === undefined) return "the data are not as long as announced";
  frame.isFd = row.kind === "fd";
  frame.isRemote = row.kind === "remote";
  frame.length = frame.isRemote ? Math.min(8, row.length) : row.length;
  return frame.isRemote ? "frame" : putData(row, frame);
}

function putData({ length = 0, data }: Row, frame: RecordingFrame): LineOutcome {
  if (length > frame.data.length) return "more data than such a frame can hold";
  if (data.length < length) return "the data are not as long as announced";
  if (data.length > length) return "something stands behind the frame";
  for (const [at, text] of data.entries()) {
    if (!/^[0-9a-f]{2}$/i.test(text)) return "the data are not pairs of hex digits";
    frame.data[at] = Number.parseInt(text, 16);
  }
  return "frame";
}

const isId = (text: string | undefined): boolean =>
  text !== undefined && /^(?:[0-9a-f]{4}|[0-9a-f]{8})$/i.test(text);

const startOf = (days: number): bigint =>
  Number.isFinite(days) && days > 0
    ? BigInt(Math.round((days - daysBefore1970) * msPerDay)) * 1_000_000n
    : 0n;
