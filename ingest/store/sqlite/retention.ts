import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../book/transaction.ts";
import { dayOf, isEmptyDay, putHour } from "./day-block.ts";
import { emptyRollup } from "./rollup.ts";
import { decodeSeries, encodeSeries, type Scaling } from "./series-block.ts";

const rowsPerStep = 500;
const cutsPerStep = 20;
/** A block that begins less than this before the limit waits until it is old as a whole. */
const slackNs = 86_400_000_000_000n;

/**
 * Drops samples and rollups that ended before a time, a few rows per step. The ledger goes on counting
 * them as stored: they were.
 */
export function createRetention(database: DatabaseSync) {
  const dropSealed = database.prepare(
    `delete from sealed where id in (select id from sealed where t_max < ? limit ${rowsPerStep})`,
  );
  const findRollups = database.prepare(
    `select series, hour from rollup where hour < ? limit ${rowsPerStep}`,
  );
  const dropRollup = database.prepare("delete from rollup where series = ? and hour = ?");
  const dropHour = createHourDropper(database);
  const cutSealed = createCutter(database);
  return {
    /** `beforeMs`: milliseconds since the epoch. False when there was nothing to drop; looking costs a scan. */
    step: (beforeMs: number): boolean =>
      inTransaction(database, () => {
        const beforeNs = BigInt(Math.trunc(beforeMs)) * 1_000_000n;
        const dropped = Number(dropSealed.run(beforeNs).changes);
        const cut = cutSealed(beforeNs);
        const rollups = findRollups.all(Math.floor(beforeMs / 3_600_000));
        for (const row of rollups) {
          dropRollup.run(row.series ?? null, row.hour ?? null);
          dropHour(Number(row.series), Number(row.hour));
        }
        return dropped + cut + rollups.length > 0;
      }),
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
function createCutter(database: DatabaseSync): (beforeNs: bigint) => number {
  const find = database.prepare(
    `select sealed.id, t_min, block, scale, "offset" from sealed
     join series on series.id = sealed.series where t_min < ? and t_max >= ? limit ${cutsPerStep}`,
  );
  find.setReadBigInts(true);
  const put = database.prepare("update sealed set t_min = ?, samples = ?, block = ? where id = ?");
  return (beforeNs) => {
    const rows = find.all(beforeNs - slackNs, beforeNs);
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
