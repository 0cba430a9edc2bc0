import { readFileSync } from "node:fs";
import { parseSpnList, type SpnFact } from "@firebreak/plans/imports/spn-list.ts";

export type { SpnFact, SpnKind } from "@firebreak/plans/imports/spn-list.ts";

/** Reads `spn-facts.csv`; a mistake in it is an error of whoever edited the file. */
export function parseSpnFacts(csv: string): readonly SpnFact[] {
  const read = parseSpnList(csv);
  if ("facts" in read) return read.facts;
  const [first] = read.mistakes;
  throw new TypeError(`SPN facts, line ${first?.line}: ${first?.message}`);
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
