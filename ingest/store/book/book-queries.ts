import type { DatabaseSync } from "node:sqlite";
import { isoHour } from "../../iso-ns.ts";
import type { SetAside, StoredSamples } from "../store.ts";

/** What can be asked of a store's book, on a handle of its own. */
export function createBookQueries(database: DatabaseSync) {
  const stored = database.prepare(
    `select hour, samples from stored join machine on machine.id = stored.machine
     where machine.name = ? and samples > 0 order by hour`,
  );
  const aside = database.prepare(
    `select coalesce(sum(samples), 0) as samples from poison
     join machine on machine.id = poison.machine where machine.name = ?`,
  );
  const groups = database.prepare(
    `select machine.name as machine, reason, sum(samples) as samples from poison
     left join machine on machine.id = poison.machine group by 1, 2 order by 3 desc limit 100`,
  );
  const offset = database.prepare("select value from meta where name = 'offset'");
  return {
    storedSamples(machineId: string): StoredSamples {
      const hours = stored.all(machineId).map(({ hour, samples }) => ({
        hour: isoHour(Number(hour)),
        stored: Number(samples),
      }));
      return {
        stored: hours.reduce((sum, one) => sum + one.stored, 0),
        quarantined: Number(aside.get(machineId)?.samples ?? 0),
        byHour: hours,
      };
    },
    aside: (): SetAside[] =>
      groups.all().map(({ machine, reason, samples }) => ({
        machineId: machine === null ? null : String(machine),
        reason: String(reason),
        samples: Number(samples),
        since: null,
        mayRetry: false,
      })),
    offset: () => Number(offset.get()?.value ?? 0),
  };
}
