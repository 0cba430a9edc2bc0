import { readFileSync } from "node:fs";

/**
 * What is publicly known of one suspect parameter: where it lies in its message, how it is scaled, what it is called.
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
  /** How raw values at the top of the range are to be read; see `spn.ts`. */
  readonly kind: SpnKind;
}

export type SpnKind = "analog" | "state" | "address";

const columns =
  "pgn,acronym,spn,signal,name,startByte,startBit,bits,scale,offset,unit,min,max,kind,note";

/** Reads `spn-facts.csv`; a wrong header, number or kind is an error of whoever edited the file. */
export function parseSpnFacts(csv: string): readonly SpnFact[] {
  const [header, ...rows] = csv.split("\n").filter((line) => line !== "");
  if (header !== columns) throw new TypeError(`the SPN facts need the columns ${columns}`);
  return rows.map((row) => {
    const cells = row.split(",");
    const text = (column: string) => cells[columns.split(",").indexOf(column)] ?? "";
    const number = (column: string) => {
      const value = text(column) === "" ? Number.NaN : Number(text(column));
      if (Number.isNaN(value)) throw new TypeError(`SPN facts: ${column} is no number in: ${row}`);
      return value;
    };
    return {
      spn: number("spn"),
      signal: text("signal"),
      name: text("name"),
      pgn: number("pgn"),
      acronym: text("acronym"),
      startByte: number("startByte"),
      startBit: number("startBit"),
      bits: number("bits"),
      scale: number("scale"),
      offset: number("offset"),
      unit: text("unit"),
      min: number("min"),
      max: number("max"),
      kind: kindOf(text("kind")),
    };
  });
}

function kindOf(text: string): SpnKind {
  if (text === "analog" || text === "state" || text === "address") return text;
  throw new TypeError(`SPN facts: unknown kind ${text}`);
}

/** Every known SPN, by PGN and position in the message. */
export const spnFacts: readonly SpnFact[] = parseSpnFacts(
  readFileSync(new URL("./spn-facts.csv", import.meta.url), "utf8"),
);

const bySpn = new Map(spnFacts.map((fact) => [fact.spn, fact]));
const bySignal = new Map(spnFacts.map((fact) => [fact.signal, fact]));

/** The fact of an SPN number, so that a plan need not say more than the number. */
export const factOfSpn = (spn: number): SpnFact | undefined => bySpn.get(spn);

/** The fact behind a signal name such as `engineSpeed`. */
export const factOfSignal = (signal: string): SpnFact | undefined => bySignal.get(signal);
