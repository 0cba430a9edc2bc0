import type { DatabaseSync } from "node:sqlite";
import { dayOf, putHour } from "./day-block.ts";
import {
  addMinutes,
  decodeMinutes,
  encodeMinutes,
  type HourOfMinutes,
  rollUp,
  sumMinutes,
} from "./rollup.ts";
import { encodeSeries, type Scaling } from "./series-block.ts";
import { createSeriesRegister } from "./series-register.ts";
import type { TransposedSeries } from "./transpose.ts";

/** Writes sealed blocks and adds them to the rollups. Call inside a transaction, once per sample. */
export interface SealedWriter {
  store(machine: number, series: TransposedSeries, baseNs: bigint): void;
}

export function createSealedWriter(database: DatabaseSync): SealedWriter {
  const insertSealed = database.prepare(
    "insert into sealed (series, t_min, t_max, samples, block) values (?, ?, ?, ?, ?)",
  );
  const { seriesId } = createSeriesRegister(database);
  const setLast = database.prepare(
    `update series set last_ns = ?2, last_value = ?3, last_quality = ?4
     where id = ?1 and last_ns <= ?2`,
  );
  const findMinutes = database.prepare("select minutes from rollup where series = ? and hour = ?");
  const putRollup = database.prepare(
    "insert or replace into rollup values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );

  const findDay = database.prepare("select hours from day where series = ? and day = ?");
  const putDay = database.prepare("insert or replace into day values (?, ?, ?)");

  const addHour = (series: number, hour: number, minutes: HourOfMinutes, scaling: Scaling) => {
    const before = findMinutes.get(series, hour)?.minutes as Uint8Array | undefined;
    // A made hour has no minutes: what was delivered takes its place.
    const all = before && before.length > 0 ? decodeMinutes(before, scaling) : new Map();
    addMinutes(all, minutes);
    const sum = sumMinutes(all);
    const good = sum.count > 0;
    const { min, max, first, firstNs, last, lastNs } = sum;
    const values = [min, max, sum.sum, first, firstNs, last, lastNs].map((value, at) =>
      good || at === 2 ? value : null,
    );
    putRollup.run(series, hour, sum.count, sum.errors, ...values, encodeMinutes(all, scaling));
    const { day, hourOfDay } = dayOf(hour);
    const hours = findDay.get(series, day)?.hours as Uint8Array | undefined;
    putDay.run(series, day, putHour(hours, hourOfDay, sum));
  };

  const store = (machine: number, transposed: TransposedSeries, baseNs: bigint) => {
    const { columns, signal } = transposed;
    const series = seriesId(machine, signal);
    const end = columns.offsetNs.length - 1;
    const firstNs = columns.offsetNs[0] ?? 0;
    const startNs = baseNs + BigInt(firstNs);
    const lastNs = baseNs + BigInt(columns.offsetNs[end] ?? 0);
    const relative = { ...columns, offsetNs: columns.offsetNs.map((time) => time - firstNs) };
    insertSealed.run(series, startNs, lastNs, end + 1, encodeSeries(relative, signal));
    const value = columns.value[end] ?? Number.NaN;
    setLast.run(series, lastNs, Number.isNaN(value) ? null : value, columns.quality[end] ?? 0);
    for (const [hour, minutes] of rollUp(relative, startNs)) addHour(series, hour, minutes, signal);
  };

  return { store };
}
