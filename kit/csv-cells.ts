const separators = [",", ";", "\t", "|"] as const;

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One cell of a line of CSV, without quotes and spaces around it. */
export interface CsvCell {
  readonly text: string;
  /** Where it begins in its line, from 1. */
  readonly column: number;
}

/** The one that stands in the header most often, outside of quotes; the comma where none does. */
export function separatorOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, "");
  const countOf = (separator: string) => bare.split(separator).length;
  return separators.reduce((best, next) => (countOf(next) > countOf(best) ? next : best));
}

/** RFC 4180, without line ends in quotes. */
export function cellsOf(line: string, separator: string): CsvCell[] {
  const cells: CsvCell[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= line.length; at++) {
    const char = line[at];
    if (char === '"') isQuoted = !isQuoted;
    if (char !== undefined && (isQuoted || char !== separator)) continue;
    const raw = line.slice(from, at).trim();
    const text = raw.startsWith('"') ? raw.slice(1, raw.endsWith('"') ? -1 : undefined) : raw;
    cells.push({ text: text.replaceAll('""', '"').trim(), column: from + 1 });
    from = at + 1;
  }
  return cells;
}

/** The number in a cell, NaN for what is none. A decimal comma is read unless the comma separates cells. */
export function numberIn({ text }: CsvCell, separator: string): number {
  const plain = separator === "," ? text : text.replace(",", ".");
  return numeral.test(plain) ? Number(plain) : Number.NaN;
}
