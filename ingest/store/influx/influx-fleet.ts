import { throwIfGone } from "../asking.ts";
import { floorDivide } from "../book/book.ts";
import { hourNs } from "../bucket-width.ts";
import { FleetRows, hourSpanOf } from "../fleet-rows.ts";
import type { Asking, FleetHours, FleetQuery } from "../store.ts";
import type { InfluxTable } from "./influx-client.ts";
import { ofMachine } from "./influx-lookups.ts";
import { parseTime, within } from "./influx-times.ts";
import { fromTag, literal, measurement, toTag } from "./line-protocol.ts";

/** What keeps one statement and its answer small. */
const machinesPerQuery = 200;

/** Hours of one signal, machine by machine; a database has no sample that waits. @throws CodedError QUERY_TOO_LARGE */
export async function readFleetHours(
  ask: (text: string) => Promise<readonly InfluxTable[]>,
  query: FleetQuery,
  { abort }: Asking = {},
): Promise<FleetHours> {
  const span = hourSpanOf(query);
  const rows = new FleetRows(span);
  const whole = {
    fromNs: BigInt(span.first) * hourNs,
    toNs: BigInt(span.last + 1) * hourNs,
  };
  const { machineIds, signal } = query;
  for (let from = 0; from < machineIds.length; from += machinesPerQuery) {
    throwIfGone(abort);
    const some = machineIds.slice(from, from + machinesPerQuery);
    const tables = await ask(
      `select min(value), max(value), mean(value), count(value), count(quality) from ${measurement} where signal = ${literal(toTag(signal))} and (${some.map(ofMachine).join(" or ")})${within(whole)} group by machine, time(1h) fill(none)`,
    );
    const byMachine = new Map(tables.map((table) => [fromTag(table.tags.machine ?? ""), table]));
    for (const [at, machineId] of some.entries()) {
      for (const row of byMachine.get(machineId)?.values ?? []) addHour(rows, row);
      rows.end(from + at);
    }
  }
  return rows.finish(0);
}

function addHour(rows: FleetRows, [time, min, max, mean, good, bad]: readonly unknown[]): void {
  const hour = Number(floorDivide(parseTime(String(time)), hourNs));
  const count = Number(good ?? 0);
  rows.add(hour, {
    count,
    errors: Number(bad ?? 0),
    min: Number(min),
    max: Number(max),
    sum: count > 0 ? Number(mean) * count : 0,
  });
}
