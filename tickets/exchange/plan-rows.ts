import type { I18nText } from "../evidence.ts";
import type { Columns } from "./columns.ts";
import type { ImportCounts } from "./import-kind.ts";
import { faultAt, type ReadRow, type ReadRows, type RowFault } from "./read-rows.ts";

const missing: I18nText = {
  en: "this must be filled in",
  "zh-CN": "此项必填",
};

/** The rows of a file with their faults, while an import is thought through. */
export class RowPlan {
  readonly #columns: Columns;
  readonly #read: ReadRows<Columns>;
  readonly #faults: RowFault[];
  readonly #told = new Set<string>();

  constructor(columns: Columns, read: ReadRows<Columns>) {
    this.#columns = columns;
    this.#read = read;
    this.#faults = [...read.faults];
  }

  /** A fault of one cell; not told when the cell could not be read anyway, or was told of before. */
  report(row: ReadRow<Columns>, key: string, message: I18nText): void {
    const place = `${row.row} ${key}`;
    if (row.bad.has(key) || this.#told.has(place)) return;
    this.#told.add(place);
    this.#faults.push(faultAt(row, this.#columns, this.#read.places, key, message));
  }

  /**
   * What a row says, with an empty text where it lacks what it must have: a new one all required cells, a known one
   * those it takes away. Each is reported, and the rest of the row can be checked all the same.
   */
  wholeValues(row: ReadRow<Columns>, isNew: boolean): ReadRow<Columns>["values"] {
    const values: Record<string, unknown> = { ...row.values };
    for (const [key, { isRequired }] of Object.entries(this.#columns)) {
      const value = row.values[key];
      const lacks = value === null || (isNew && value === undefined);
      if (!isRequired || !lacks) continue;
      values[key] = "";
      this.report(row, key, missing);
    }
    return values;
  }

  /** The rows by their key, each once; one that comes again is a fault. */
  byKey(
    keyOf: (row: ReadRow<Columns>) => string | undefined,
    columnOf: (row: ReadRow<Columns>) => string,
  ): ReadRow<Columns>[] {
    const firstAt = new Map<string, number>();
    return this.#read.rows.filter((row) => {
      const id = keyOf(row);
      if (id === undefined) {
        this.report(row, columnOf(row), missing);
        return false;
      }
      const first = firstAt.get(id);
      if (first === undefined) {
        firstAt.set(id, row.row);
        return true;
      }
      this.report(row, columnOf(row), {
        en: `${id} stands in row ${first} already`,
        "zh-CN": `${id} 已在第 ${first} 行出现`,
      });
      return false;
    });
  }

  /** In the order of the file. */
  get faults(): RowFault[] {
    return this.#faults.toSorted(
      (a, b) =>
        a.row - b.row || a.letter.length - b.letter.length || (a.letter < b.letter ? -1 : 1),
    );
  }
}

/** `before` and `after` of each row: what becomes of it. */
export function countOf(changes: Iterable<"created" | "changed" | "same">): ImportCounts {
  const counts = { created: 0, changed: 0, same: 0 };
  for (const change of changes) counts[change]++;
  return counts;
}
