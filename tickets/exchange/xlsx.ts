import { readSheet } from "read-excel-file/node";
import writeXlsxFile, { type CellObject } from "write-excel-file/node";
import { tooManyRows } from "./csv.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { badFile } from "./exchange-error.ts";
import type { Cell, Table } from "./table.ts";
import { storeZip, unpackZip } from "./unpack-zip.ts";

/**
 * Reads the first sheet of an .xlsx file. Formulas are not calculated: the value that Excel last stored for them is
 * read. The sizes of the archive are checked before anything of it is unpacked.
 * @throws ExchangeError EXCHANGE_FILE, EXCHANGE_TOO_LARGE
 */
export async function readXlsx(bytes: Buffer, config = exchangeConfig): Promise<Table> {
  const parts = unpackZip(bytes, (name) => /\.(xml|rels)$/.test(name), config);
  for (const [name, content] of parts)
    if (/worksheets\/[^/]*\.xml$/.test(name)) parts.set(name, withErrorsAsText(content));
  let rows: Cell[][];
  try {
    rows = (await readSheet(storeZip(parts))) as Cell[][];
  } catch (cause) {
    throw badFile(
      "this .xlsx file cannot be read: open it in Excel and save it again",
      "无法读取该 .xlsx 文件，请用 Excel 打开后重新保存",
      cause,
    );
  }
  if (rows.length > config.maxRows + 1) throw tooManyRows(config.maxRows);
  return { rows };
}

/** A cell that shows an error such as #N/A would be read as empty; as text it is a mistake with its row and column. */
function withErrorsAsText(sheet: Buffer): Buffer {
  if (!/\st=["']e["']/.test(sheet.toString("latin1"))) return sheet;
  const text = sheet.toString("utf8");
  return Buffer.from(text.replaceAll(/(<(?:\w+:)?c\b[^>]*?\st=)["']e["']/g, '$1"str"'));
}

export interface SheetToWrite {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
  /** In characters, by column. */
  readonly widths?: readonly number[];
}

/** Writes an .xlsx file, its first rows in bold. Texts are texts: nothing in them is calculated. */
export async function writeXlsx(sheets: readonly SheetToWrite[]): Promise<Buffer> {
  const written = sheets.map(({ name, rows, widths = [] }) => ({
    sheet: name,
    data: rows.map((row, index) => row.map((cell) => toCell(cell, index === 0))),
    columns: widths.map((width) => ({ width })),
    stickyRowsCount: 1,
  }));
  return writeXlsxFile(written).toBuffer();
}

const DAY_FORMAT = "yyyy-mm-dd";

function toCell(cell: Cell, isHeader: boolean): CellObject | null {
  if (cell === null) return null;
  const weight = isHeader ? ({ fontWeight: "bold" } as const) : {};
  if (cell instanceof Date) return { value: cell, type: Date, format: DAY_FORMAT, ...weight };
  if (typeof cell === "number") return { value: cell, type: Number, ...weight };
  if (typeof cell === "boolean") return { value: cell, type: Boolean, ...weight };
  // The text format keeps leading zeros and long numbers when somebody edits the cell.
  return { value: withoutControls(cell), type: String, format: "@", ...weight };
}

/** XML has no way to hold these. */
const withoutControls = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
