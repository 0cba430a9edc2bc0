import { hourNs } from "../bucket-width.ts";
import type { Deliverer } from "./deliver.ts";
import type { HourBook } from "./hour-book.ts";
import type { InfluxClient, InfluxTable } from "./influx-client.ts";
import { ofMachine, seriesOfTags } from "./influx-lookups.ts";
import { parseTime } from "./influx-times.ts";
import { hourMeasurement, measurement, seriesTags } from "./line-protocol.ts";

/** Samples of an hour mostly come until so long after it has ended; later ones make it due again. */
const settlingMs = 5 * 60_000;

/**
 * Sums up hours that have ended, from the samples that the database itself has, so that late ones count and doing it
 * again gives the same. One group of hours of one machine; false when nothing is due.
 * @throws CodedError STORE_STOPPED; Error when the database refuses the sums
 */
export async function sumHours(parts: {
  readonly book: HourBook;
  readonly client: InfluxClient;
  readonly deliverer: Deliverer;
  readonly nowMs: number;
}): Promise<boolean> {
  const { book, client, deliverer, nowMs } = parts;
  const hours = book.next(Math.floor((nowMs - settlingMs) / 3_600_000));
  const [first] = hours;
  const last = hours.at(-1);
  if (!first || !last) return false;
  const { machineId } = first;
  const from = BigInt(first.hour) * hourNs;
  const to = BigInt(last.hour + 1) * hourNs;
  const text = `select count(value), count(quality), min(value), max(value), sum(value), first(value), last(value) from ${measurement} where ${ofMachine(machineId)} and time >= ${from} and time < ${to} group by time(1h), sa, signal, spn, unit fill(none)`;
  const [tables = []] = await deliverer.patiently(() => client.query(text));
  const refused = await deliverer.deliver(tables.flatMap((table) => toLines(machineId, table)));
  if (refused[0]) throw new Error(`sums of hours are refused: ${refused[0].reason}`);
  book.settle(hours);
  return true;
}

function toLines(machineId: string, { tags, values }: InfluxTable): string[] {
  const { machineId: _, repeat: __, ...signal } = seriesOfTags(tags);
  const series = seriesTags(machineId, { ...signal, scale: 1, offset: 0 }, 0, hourMeasurement);
  return values.flatMap(([time, good, bad, min, max, sum, first, last]) => {
    const count = Number(good ?? 0);
    const errors = Number(bad ?? 0);
    if (count + errors === 0) return [];
    const of = { first, last, max, min, sum };
    const sums = Object.entries(count === 0 ? {} : of).map(([name, value]) => `,${name}=${value}`);
    const fields = `count=${count}i,errors=${errors}i${sums.join("")}`;
    return [`${series} ${fields} ${parseTime(String(time))}`];
  });
}
