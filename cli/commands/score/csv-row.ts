import { isMissing } from "../../files/missing-cell.ts";

const decimalPoint = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const decimalComma = /^[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?$/i;

/**
 * Splits one line at its separators (RFC 4180 quotes, none across lines); undefined when a quote is not closed. A quote
 * inside a cell that does not begin with one is itself, as in 5" pipe.
 */
export function splitRow(line: string, separator: string): string[] | undefined {
  if (!line.includes('"')) return separator === "" ? [line] : line.split(separator);
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (char === '"' && (isQuoted || cell.trim() === "")) {
      if (isQuoted && line[at + 1] === '"') cell += line[at++];
      else isQuoted = !isQuoted;
    } else if (char === separator && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += char;
  }
  cells.push(cell);
  return isQuoted ? undefined : cells;
}

/**
 * The number in a cell: NaN for a missing value, undefined for what is no finite number. A decimal comma is read unless
 * the comma separates cells.
 */
export function readNumber(cell: string, separator: string): number | undefined {
  const text = cell.trim();
  if (isMissing(text)) return Number.NaN;
  if (decimalPoint.test(text)) return finite(Number(text));
  if (separator !== "," && decimalComma.test(text)) return finite(Number(text.replace(",", ".")));
  return undefined;
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
