import type { I18nText } from "../evidence.ts";
import { type CellType, writtenText } from "./cell-reader.ts";
import type { Cell } from "./table.ts";

/** One column of a kind of file. */
export interface Column<Value> {
  readonly header: I18nText;
  readonly type: CellType<Value>;
  /** A new row must have it. */
  readonly isRequired: boolean;
  readonly example: Value;
  readonly note?: I18nText;
}

// biome-ignore lint/suspicious/noExplicitAny: a set of columns has values of any type; `RowOf` gives them back
export type Columns = Readonly<Record<string, Column<any>>>;

export type ValueOf<One> = One extends Column<infer Value> ? Value : never;

/** What a row says: left out for an empty cell, null for one that takes away what was there. */
export type RowOf<Some extends Columns> = {
  readonly [Key in keyof Some]?: ValueOf<Some[Key]> | null | undefined;
};

export const column = <Value>(
  [en, zh]: readonly [en: string, zh: string],
  type: CellType<Value>,
  example: Value,
  note?: readonly [en: string, zh: string],
): Column<Value> => ({
  header: { en, "zh-CN": zh },
  type,
  isRequired: false,
  example,
  ...(note ? { note: { en: note[0], "zh-CN": note[1] } } : {}),
});

/** The same, but no row goes without it. */
export const required = <Value>(one: Column<Value>): Column<Value> => ({
  ...one,
  isRequired: true,
});

const REQUIRED_MARK = " *";

/** What the header row of a template says: both languages, and a star where something must be entered. */
export const headerOf = ({ header, isRequired }: Column<unknown>): string =>
  `${header["zh-CN"]} / ${header.en}${isRequired ? REQUIRED_MARK : ""}`;

const normal = (header: string): string =>
  header.normalize("NFKC").replaceAll("*", "").trim().toLowerCase().replaceAll(/\s+/g, " ");

/** The key of the column that a header means: its key, either name, or both as in a template. */
export function keyOfHeader(columns: Columns, cell: Cell): string | undefined {
  const written = normal(writtenText(cell));
  return Object.keys(columns).find((key) => {
    const one = columns[key];
    if (!one) return false;
    const { en, "zh-CN": zh } = one.header;
    return [key, en, zh, `${zh} / ${en}`].some((name) => normal(name) === written);
  });
}

/** One row of a file from values by key. */
export const rowFrom = (columns: Columns, values: Readonly<Record<string, unknown>>): Cell[] =>
  Object.entries(columns).map(([key, { type }]) => {
    const value = values[key];
    return value === undefined || value === null ? null : type.write(value);
  });
