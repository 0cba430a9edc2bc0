import { hourNs } from "../bucket-width.ts";
import { type Deliverer, isBeyondRetention } from "./deliver.ts";
import type { HourBook } from "./hour-book.ts";
import type { InfluxClient, InfluxTable } from "./influx-client.ts";
import { ofMachine, seriesOfTags } from "./influx-lookups.ts";
import { parseTime } from "./influx-times.ts";
import { hourMeasurement, measurement, seriesTags } from "./line-protocol.ts";

/** Samples of an hour mostly come until so long after it has ended; later ones make it due again. */
const settlingMs = 5 * 60_000;

/**
 * Sums up hours that have ended, from the samples that the database itself has, so that late ones count and doing it
 * again gives the same. One group of hours of one machine; false when nothing is due. Hours whose sums are refused are left,
 * but for those that the database keeps no more.
 * @throws CodedError STORE_STOPPED
 */
export async function sumHours(parts: {
  readonly book: HourBook;
  readonly client: InfluxClient;
  readonly deliverer: Deliverer;
  readonly nowMs: number;
  readonly onRefused: (refused: RefusedSums) => void;
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
  const lines = tables.flatMap((table) => toLines(machineId, table));
  const refused = await deliverer.deliver(lines.map(({ text }) => text));
  const kept = refused.filter(({ reason }) => !isBeyondRetention(reason));
  const left = new Set(kept.map(({ line }) => lines[line]?.hour));
  book.leave(hours.filter(({ hour }) => left.has(hour)));
  book.settle(hours.filter(({ hour }) => !left.has(hour)));
  if (kept[0]) parts.onRefused({ machineId, hours: left.size, reason: kept[0].reason });
  return true;
}

interface RefusedSums {
  readonly machineId: string;
  readonly hours: number;
  readonly reason: string;
}

interface HourLine {
  readonly text: string;
  /** UTC, counted from the epoch. */
  readonly hour: number;
}

function toLines(machineId: string, { tags, values }: InfluxTable): HourLine[] {
  const { machineId: _, repeat: __, ...signal } = seriesOfTags(tags);
  const series = seriesTags(machineId, { ...signal, scale: 1, offset: 0 }, 0, hourMeasurement);
  return values.flatMap(([time, good, bad, min, max, sum, first, last]) => {
    const count = Number(good ?? 0);
    const errors = Number(bad ?? 0);
    if (count + errors === 0) return [];
    const of = { first, last, max, min, sum };
    const sums = Object.entries(count === 0 ? {} : of).map(([name, value]) => `,${name}=${value}`);
    const fields = `count=${count}i,errors=${errors}i${sums.join("")}`;
    const timeNs = parseTime(String(time));
    return [{ text: `${series} ${fields} ${timeNs}`, hour: Number(timeNs / hourNs) }];
  });
}
