import { type CsvCell, cellsOf, numberIn, separatorOf } from "@firebreak/kit/csv-cells.ts";
import { nearest } from "@firebreak/kit/nearest.ts";
import type { FileProblems } from "./file-problems.ts";
import { isMissing } from "./missing-cell.ts";
import type { LineSource } from "./read-lines.ts";

/** A CSV file of numbers, but for one column of names. */
export interface NumberTable {
  readonly path: string;
  /** Of each row, in order of the file. */
  readonly labels: readonly string[];
  /** Line of the file that each row stands on. */
  readonly lines: readonly number[];
  /** By the header's name, without the column of labels; NaN for a missing value, none of them in required columns. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

export interface TableColumns {
  /** Column whose cells are names, and must not be empty. */
  readonly label: string;
  /** Further columns that must be there, with a number in every row. */
  readonly required: readonly string[];
}

/** 400 MB of numbers; such a table is to be thinned. Engineering default. */
const mostCells = 50_000_000;

/**
 * Reads a table with a header line; the separator is told from it. Where that is not the comma, numbers may have a
 * decimal comma. Everything that is wrong goes into `problems`; undefined when there is no header to go by.
 */
export async function readNumberTable(
  source: LineSource,
  wanted: TableColumns,
  problems: FileProblems,
): Promise<NumberTable | undefined> {
  let table: ReturnType<typeof createTable> | undefined;
  for await (const line of source.lines()) {
    if (line.text.trim() === "") continue;
    if (table === undefined) {
      table = createTable(source.path, line, wanted, problems);
      if (table === undefined) return undefined;
    } else if (!table.add(line)) break;
  }
  const empty = { path: source.path, line: 0, column: 0 };
  if (table === undefined) problems.add({ ...empty, message: "the file is empty" });
  else if (table.rowCount() === 0)
    problems.add({ ...empty, message: "there is a header, but no row" });
  return table?.finish();
}

function createTable(
  path: string,
  header: { number: number; text: string },
  wanted: TableColumns,
  problems: FileProblems,
) {
  const separator = separatorOf(header.text);
  const names = cellsOf(header.text, separator);
  const before = problems.count;
  checkHeader({ path, line: header.number, names, wanted }, problems);
  if (problems.count > before) return undefined;
  const labels: string[] = [];
  const lines: number[] = [];
  const columns = names.map(({ text }) => ({
    name: text.trim(),
    mayMiss: !wanted.required.includes(text.trim()),
    values: createNumbers(),
  }));
  const read = { path, separator, isLabel: (name: string) => name === wanted.label };

  return {
    rowCount: () => lines.length,
    /** False when the table has become too large. */
    add(line: { number: number; text: string }): boolean {
      const cells = cellsOf(line.text, separator);
      const place = { path, line: line.number };
      if (cells.length !== columns.length) {
        const message = `${cells.length} cells, but the header has ${columns.length}`;
        problems.add({ ...place, column: 1, message });
        return true;
      }
      lines.push(line.number);
      cells.forEach((cell, at) => {
        const column = columns[at];
        if (column === undefined) return;
        const at1 = { ...place, column: cell.column };
        if (read.isLabel(column.name)) labels.push(labelOf(cell, column.name, at1, problems));
        else if (column.mayMiss && isMissing(cell.text)) column.values.push(Number.NaN);
        else column.values.push(numberOf(cell, column.name, separator, at1, problems));
      });
      if (lines.length * columns.length <= mostCells) return true;
      const message = `more than ${mostCells} cells up to here: thin the table`;
      problems.add({ ...place, column: 1, message });
      return false;
    },
    finish(): NumberTable {
      const numbers = columns.filter(({ name }) => !read.isLabel(name));
      return {
        path,
        labels,
        lines,
        columns: new Map(numbers.map(({ name, values }) => [name, values.finish()])),
      };
    },
  };
}

interface Header {
  readonly path: string;
  readonly line: number;
  readonly names: readonly CsvCell[];
  readonly wanted: TableColumns;
}

function checkHeader({ path, line, names, wanted }: Header, problems: FileProblems): void {
  const seen = new Set<string>();
  for (const { text, column } of names) {
    if (text === "") problems.add({ path, line, column, message: "a column without a name" });
    else if (seen.has(text))
      problems.add({ path, line, column, message: `the column “${text}” stands twice` });
    seen.add(text);
  }
  for (const name of [wanted.label, ...wanted.required]) {
    if (seen.has(name)) continue;
    const near = nearest(name, [...seen]);
    const hint =
      near === undefined ? `there are ${[...seen].slice(0, 12).join(", ")}` : `is it “${near}”?`;
    problems.add({ path, line, column: 1, message: `there is no column “${name}”; ${hint}` });
  }
}

interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

function labelOf(cell: CsvCell, name: string, place: Place, problems: FileProblems): string {
  if (cell.text === "") problems.add({ ...place, message: `no ${name}: the cell is empty` });
  return cell.text;
}

function numberOf(
  cell: CsvCell,
  name: string,
  separator: string,
  place: Place,
  problems: FileProblems,
): number {
  const value = numberIn(cell, separator);
  if (Number.isFinite(value)) return value;
  const shown = cell.text === "" ? "the cell is empty" : `“${cell.text.slice(0, 30)}” is no number`;
  problems.add({ ...place, message: `${name}: ${shown}` });
  return 0;
}

/** Numbers that keep coming, without a boxed one among them. */
function createNumbers() {
  let values = new Float64Array(1024);
  let count = 0;
  return {
    push(value: number): void {
      if (count === values.length) {
        const grown = new Float64Array(count * 2);
        grown.set(values);
        values = grown;
      }
      values[count++] = value;
    },
    finish: (): Float64Array => values.slice(0, count),
  };
}
