import { CodedError } from "@firebreak/kit/coded-error.ts";
import { isMissing } from "../../files/missing-cell.ts";
import { readNumber, splitRow } from "./csv-row.ts";
import { type DateOrder, dateOrderOf, readTimeNs } from "./csv-time.ts";

/** What the head line and the first rows of a series say about its columns. */
export interface SeriesLayout {
  /** Empty when there is one column. */
  readonly separator: string;
  readonly columns: readonly string[];
  /** Place of the column of time; absent when there is none. */
  readonly time?: number;
  /** How dates with slashes are read in it. */
  readonly dateOrder?: DateOrder;
  /** A column that seems to hold times and is not read; only where no other one is. */
  readonly unread?: UnreadTime;
  /** Places of the signals, in the order asked for. */
  readonly signals: readonly number[];
}

export interface UnreadTime {
  readonly place: number;
  /** One of its cells. */
  readonly cell: string;
  /** It has dates with slashes, and none of those looked at says which number is the day. */
  readonly isEither: boolean;
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
 * @param order of dates with slashes, where these lines do not say
 * @throws CodedError BAD_SERIES for a file that is no series; NoSuchColumnError for what it does not have
 */
export function layoutOf(lines: readonly string[], asked: Asked, order?: DateOrder): SeriesLayout {
  const [head = "", ...rows] = lines;
  const separator = sniffSeparator(lines);
  const columns = (splitRow(head, separator) ?? []).map((name) => name.trim());
  checkHead(columns, separator);
  const samples = rows.map((row) => splitRow(row, separator) ?? []);
  const cells = columns.map((_, at) => samples.map((row) => row[at] ?? ""));
  const isNumeric = (at: number) => mostAre(cells[at] ?? [], (cell) => readNumber(cell, separator));
  const orders = cells.map((of) => orderOf(of) ?? order);
  const wanted = asked.time === undefined ? undefined : place(columns, asked.time);
  const time = wanted ?? sniffTime(columns, cells, { orders, isNumeric });
  const unread = unreadOf(columns, cells, { wanted, time, orders, isNumeric });
  const numeric = columns.flatMap((_, at) => (at !== time && isNumeric(at) ? [at] : []));
  const signals = asked.signals?.map((name) => place(columns, name)) ?? onlyOne(columns, numeric);
  for (const signal of signals)
    if (signal === time)
      throw new NoSuchColumnError(`Column "${columns[signal]}" is the time, not a signal.`);
  const dateOrder = time === undefined ? undefined : orders[time];
  return {
    ...{ separator, columns, signals },
    ...(time === undefined ? {} : { time }),
    ...(dateOrder === undefined ? {} : { dateOrder }),
    ...(unread === undefined ? {} : { unread }),
  };
}

/** What the dates of a column agree on; undefined where none says it, or they contradict each other. */
function orderOf(cells: readonly string[]): DateOrder | undefined {
  const found = new Set(cells.map(dateOrderOf));
  const orders = (["day-first", "month-first"] as const).filter((order) => found.has(order));
  return orders.length === 1 ? orders[0] : undefined;
}

interface Sniffing {
  readonly orders: readonly (DateOrder | undefined)[];
  readonly isNumeric: (at: number) => boolean;
}

/** The column that is asked for, or seems, to be the time, if it cannot be read as such. */
function unreadOf(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  of: Sniffing & { readonly wanted: number | undefined; readonly time: number | undefined },
): UnreadTime | undefined {
  const { wanted, time, orders, isNumeric } = of;
  if (wanted === undefined && time !== undefined) return undefined;
  const isEither = (at: number) =>
    orders[at] === undefined && (cells[at] ?? []).some((cell) => dateOrderOf(cell) === "either");
  const seemsTime = (at: number) => timeName.test(columns[at] ?? "") && !isNumeric(at);
  const places = wanted === undefined ? [...columns.keys()] : [wanted];
  const found =
    places.find(isEither) ?? (wanted === undefined ? places.find(seemsTime) : undefined);
  if (found === undefined) return undefined;
  const cell = cells[found]?.find((one) => !isMissing(one.trim()));
  return cell === undefined ? undefined : { place: found, cell, isEither: isEither(found) };
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
  cells: readonly (readonly string[])[],
  { orders, isNumeric }: Sniffing,
): number | undefined {
  const found = columns.findIndex(
    (name, at) =>
      mostAre(cells[at] ?? [], (cell) => readTimeNs(cell, orders[at])) &&
      (timeName.test(name) || !isNumeric(at)),
  );
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
