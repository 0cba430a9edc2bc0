import type { FileMistake } from "./dbc-tokens.ts";

/** How raw values at the top of the range are to be read (SAE J1939-71). */
export type SpnKind = "analog" | "state" | "address";

/**
 * What is known of one suspect parameter: where it lies in its message, how it is scaled, what it is called.
 * `startByte` and `startBit` count from 1, as the standard prints them.
 */
export interface SpnFact {
  readonly spn: number;
  /** Stable name of the signal: a change of unit, scale or meaning is a new name. */
  readonly signal: string;
  readonly name: string;
  readonly pgn: number;
  readonly acronym: string;
  readonly startByte: number;
  readonly startBit: number;
  readonly bits: number;
  readonly scale: number;
  readonly offset: number;
  readonly unit: string;
  /** Operational range in `unit`. */
  readonly min: number;
  readonly max: number;
  readonly kind: SpnKind;
  /** Line of the file, from 1. */
  readonly line: number;
}

const needed = [
  "pgn",
  "spn",
  "signal",
  "name",
  "startByte",
  "startBit",
  "bits",
  "scale",
  "offset",
  "unit",
  "min",
  "max",
  "kind",
] as const;
type Column = (typeof needed)[number] | "acronym";

/** What each number may be; `max` undefined: anything finite. */
const numbers = {
  pgn: { min: 0, max: 262_143 },
  spn: { min: 0, max: 524_287 },
  startByte: { min: 1, max: 1785 },
  startBit: { min: 1, max: 8 },
  bits: { min: 1, max: 32 },
  scale: undefined,
  offset: undefined,
  min: undefined,
  max: undefined,
} as const;

const mostMistakes = 100;

/**
 * Reads a list of SPNs: CSV with commas or semicolons, quoted cells allowed, the columns in any order, others passed
 * over. Every mistake is told with its line, at most a hundred of them. Never throws.
 */
export function parseSpnList(
  text: string,
): { readonly facts: readonly SpnFact[] } | { readonly mistakes: readonly FileMistake[] } {
  const [header = "", ...rows] = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const separator = header.includes(";") ? ";" : ",";
  const columns = cellsOf(header, separator) ?? [];
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0)
    return {
      mistakes: [{ line: 1, message: `the first line needs the columns ${missing.join(", ")}` }],
    };
  const mistakes: FileMistake[] = [];
  const facts: SpnFact[] = [];
  const lineOf = new Map<string, number>();
  for (const [at, row] of rows.entries()) {
    if (row.trim() === "") continue;
    const line = at + 2;
    const cells = cellsOf(row, separator);
    const cellOf = (column: Column) => (cells?.[columns.indexOf(column)] ?? "").trim();
    const found = cells === undefined ? ["a quoted cell is not ended"] : mistakesOf(cellOf);
    const signal = cellOf("signal");
    const before = lineOf.get(signal);
    if (before !== undefined) found.push(`"${signal}" is the name in line ${before} already`);
    lineOf.set(signal, line);
    mistakes.push(...found.map((message) => ({ line, message })));
    if (mistakes.length >= mostMistakes) break;
    if (found.length === 0) facts.push(factOf(cellOf, line));
  }
  return mistakes.length > 0 ? { mistakes: mistakes.slice(0, mostMistakes) } : { facts };
}

type CellOf = (column: Column) => string;

function mistakesOf(cellOf: CellOf): string[] {
  const found: string[] = [];
  for (const [column, bounds] of Object.entries(numbers)) {
    const text = cellOf(column as Column);
    const value = text === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) found.push(`${column} must be a number, not "${text}"`);
    else if (bounds && (!Number.isInteger(value) || value < bounds.min || value > bounds.max))
      found.push(
        `${column} must be a whole number from ${bounds.min} to ${bounds.max}, not ${text}`,
      );
  }
  if (found.length === 0 && Number(cellOf("scale")) === 0) found.push("scale must not be 0");
  if (found.length === 0 && Number(cellOf("min")) >= Number(cellOf("max")))
    found.push(`min must be less than max, not ${cellOf("min")} and ${cellOf("max")}`);
  if (!/^[a-z][A-Za-z0-9]*$/.test(cellOf("signal")))
    found.push(`signal must be a name in camelCase, not "${cellOf("signal")}"`);
  if (cellOf("name") === "") found.push("name must not be empty");
  if (!["analog", "state", "address"].includes(cellOf("kind")))
    found.push(`kind must be analog, state or address, not "${cellOf("kind")}"`);
  return found;
}

const factOf = (cellOf: CellOf, line: number): SpnFact => ({
  spn: Number(cellOf("spn")),
  signal: cellOf("signal"),
  name: cellOf("name"),
  pgn: Number(cellOf("pgn")),
  acronym: cellOf("acronym"),
  startByte: Number(cellOf("startByte")),
  startBit: Number(cellOf("startBit")),
  bits: Number(cellOf("bits")),
  scale: Number(cellOf("scale")),
  offset: Number(cellOf("offset")),
  unit: cellOf("unit"),
  min: Number(cellOf("min")),
  max: Number(cellOf("max")),
  kind: cellOf("kind") as SpnKind,
  line,
});

/** The cells of one line; undefined if a quoted one is not ended. */
function cellsOf(row: string, separator: string): string[] | undefined {
  if (!row.includes('"')) return row.split(separator);
  const cells: string[] = [];
  for (let at = 0; at <= row.length; ) {
    if (row[at] !== '"') {
      const end = row.indexOf(separator, at);
      cells.push(row.slice(at, end < 0 ? undefined : end));
      at = end < 0 ? row.length + 1 : end + 1;
      continue;
    }
    let cell = "";
    let end = row.indexOf('"', at + 1);
    while (end >= 0 && row[end + 1] === '"') {
      cell += row.slice(at + 1, end + 1);
      at = end + 1;
      end = row.indexOf('"', at + 1);
    }
    if (end < 0) return undefined;
    cells.push(cell + row.slice(at + 1, end));
    const next = row.indexOf(separator, end);
    at = next < 0 ? row.length + 1 : next + 1;
  }
  return cells;
}
