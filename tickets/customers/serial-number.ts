import type { Reader } from "../organisation/file-store.ts";
import { serialKeyOf } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { type CustomersConfig, customersConfig } from "./customers-config.ts";

/** What people mix up on a plate, on the telephone and on a phone's keyboard is one character. */
const alike: Readonly<Record<string, string>> = { O: "0", Q: "0", I: "1", L: "1", "|": "1" };

/** Wide letters, cases, blanks, dashes and look-alikes make no difference. */
export const lookalikeKeyOf = (typed: string): string =>
  serialKeyOf(typed)
    .replace(/[\s._\-‐-―/\\]/g, "")
    .replace(/[OQIL|]/g, (character) => alike[character] ?? character);

export interface SerialMatch {
  /** Exactly one machine has this number, or one that reads the same. */
  readonly machineId?: string;
  /** For people who may see machines: the nearest ones, best first; never for the public. */
  readonly suggestions: readonly SerialSuggestion[];
}

export interface SerialSuggestion {
  readonly machineId: string;
  readonly serialNumber: string;
}

/** Recognises a serial number however it was written. */
export async function recogniseSerial(
  reader: Reader,
  typed: string,
  config: Pick<CustomersConfig, "serialMistakes" | "serialSuggestions"> = customersConfig,
): Promise<SerialMatch> {
  const tables = reader.tables<OrganisationTables>();
  const exact = await tables
    .selectFrom("machine_files")
    .select("id")
    .where("serial_key", "=", serialKeyOf(typed))
    .executeTakeFirst();
  if (exact) return { machineId: exact.id, suggestions: [] };
  const all = await tables.selectFrom("machine_files").select(["id", "serial_key"]).execute();
  return matchSerial(
    typed,
    all.map((row) => ({ machineId: row.id, serialNumber: row.serial_key })),
    config,
  );
}

/** The same over a list; pure. */
export function matchSerial(
  typed: string,
  machines: readonly SerialSuggestion[],
  config: Pick<CustomersConfig, "serialMistakes" | "serialSuggestions"> = customersConfig,
): SerialMatch {
  const wanted = lookalikeKeyOf(typed);
  if (wanted === "") return { suggestions: [] };
  const rated = machines
    .map((machine) => ({
      machine,
      mistakes: mistakesBetween(
        wanted,
        lookalikeKeyOf(machine.serialNumber),
        config.serialMistakes,
      ),
    }))
    .filter(({ mistakes }) => mistakes <= config.serialMistakes)
    .sort(
      (a, b) =>
        a.mistakes - b.mistakes || (a.machine.serialNumber < b.machine.serialNumber ? -1 : 1),
    );
  const same = rated.filter(({ mistakes }) => mistakes === 0);
  const [only] = same;
  if (only && same.length === 1) return { machineId: only.machine.machineId, suggestions: [] };
  return {
    suggestions: rated.slice(0, config.serialSuggestions).map(({ machine }) => machine),
  };
}

/** Letters to change, add or leave out; anything above `most` is as good as infinite. */
function mistakesBetween(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  if (one === other) return 0;
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      now[column] = Math.min(
        (before[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (before[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
    }
    if (Math.min(...now) > most) return most + 1;
    before = now;
  }
  return before[other.length] ?? most + 1;
}
