import type { DatabaseSync } from "node:sqlite";
import { Quality } from "@firebreak/wire/quality.ts";
import { createBook } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import type { MadeHours, MadeSeries } from "../made-hours.ts";
import { dayOf, putHour } from "./day-block.ts";
import { emptyRollup } from "./rollup.ts";
import { createSeriesRegister } from "./series-register.ts";

const hourNs = 3_600_000_000_000;
const noMinutes = new Uint8Array();

/**
 * Takes hour sums that no gateway delivered. They are in no account (`stored` of the book knows nothing of them), have
 * no minutes and no samples, and stand in `made` with their origin. An hour that is there already stays as it is, so
 * that the same again changes nothing; one that is delivered later takes the place of its made one.
 */
export function createMadeHoursWriter(database: DatabaseSync) {
  const book = createBook(database);
  const { seriesId } = createSeriesRegister(database);
  const insert = database.prepare(
    "insert or ignore into rollup values (?, ?, ?, 0, ?, ?, ?, ?, 0, ?, ?, ?)",
  );
  const findDay = database.prepare("select hours from day where series = ? and day = ?");
  const putDay = database.prepare("insert or replace into day values (?, ?, ?)");
  const note = database.prepare(
    `insert into made values (?, ?, ?, ?) on conflict do update set
       first_hour = min(first_hour, excluded.first_hour), last_hour = max(last_hour, excluded.last_hour)`,
  );
  const setLast = database.prepare(
    `update series set last_ns = ?2, last_value = ?3, last_quality = ${Quality.good}
     where id = ?1 and last_ns < ?2`,
  );

  const take = (machine: number, made: MadeSeries, origin: string): number => {
    const end = made.hour.length - 1;
    const [firstHour, lastHour] = [made.hour[0], made.hour[end]];
    if (firstHour === undefined || lastHour === undefined) return 0;
    const series = seriesId(machine, made.signal);
    let taken = 0;
    let day: { readonly number: number; block: Uint8Array | undefined } | undefined;
    const flush = () => {
      if (day?.block) putDay.run(series, day.number, day.block);
    };
    for (let row = 0; row <= end; row++) {
      const rollup = rollupOf(made, row);
      const { count, min, max, sum, first, last, lastNs } = rollup;
      const hour = made.hour[row] ?? 0;
      const { changes } = insert.run(
        ...[series, hour, count, min, max, sum, first, last, lastNs],
        noMinutes,
      );
      if (Number(changes) === 0) continue;
      taken++;
      const { day: number, hourOfDay } = dayOf(hour);
      if (day?.number !== number) {
        flush();
        const known = findDay.get(series, number)?.hours as Uint8Array | undefined;
        day = { number, block: known };
      }
      day = { number, block: putHour(day.block, hourOfDay, rollup) };
    }
    flush();
    note.run(series, firstHour, lastHour, origin);
    setLast.run(series, BigInt(lastHour + 1) * BigInt(hourNs) - 1n, made.last[end] ?? null);
    return taken;
  };

  return {
    /** The number of hours that were not there yet. */
    take: ({ machineId, origin, series }: MadeHours): number =>
      inTransaction(database, () => {
        const machine = book.machineId(machineId);
        return series.reduce((sum, one) => sum + take(machine, one, origin), 0);
      }),
  };
}

/** Its first value counts at the start of the hour, its last at the end. */
const rollupOf = (made: MadeSeries, row: number) => ({
  ...emptyRollup(),
  count: made.count[row] ?? 0,
  min: made.min[row] ?? 0,
  max: made.max[row] ?? 0,
  sum: made.sum[row] ?? 0,
  first: made.first[row] ?? 0,
  firstNs: 0,
  last: made.last[row] ?? 0,
  lastNs: hourNs - 1,
});
