import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { isValue } from "@firebreak/rules/detectors/detector.ts";
import { readNumber, splitRow } from "./csv-row.ts";
import { type DateOrder, dateOrderOf, readTimeNs } from "./csv-time.ts";
import { type Asked, layoutOf, type SeriesLayout, type UnreadTime } from "./series-layout.ts";

/** One row of a series; filled again and again. */
export interface SeriesRow {
  /** Nanoseconds since 1970, NaN where the file gives none or one before that of the row above. */
  timeNs: number;
  /** One value per signal, NaN where the cell is empty or holds what no sensor gives. */
  readonly values: Float64Array;
}

/** What was odd about a file and was read all the same. */
export interface SeriesOddities {
  missing: number;
  /** Values that no sensor gives. */
  absurd: number;
  /** Line of the first of them. */
  firstAbsurd: number;
  backwards: number;
  repeated: number;
  /** Line of the first time that goes backwards. */
  firstBackwards: number;
}

export interface Series {
  readonly signalNames: readonly string[];
  /** A column that seems to hold times and is not read, by name, and one of its cells. */
  readonly unread?: { readonly column: string; readonly cell: string; readonly isEither: boolean };
  readonly totalBytes: number;
  readonly readBytes: () => number;
  readonly oddities: SeriesOddities;
  /** Rows in the order of the file. Throws CodedError BAD_SERIES with line and column. */
  rows(): AsyncGenerator<SeriesRow>;
}

/** Rows that are looked at before the separator and the columns are settled (engineering default). */
const sampledLines = 50;
/** A line longer than this is no row of a series (engineering default). */
const longestLine = 1 << 20;

/**
 * Opens a CSV file with a head line. A blank line is no row.
 * @throws CodedError BAD_SERIES, NO_SUCH_COLUMN, or INPUT_UNREADABLE
 */
export async function openSeries(path: string, asked: Asked): Promise<Series> {
  const totalBytes = await sizeOf(path);
  const progress = { bytes: 0 };
  const lines = linesOf(path, progress);
  const first: Line[] = [];
  while (first.length <= sampledLines) {
    const { value, done } = await lines.next();
    if (done) break;
    first.push(value);
  }
  if (first.length === 0) throw new CodedError("BAD_SERIES", `${path} is empty.`);
  if (first.length === 1)
    throw new CodedError("BAD_SERIES", `${path} has a head line and no rows.`);
  const layout = await settledLayout(path, first, asked);
  const oddities = {
    ...{ missing: 0, absurd: 0, firstAbsurd: 0 },
    ...{ backwards: 0, repeated: 0, firstBackwards: 0 },
  };
  const { unread } = layout;
  return {
    ...(unread ? { unread: { ...unread, column: layout.columns[unread.place] ?? "" } } : {}),
    signalNames: layout.signals.map((at) => layout.columns[at] ?? ""),
    totalBytes,
    readBytes: () => progress.bytes,
    oddities,
    rows: () => rowsOf(chain(first.slice(1), lines), layout, { path, oddities }),
  };
}

/** The rows at the beginning may all be of one day: then the whole file says which number of a date is the day. */
async function settledLayout(
  path: string,
  first: readonly Line[],
  asked: Asked,
): Promise<SeriesLayout> {
  const texts = first.map(({ text }) => text);
  const layout = layoutOf(texts, asked);
  const { unread } = layout;
  if (!unread?.isEither) return layout;
  const order = await orderInFile(path, layout, unread);
  if (order !== undefined) return layoutOf(texts, asked, order);
  if (asked.time === undefined) return layout;
  throw new CodedError(
    "BAD_SERIES",
    `${path}, column ${unread.place + 1} ("${asked.time}"): nothing tells day and month of "${short(unread.cell)}" apart. Write dates as 2024-12-31.`,
  );
}

/** Undefined where no date says it, or where they contradict each other; a stream is read once only. */
async function orderInFile(
  path: string,
  { separator }: SeriesLayout,
  { place }: UnreadTime,
): Promise<DateOrder | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  const found = new Set<DateOrder>();
  for await (const { text } of linesOf(path, { bytes: 0 })) {
    const order = dateOrderOf(splitRow(text, separator)?.[place] ?? "");
    if (order !== undefined && order !== "either") found.add(order);
  }
  const [order] = found;
  return found.size === 1 ? order : undefined;
}

interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

async function sizeOf(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    return size;
  } catch (error) {
    throw readError(path, error);
  }
}

function readError(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  // What a decoder of UTF-8 throws.
  const why =
    error instanceof TypeError
      ? "it is no UTF-8 text (save it as CSV in UTF-8, not packed)"
      : errorCode(error);
  return new CodedError("INPUT_UNREADABLE", `Cannot read ${path}: ${why}.`, { cause: error });
}

/** Lines that are not blank; LF or CRLF, a byte order mark taken off. */
async function* linesOf(path: string, progress: { bytes: number }): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let number = 0;
  const piecesOf = async function* () {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      progress.bytes += chunk.length;
      yield decoder.decode(chunk, { stream: true });
    }
    yield `${decoder.decode()}\n`;
  };
  try {
    for await (const piece of piecesOf()) {
      const parts = (rest + piece).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        number++;
        const text = part.endsWith("\r") ? part.slice(0, -1) : part;
        if (text.trim() !== "" || text.includes("\t")) yield { text, number };
      }
      if (rest.length > longestLine) throw bad(path, number + 1, " is longer than 1 MiB");
    }
  } catch (error) {
    throw readError(path, error);
  }
}

async function* chain(first: readonly Line[], rest: AsyncGenerator<Line>): AsyncGenerator<Line> {
  yield* first;
  yield* rest;
}

interface Reading {
  readonly path: string;
  readonly oddities: SeriesOddities;
}

async function* rowsOf(
  lines: AsyncGenerator<Line>,
  layout: SeriesLayout,
  { path, oddities }: Reading,
): AsyncGenerator<SeriesRow> {
  const row: SeriesRow = { timeNs: Number.NaN, values: new Float64Array(layout.signals.length) };
  let aboveNs = Number.NEGATIVE_INFINITY;
  for await (const line of lines) {
    const cells = cellsOf(path, line, layout);
    layout.signals.forEach((at, signal) => {
      const value = readNumber(cells[at] ?? "", layout.separator);
      if (value === undefined)
        throw bad(
          path,
          line.number,
          `, column ${at + 1} ("${layout.columns[at]}"): "${short(cells[at])}" is no number`,
        );
      if (Number.isNaN(value)) oddities.missing++;
      else if (!isValue(value) && oddities.absurd++ === 0) oddities.firstAbsurd = line.number;
      row.values[signal] = isValue(value) ? value : Number.NaN;
    });
    row.timeNs = timeOf(path, line, { layout, cells });
    const { timeNs } = row;
    if (timeNs < aboveNs) {
      if (oddities.backwards++ === 0) oddities.firstBackwards = line.number;
      row.timeNs = Number.NaN;
    } else if (timeNs === aboveNs) oddities.repeated++;
    // The one above, not the newest: a single wild time must not make all that follow it unknown.
    if (!Number.isNaN(timeNs)) aboveNs = timeNs;
    yield row;
  }
}

function cellsOf(path: string, { text, number }: Line, { separator, columns }: SeriesLayout) {
  const cells = splitRow(text, separator);
  if (!cells)
    throw bad(path, number, `, column ${text.lastIndexOf('"') + 1}: a quote is not closed`);
  while (cells.length > columns.length && cells.at(-1)?.trim() === "") cells.pop();
  if (cells.length === columns.length) return cells;
  const place = `, column ${Math.min(cells.length, columns.length) + 1}`;
  throw bad(
    path,
    number,
    `${place}: the row has ${cells.length} cells, the head line ${columns.length}`,
  );
}

function timeOf(
  path: string,
  line: Line,
  { layout, cells }: { layout: SeriesLayout; cells: readonly string[] },
): number {
  if (layout.time === undefined) return Number.NaN;
  const cell = cells[layout.time] ?? "";
  const timeNs = readTimeNs(cell, layout.dateOrder);
  if (timeNs !== undefined) return timeNs;
  const place = `, column ${layout.time + 1} ("${layout.columns[layout.time]}")`;
  throw bad(path, line.number, `${place}: "${short(cell)}" is no time`);
}

const short = (text = ""): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const bad = (path: string, line: number, problem: string): CodedError =>
  new CodedError("BAD_SERIES", `${path}, line ${line}${problem}.`);
