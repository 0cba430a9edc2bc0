import { csvText } from "@firebreak/kit/csv-cell.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { badFile, tooLarge } from "./exchange-error.ts";
import type { Cell, Table } from "./table.ts";

const separators = [",", ";", "\t"] as const;
type Separator = (typeof separators)[number];

/**
 * Text of a CSV file: UTF-8 with or without its mark, UTF-16 with one, and what a Chinese Excel writes (GB 18030, which
 * holds GBK).
 * @throws ExchangeError EXCHANGE_FILE
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingByMark(bytes);
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  for (const name of ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(name, { fatal: true }).decode(bytes);
    } catch {
      // The next one may know these bytes.
    }
  }
  throw badFile(
    "the text is neither UTF-8 nor GBK: save it as “CSV UTF-8”",
    "文件编码既不是 UTF-8 也不是 GBK，请另存为“CSV UTF-8”",
  );
}

function encodingByMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return undefined;
}

/** The separator that the first row has most of, outside quotes. */
function separatorOf(text: string): Separator {
  const counts = new Map<string, number>(separators.map((one) => [one, 0]));
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && (character === "\n" || character === "\r")) break;
    const count = counts.get(character);
    if (!isQuoted && count !== undefined) counts.set(character, count + 1);
  }
  return separators.reduce((best, one) =>
    (counts.get(one) ?? 0) > (counts.get(best) ?? 0) ? one : best,
  );
}

/**
 * Reads CSV by RFC 4180, with the separator that the file uses: quotes double inside quotes, line ends of every kind.
 * A row of the table is a record; a cell that holds a line end makes no second one. Everything is text, as CSV knows
 * nothing else; an empty cell is null.
 * @throws ExchangeError EXCHANGE_FILE for a quote that is not closed or has text behind it, EXCHANGE_TOO_LARGE
 */
export function parseCsv(text: string, config = exchangeConfig): Table {
  const rows: Cell[][] = [];
  const reader = { text, at: 0, separator: separatorOf(text) };
  while (reader.at < text.length) {
    if (rows.length > config.maxRows) throw tooManyRows(config.maxRows);
    rows.push(readRecord(reader, rows.length + 1));
  }
  return { rows };
}

export const tooManyRows = (maxRows: number) =>
  tooLarge(`there are more than ${maxRows} rows: split the file`, `超过 ${maxRows} 行，请拆分文件`);

interface Reader {
  readonly text: string;
  at: number;
  readonly separator: Separator;
}

function readRecord(reader: Reader, rowNumber: number): Cell[] {
  const cells: Cell[] = [];
  for (;;) {
    const cell = reader.text[reader.at] === '"' ? readQuoted(reader, rowNumber) : readPlain(reader);
    cells.push(cell === "" ? null : cell);
    const next = reader.text[reader.at];
    if (next === reader.separator) {
      reader.at++;
      continue;
    }
    if (next === "\r" && reader.text[reader.at + 1] === "\n") reader.at++;
    reader.at++;
    return cells;
  }
}

function readPlain(reader: Reader): string {
  const { text, separator } = reader;
  let end = reader.at;
  while (end < text.length) {
    const character = text[end];
    if (character === separator || character === "\n" || character === "\r") break;
    end++;
  }
  const cell = text.slice(reader.at, end);
  reader.at = end;
  return cell;
}

function readQuoted(reader: Reader, rowNumber: number): string {
  const { text, separator } = reader;
  let cell = "";
  let from = reader.at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0)
      throw badFile(
        `row ${rowNumber}: a quotation mark is not closed`,
        `第 ${rowNumber} 行：引号没有闭合`,
      );
    cell += text.slice(from, quote);
    from = quote + 1;
    if (text[from] !== '"') break;
    cell += '"';
    from++;
  }
  const next = text[from];
  if (next !== undefined && next !== separator && next !== "\n" && next !== "\r")
    throw badFile(
      `row ${rowNumber}: there is text behind a closing quotation mark`,
      `第 ${rowNumber} 行：引号后面还有文字`,
    );
  reader.at = from;
  return cell;
}

/**
 * Writes CSV for Excel: UTF-8 with its mark, comma, CRLF. A text that a spreadsheet would calculate gets a `'` in front;
 * `readGuarded` takes it off again. Numbers stay numbers.
 */
export function writeCsv(rows: readonly (readonly Cell[])[]): Buffer {
  const lines = rows.map((row) => row.map(csvCell).join(","));
  return Buffer.from(`\uFEFF${lines.join("\r\n")}\r\n`, "utf8");
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === "string" ? csvText(cell) : String(cell);
}
