import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import { seriesKey } from "./transpose.ts";

/** The series of signals; one that is not there yet is made. Call inside a transaction. */
export function createSeriesRegister(database: DatabaseSync) {
  const findSeries = database.prepare("select id from series where machine = ? and key = ?");
  const insertSeries = database.prepare(
    `insert into series (machine, key, name, unit, scale, "offset", spn, sa, last_ns, last_quality)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  );
  return {
    seriesId(machine: number, signal: SignalDefinition): number {
      const key = seriesKey(signal);
      const found = findSeries.get(machine, key)?.id;
      if (found !== undefined) return Number(found);
      const { name, unit, scale, offset, spn, sa } = signal;
      const lowest = -(2n ** 63n);
      const values: SQLInputValue[] = [machine, key, name, unit, scale, offset];
      return Number(insertSeries.run(...values, spn ?? null, sa ?? null, lowest).lastInsertRowid);
    },
  };
}
