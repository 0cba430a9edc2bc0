import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../book/transaction.ts";
import { dayOf, isEmptyDay, putHour } from "./day-block.ts";
import { emptyRollup } from "./rollup.ts";
import { decodeSeries, encodeSeries, type Scaling } from "./series-block.ts";

const seriesPerStep = 500;
const rowsPerStep = 500;
const rowsPerCut = 25;
const cutsAtOnce = 20;
/** A block that begins less than this before the limit waits until it is old as a whole. */
const slackNs = 86_400_000_000_000n;

/**
 * Drops samples and rollups that ended before a time: some series after the other, so that each step is a look into the
 * indexes and no scan. The ledger goes on counting them as stored: they were.
 */
export function createRetention(database: DatabaseSync) {
  const nextSeries = database.prepare(
    `select id from series where id >= ? order by id limit ${seriesPerStep}`,
  );
  const dropSeries = createSeriesDropper(database);
  let next = 0;
  return {
    /** `beforeMs`: milliseconds since the epoch. False once every series was looked at; the next step begins anew. */
    step: (beforeMs: number): boolean =>
      inTransaction(database, () => {
        const rows = nextSeries.all(next);
        let left = rowsPerStep;
        for (const row of rows) {
          const series = Number(row.id);
          left -= dropSeries(series, beforeMs, left);
          next = left > 0 ? series + 1 : series;
          if (left <= 0) return true;
        }
        if (rows.length === seriesPerStep) return true;
        next = 0;
        return false;
      }),
  };
}

/** What is old of one series, at most so many rows; how many there were. */
function createSeriesDropper(database: DatabaseSync) {
  const dropSealed = database.prepare(
    `delete from sealed where id in
       (select id from sealed where series = ?1 and t_min < ?2 and t_max < ?2 limit ?3)`,
  );
  const findRollups = database.prepare(
    "select hour from rollup where series = ? and hour < ? limit ?",
  );
  const dropRollup = database.prepare("delete from rollup where series = ? and hour = ?");
  const dropMade = database.prepare("delete from made where series = ?1 and last_hour < ?2");
  const cutMade = database.prepare(
    "update made set first_hour = ?2 where series = ?1 and first_hour < ?2",
  );
  const dropHour = createHourDropper(database);
  const cutSealed = createCutter(database);
  return (series: number, beforeMs: number, most: number): number => {
    const beforeNs = BigInt(Math.trunc(beforeMs)) * 1_000_000n;
    const dropped = Number(dropSealed.run(series, beforeNs, most).changes);
    const cut = cutSealed(series, beforeNs);
    const beforeHour = Math.floor(beforeMs / 3_600_000);
    dropMade.run(series, beforeHour);
    cutMade.run(series, beforeHour);
    const rollups = findRollups.all(series, beforeHour, most);
    for (const { hour } of rollups) {
      dropRollup.run(series, Number(hour));
      dropHour(series, Number(hour));
    }
    // A block that is read and written again costs as much as many that are dropped.
    return Math.max(dropped, rollups.length) + cut * rowsPerCut;
  };
}

/** The same hour in its day; a day goes with its last hour. */
function createHourDropper(database: DatabaseSync): (series: number, hour: number) => void {
  const find = database.prepare("select hours from day where series = ? and day = ?");
  const put = database.prepare("update day set hours = ?3 where series = ?1 and day = ?2");
  const drop = database.prepare("delete from day where series = ? and day = ?");
  return (series, hour) => {
    const { day, hourOfDay } = dayOf(hour);
    const found = find.get(series, day)?.hours as Uint8Array | undefined;
    if (!found) return;
    const rest = putHour(found, hourOfDay, emptyRollup());
    if (isEmptyDay(rest)) drop.run(series, day);
    else put.run(series, day, rest);
  };
}

/** Late data may share a block with new ones: their part of it goes. */
function createCutter(database: DatabaseSync): (series: number, beforeNs: bigint) => number {
  const find = database.prepare(
    `select sealed.id, t_min, block, scale, "offset" from sealed
     join series on series.id = sealed.series
     where sealed.series = ? and t_min < ? and t_max >= ? limit ${cutsAtOnce}`,
  );
  find.setReadBigInts(true);
  const put = database.prepare("update sealed set t_min = ?, samples = ?, block = ? where id = ?");
  return (series, beforeNs) => {
    const rows = find.all(series, beforeNs - slackNs, beforeNs);
    for (const row of rows) {
      const scaling = row as unknown as Scaling;
      const { offsetNs, value, quality } = decodeSeries(row.block as Uint8Array, scaling);
      const startNs = row.t_min as bigint;
      const cutNs = Number(beforeNs - startNs);
      const from = offsetNs.findIndex((time) => time >= cutNs);
      const shiftNs = offsetNs[from] ?? 0;
      const kept = {
        offsetNs: offsetNs.slice(from).map((time) => time - shiftNs),
        value: value.slice(from),
        quality: quality.slice(from),
      };
      const block = encodeSeries(kept, scaling);
      put.run(startNs + BigInt(shiftNs), kept.offsetNs.length, block, row.id as bigint);
    }
    return rows.length;
  };
}
