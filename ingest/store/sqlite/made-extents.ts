import type { DatabaseSync } from "node:sqlite";
import { hourNs } from "../bucket-width.ts";

/** Both ends are in it; nanoseconds since the epoch, null where there is nothing. */
export interface Extent {
  readonly low: bigint | null;
  readonly high: bigint | null;
}

const nothing: Extent = { low: null, high: null };

/** From where to where a series has hours that nobody delivered. A file of an older release has none. */
export function createMadeExtents(database: DatabaseSync): (series: bigint) => Extent {
  const isThere = database.prepare("select 1 from sqlite_schema where name = 'made'").get();
  if (!isThere) return () => nothing;
  const find = database.prepare("select first_hour, last_hour from made where series = ?");
  find.setReadBigInts(true);
  return (series) => {
    const row = find.get(series);
    if (!row) return nothing;
    const { first_hour: first, last_hour: last } = row as Record<string, bigint>;
    if (first === undefined || last === undefined) return nothing;
    return { low: first * hourNs, high: (last + 1n) * hourNs - 1n };
  };
}
