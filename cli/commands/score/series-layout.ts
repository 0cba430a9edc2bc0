import { CodedError } from "@firebreak/kit/coded-error.ts";
import { readNumber, splitRow } from "./csv-row.ts";
import { readTimeNs } from "./csv-time.ts";

/** What the head line and the first rows of a series say about its columns. */
export interface SeriesLayout {
  /** Empty when there is one column. */
  readonly separator: string;
  readonly columns: readonly string[];
  /** Place of the column of time; absent when there is none. */
  readonly time?: number;
  /** Places of the signals, in the order asked for. */
  readonly signals: readonly number[];
}

export interface Asked {
  readonly time?: string;
  readonly signals?: readonly string[];
}

/** Something asked for that the file does not have: a mistake of usage, not of the file. */
export class NoSuchColumnError extends CodedError {
  constructor(message: string) {
    super("NO_SUCH_COLUMN", message);
  }
}

const separators = [";", ",", "\t", "|"];

/**
 * Finds separator, column of time and signals.
 * @param lines the head line and at least one row, without line ends
 * @throws CodedError BAD_SERIES for a file that is no series; NoSuchColumnError for what it does not have
 */
export function layoutOf(lines: readonly string[], asked: Asked): SeriesLayout {
  const [head = "", ...rows] = lines;
  const separator = sniffSeparator(lines);
  const columns = (splitRow(head, separator) ?? []).map((name) => name.trim());
  checkHead(columns, separator);
  const samples = rows.map((row) => splitRow(row, separator) ?? []);
  const time =
    asked.time === undefined ? sniffTime(columns, samples, separator) : place(columns, asked.time);
  const isNumeric = (at: number) =>
    mostAre(
      samples.map((row) => row[at] ?? ""),
      (cell) => readNumber(cell, separator),
    );
  const numeric = columns.flatMap((_, at) => (at !== time && isNumeric(at) ? [at] : []));
  const signals = asked.signals?.map((name) => place(columns, name)) ?? onlyOne(columns, numeric);
  for (const signal of signals)
    if (signal === time)
      throw new NoSuchColumnError(`Column "${columns[signal]}" is the time, not a signal.`);
  return { separator, columns, signals, ...(time === undefined ? {} : { time }) };
}

/** The separator that cuts most of the lines into as many cells as the head line, and more than one. */
function sniffSeparator(lines: readonly string[]): string {
  let best = { separator: "", agreeing: 0, cells: 1 };
  for (const separator of separators) {
    const counts = lines.map((line) => splitRow(line, separator)?.length ?? 0);
    const cells = counts[0] ?? 0;
    if (cells < 2) continue;
    const agreeing = counts.filter((count) => count === cells).length;
    if (agreeing > best.agreeing || (agreeing === best.agreeing && cells > best.cells))
      best = { separator, agreeing, cells };
  }
  return best.separator;
}

function checkHead(columns: readonly string[], separator: string): void {
  if (columns.every((name) => readNumber(name, separator) !== undefined))
    throw new CodedError(
      "BAD_SERIES",
      "Line 1 holds numbers instead of the names of columns. Put a head line before them, such as time,value.",
    );
}

/** The first column that holds times, and is not just a column of numbers by another name. */
function sniffTime(
  columns: readonly string[],
  samples: readonly string[][],
  separator: string,
): number | undefined {
  const found = columns.findIndex((name, at) => {
    const cells = samples.map((row) => row[at] ?? "");
    return (
      mostAre(cells, readTimeNs) &&
      (timeName.test(name) || !mostAre(cells, (cell) => readNumber(cell, separator)))
    );
  });
  return found < 0 ? undefined : found;
}

const timeName = /^(time|date|timestamp|ts|zeit|时间|日期)|time$|stamp$/i;

/** More than half, so that one bad cell is a mistake of its row and not of the column. */
function mostAre(cells: readonly string[], read: (cell: string) => number | undefined): boolean {
  const values = cells.map(read);
  const good = values.filter((value) => value !== undefined).length;
  return good * 2 > cells.length && values.some((value) => Number.isFinite(value ?? Number.NaN));
}

function place(columns: readonly string[], name: string): number {
  const at = columns.indexOf(name.trim());
  if (at >= 0 && at === columns.lastIndexOf(name.trim())) return at;
  if (at >= 0)
    throw new NoSuchColumnError(
      `Column "${name}" stands ${columns.filter((other) => other === name.trim()).length} times in the head line, so it cannot be told which is meant. Rename them.`,
    );
  throw new NoSuchColumnError(
    `There is no column "${name}". The columns are: ${columns.join(", ")}.`,
  );
}

function onlyOne(columns: readonly string[], numeric: readonly number[]): readonly number[] {
  if (numeric.length === 1) return numeric;
  if (numeric.length === 0)
    throw new CodedError("BAD_SERIES", "No column holds numbers, so there is nothing to judge.");
  const names = numeric.map((at) => columns[at]).join(",");
  throw new NoSuchColumnError(
    `More than one column holds numbers: say which to judge, for instance --signals ${names}`,
  );
}
