import { hourNs } from "../bucket-width.ts";
import { type Deliverer, isBeyondRetention } from "./deliver.ts";
import { type DueHour, type HourBook, hoursAtOnce } from "./hour-book.ts";
import type { InfluxClient, InfluxTable } from "./influx-client.ts";
import { ofMachine, seriesOfTags } from "./influx-lookups.ts";
import { parseTime } from "./influx-times.ts";
import { hourMeasurement, measurement, seriesTags } from "./line-protocol.ts";
import { mayBeTooMuch } from "./write-failure.ts";

/** Samples of an hour mostly come until so long after it has ended; later ones make it due again. */
const settlingMs = 5 * 60_000;

/**
 * Sums up hours that have ended, from the samples that the database itself has, so that late ones count and doing it
 * again gives the same. One call is one group of hours of one machine; false when nothing is due. Hours whose sums are
 * refused are left, but for those that the database keeps no more. What it could not answer in time is asked for fewer
 * hours.
 * @throws CodedError STORE_STOPPED
 */
export function createHourSums(parts: {
  readonly book: HourBook;
  readonly client: Pick<InfluxClient, "query">;
  readonly deliverer: Deliverer;
  readonly onRefused: (refused: RefusedSums) => void;
}): (nowMs: number) => Promise<boolean> {
  const { book, client, deliverer } = parts;
  let most = hoursAtOnce;
  const ask = async (due: readonly DueHour[]) => {
    const hours = due.slice(0, most);
    try {
      const [tables = []] = await client.query(textFor(hours));
      return { hours, tables };
    } catch (error) {
      if (mayBeTooMuch(error)) most = Math.max(1, most >> 1);
      throw error;
    }
  };
  return async (nowMs) => {
    const due = book.next(Math.floor((nowMs - settlingMs) / 3_600_000));
    const machineId = due[0]?.machineId;
    if (machineId === undefined) return false;
    const { hours, tables } = await deliverer.patiently(() => ask(due));
    most = Math.min(hoursAtOnce, most + 1);
    const lines = tables.flatMap((table) => toLines(machineId, table));
    const refused = await deliverer.deliver(lines.map(({ text }) => text));
    const kept = refused.filter(({ reason }) => !isBeyondRetention(reason));
    const left = new Set(kept.map(({ line }) => lines[line]?.hour));
    book.leave(hours.filter(({ hour }) => left.has(hour)));
    book.settle(hours.filter(({ hour }) => !left.has(hour)));
    if (kept[0]) parts.onRefused({ machineId, hours: left.size, reason: kept[0].reason });
    return true;
  };
}

function textFor(hours: readonly DueHour[]): string {
  const [first] = hours;
  const from = BigInt(first?.hour ?? 0) * hourNs;
  const to = BigInt((hours.at(-1)?.hour ?? 0) + 1) * hourNs;
  return `select count(value), count(quality), min(value), max(value), sum(value), first(value), last(value) from ${measurement} where ${ofMachine(first?.machineId ?? "")} and time >= ${from} and time < ${to} group by time(1h), sa, signal, spn, unit fill(none)`;
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
