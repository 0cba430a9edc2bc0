import type { RecordingFrame } from "../recording-frame.ts";
import type { LineOutcome, LineParser } from "../recording-line.ts";
import { type CsvLayout, cellsOf } from "./csv-columns.ts";
import { beginFrame, createBusNames, putId, rowText, toNanos, toWhole } from "./row-text.ts";

const widestStandardId = 0x7ff;

/** Rows of a CSV recording under a known layout. Rows without an identifier are states and notes, not frames. */
export function createCsvLineParser(layout: CsvLayout): LineParser {
  const nameOf = createBusNames();
  let needsHead = layout.hasHead;
  return (bytes, from, until, frame) => {
    const text = rowText(bytes, from, until);
    if (text.trim() === "") return "blank";
    if (needsHead) {
      needsHead = false;
      return "other";
    }
    const cells = cellsOf(text, layout.delimiter);
    const id = cells[layout.id] ?? "";
    if (id === "" || id === "-") return "other";
    const busText = cellAt(cells, layout.bus) ?? "0";
    const bus = nameOf(/^\d{1,3}$/.test(busText) ? `can${Number(busText)}` : busText);
    if (bus === undefined || bus.length > mostNameLength) return "more than 64 interfaces";
    return readRow(cells, layout, bus, frame);
  };
}

const mostNameLength = 64;

function readRow(
  cells: readonly string[],
  layout: CsvLayout,
  bus: string,
  frame: RecordingFrame,
): LineOutcome {
  const time = cellAt(cells, layout.time);
  const timeNs = time === undefined ? undefined : toNanos(time, layout.timeUnit);
  if (time !== undefined && timeNs === undefined) return "the time is no number";
  beginFrame(frame, bus, timeNs);
  if (isYes(cellAt(cells, layout.error))) {
    frame.isError = true;
    return "frame";
  }
  const outcome = readId(cells, layout, frame);
  if (outcome !== "frame") return outcome;
  const announced = toWhole(cellAt(cells, layout.length), 10);
  if (isYes(cellAt(cells, layout.remote))) {
    frame.isRemote = true;
    frame.length = Math.min(8, announced ?? 0);
    return "frame";
  }
  return readData(cells, layout, announced, frame);
}

function readId(
  cells: readonly string[],
  { id: at, idBase, extended }: CsvLayout,
  frame: RecordingFrame,
): LineOutcome {
  const text = cells[at] ?? "";
  const isHex = /^0x/i.test(text);
  const id = toWhole(isHex ? text.slice(2) : text, isHex ? 16 : idBase);
  if (id === undefined) return "the identifier is not 3 or 8 hex digits";
  const said = cellAt(cells, extended);
  const isLong = id > widestStandardId || (idBase === 16 && text.length === 8 && !isHex);
  const isExtended = said === undefined ? isLong : isYes(said);
  return putId(frame, id, isExtended) ? "frame" : "the identifier has more than 29 bits";
}

function readData(
  cells: readonly string[],
  { data, dataCoding }: CsvLayout,
  announced: number | undefined,
  frame: RecordingFrame,
): LineOutcome {
  const bytes = bytesOf(cells, data, dataCoding);
  if (bytes === undefined) return "the data are not pairs of hex digits";
  const length = announced ?? bytes.length;
  if (Math.max(length, bytes.length) > frame.data.length)
    return "more data than such a frame can hold";
  if (bytes.length < length) return "the data are not as long as announced";
  frame.data.set(bytes.subarray(0, length));
  frame.length = length;
  // Loggers that put messages together write up to 15 bytes in a row; CAN FD has no such lengths.
  frame.isFd = length > 15;
  return "frame";
}

/** The bytes of one cell, or of one cell each up to the first empty one. */
function bytesOf(
  cells: readonly string[],
  columns: readonly number[],
  coding: CsvLayout["dataCoding"],
): Uint8Array | undefined {
  const [only = 0] = columns;
  if (coding === "base64") return Buffer.from(cells[only] ?? "", "base64");
  const each = columns.map((at) => cells[at] ?? "");
  const empty = each.indexOf("");
  const filled = empty < 0 ? each : each.slice(0, empty);
  const text =
    columns.length === 1
      ? (each[0] ?? "").replace(/0x|[\s.:_-]/gi, "")
      : filled.map((cell) => cell.replace(/^0x/i, "").padStart(2, "0")).join("");
  return /^(?:[0-9a-f]{2})*$/i.test(text) ? Buffer.from(text, "hex") : undefined;
}

const cellAt = (cells: readonly string[], at: number | undefined): string | undefined =>
  at === undefined || cells[at] === "" ? undefined : cells[at];

const isYes = (cell: string | undefined): boolean => /^(?:1|true|yes|x)$/i.test(cell ?? "");
