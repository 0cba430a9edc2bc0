import type { I18nText } from "../evidence.ts";
import { writtenText } from "./cell-reader.ts";
import { type Columns, headerOf, keyOfHeader, type RowOf } from "./columns.ts";
import { badFile } from "./exchange-error.ts";
import { type Cell, columnLetter, type Table } from "./table.ts";

/** One mistake of a file. */
export interface RowFault {
  /** As the file counts: the header is row 1. */
  readonly row: number;
  /** Letter of the column; empty when the whole row is meant. */
  readonly letter: string;
  readonly column: I18nText;
  /** What stands there, shortened. */
  readonly value: string;
  readonly message: I18nText;
}

export interface ReadRow<Some extends Columns> {
  readonly row: number;
  readonly values: RowOf<Some>;
  /** Keys of cells that could not be read. */
  readonly bad: ReadonlySet<string>;
  readonly cells: readonly Cell[];
}

export interface ReadRows<Some extends Columns> {
  readonly rows: readonly ReadRow<Some>[];
  readonly faults: readonly RowFault[];
  /** Where each column of ours stands. */
  readonly places: ReadonlyMap<string, number>;
  /** Headers that are none of ours: their columns are not read. */
  readonly ignored: readonly string[];
}

/** A row that a template has as its example. */
const EXAMPLE = /^(EXAMPLE-|示例)/u;
/** What takes a stored value away. */
const CLEAR = /^[-—]$/u;
const LONGEST_VALUE = 60;

/**
 * Reads a table by its header row. Empty rows and the example of the template are passed over; every cell that cannot
 * be read is a fault, and so is a header that stands twice. Pure.
 * @throws ExchangeError EXCHANGE_FILE when there is no header row of this kind at all
 */
export function readRows<Some extends Columns>(
  { rows }: Table,
  columns: Some,
  firstKey: keyof Some & string,
): ReadRows<Some> {
  const [header = [], ...records] = rows;
  const { places, ignored, faults } = readHeader(header, columns);
  if (!places.has(firstKey)) throw noHeader(columns, firstKey);
  const read: ReadRow<Some>[] = [];
  for (const [index, cells] of records.entries()) {
    const first = writtenText(cells[places.get(firstKey) ?? 0] ?? null);
    if (cells.every(isEmpty) || EXAMPLE.test(first)) continue;
    read.push(readRow({ row: index + 2, cells, columns, places }, faults));
  }
  return { rows: read, faults, places, ignored };
}

const isEmpty = (cell: Cell): boolean =>
  cell === null || (typeof cell === "string" && cell.trim() === "");

const noHeader = (columns: Columns, firstKey: string) => {
  const one = columns[firstKey];
  const name = one ? headerOf(one) : firstKey;
  return badFile(
    `row 1 has no column “${name}”: use the template of this list`,
    `第 1 行没有“${name}”列，请使用该列表的模板`,
  );
};

function readHeader(header: readonly Cell[], columns: Columns) {
  const places = new Map<string, number>();
  const ignored: string[] = [];
  const faults: RowFault[] = [];
  for (const [index, cell] of header.entries()) {
    if (isEmpty(cell)) continue;
    const key = keyOfHeader(columns, cell);
    if (key === undefined) ignored.push(shorten(cell));
    else if (places.has(key))
      faults.push({
        row: 1,
        letter: columnLetter(index),
        column: columns[key]?.header ?? { en: key, "zh-CN": key },
        value: shorten(cell),
        message: { en: "this column stands twice", "zh-CN": "该列重复出现" },
      });
    else places.set(key, index);
  }
  return { places, ignored, faults };
}

/** What Excel shows for a formula without a value. */
const isErrorText = (cell: Cell): boolean =>
  typeof cell === "string" &&
  /^#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!)$/.test(cell.trim());

const errorShown: I18nText = {
  en: "the formula of this cell ended in an error: correct it",
  "zh-CN": "该单元格的公式出错，请更正",
};

interface RowToRead<Some extends Columns> {
  readonly row: number;
  readonly cells: readonly Cell[];
  readonly columns: Some;
  readonly places: ReadonlyMap<string, number>;
}

function readRow<Some extends Columns>(
  { row, cells, columns, places }: RowToRead<Some>,
  faults: RowFault[],
): ReadRow<Some> {
  const values: Record<string, unknown> = {};
  const bad = new Set<string>();
  for (const [key, index] of places) {
    const cell = cells[index] ?? null;
    const one = columns[key];
    if (!one || cell === null || isEmpty(cell)) continue;
    if (typeof cell === "string" && CLEAR.test(cell.trim())) {
      values[key] = null;
      continue;
    }
    const read = isErrorText(cell) ? { fault: errorShown } : one.type.read(cell);
    if ("value" in read) values[key] = read.value;
    else {
      bad.add(key);
      faults.push(faultAt({ row, cells }, columns, places, key, read.fault));
    }
  }
  return { row, values: values as RowOf<Some>, bad, cells };
}

/** A fault of one cell; of the whole row when the file has no such column. */
export function faultAt(
  { row, cells }: { readonly row: number; readonly cells: readonly Cell[] },
  columns: Columns,
  places: ReadonlyMap<string, number>,
  key: string,
  message: I18nText,
): RowFault {
  const index = places.get(key);
  return {
    row,
    letter: index === undefined ? "" : columnLetter(index),
    column: columns[key]?.header ?? { en: key, "zh-CN": key },
    value: index === undefined ? "" : shorten(cells[index] ?? null),
    message,
  };
}

function shorten(cell: Cell): string {
  const written = writtenText(cell).trim();
  return written.length > LONGEST_VALUE ? `${written.slice(0, LONGEST_VALUE)}…` : written;
}
