import type { DatabaseSync } from "node:sqlite";
import { Quality } from "@firebreak/wire/quality.ts";
import { floorDivide } from "../book/book.ts";
import { hourNs } from "../bucket-width.ts";
import { FleetRows, type HourSpan, hourSpanOf } from "../fleet-rows.ts";
import type { Reading } from "../reading.ts";
import type { FleetHours, FleetQuery } from "../store.ts";
import { addDay } from "./day-block.ts";
import type { Piece, SeriesReader } from "./series-reader.ts";

/** So many samples that are not sealed yet are looked through; where there are more, they wait for their hour. */
const maxHotSamples = 300_000;
const hoursPerDay = 24;

/** Hour rollups of one signal over many machines, from a day's block per series. */
export function createFleetQuery(database: DatabaseSync, reader: SeriesReader) {
  const seriesOf = database.prepare("select id from series where name = ? and machine = ?");
  seriesOf.setReturnArrays(true);
  const days = database.prepare(
    "select day, hours from day where series = ? and day >= ? and day <= ? order by day",
  );
  days.setReturnArrays(true);
  const machine = database.prepare("select id from machine where name = ?");
  const hotSamples = database.prepare(
    "select coalesce(sum(samples), 0) as n from hot where machine = ?",
  );

  return function* (query: FleetQuery): Reading<FleetHours> {
    const span = hourSpanOf(query);
    const rows = new FleetRows(span);
    const ids = query.machineIds.map((name) => Number(machine.get(name)?.id ?? -1));
    const hot = ids.map((id) => (id < 0 ? 0 : Number(hotSamples.get(id)?.n)));
    const total = hot.reduce((sum, one) => sum + one, 0);
    const isFew = total <= maxHotSamples;
    for (const [index, id] of ids.entries()) {
      yield;
      if (id < 0) continue;
      for (const [series] of seriesOf.all(query.signal, id) as unknown as [number][])
        for (const [day, block] of days.all(
          series,
          Math.floor(span.first / hoursPerDay),
          Math.floor(span.last / hoursPerDay),
        ) as unknown as [number, Uint8Array][])
          addDay(rows, day, block);
      if (isFew && (hot[index] ?? 0) > 0)
        for (const { signal, piece } of yield* reader.hotOf(BigInt(id)))
          if (signal.name === query.signal) addPiece(rows, piece, span);
      rows.end(index);
    }
    return rows.finish(isFew ? 0 : total);
  };
}

function addPiece(rows: FleetRows, { baseNs, columns }: Piece, { first, last }: HourSpan): void {
  const baseHour = floorDivide(baseNs, hourNs);
  const shiftNs = Number(baseNs - baseHour * hourNs);
  const { offsetNs, value, quality } = columns;
  for (let row = 0; row < offsetNs.length; row++) {
    const hour = Number(baseHour) + Math.floor(((offsetNs[row] ?? 0) + shiftNs) / Number(hourNs));
    if (hour < first || hour > last) continue;
    const isGood = quality[row] === Quality.good;
    const one = value[row] ?? 0;
    rows.add(hour, {
      count: isGood ? 1 : 0,
      errors: isGood ? 0 : 1,
      min: one,
      max: one,
      sum: isGood ? one : 0,
    });
  }
}
