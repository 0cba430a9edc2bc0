import type { DatabaseSync } from "node:sqlite";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import { createBook } from "../book/book.ts";
import { compare, type RawRow } from "../raw-page.ts";
import { createSealer } from "../sqlite/sealer.ts";
import { createSeriesReader, type SeriesRow } from "../sqlite/series-reader.ts";
import { openTelemetryFile } from "../sqlite/telemetry-schema.ts";
import { createTelemetryWriter } from "../sqlite/telemetry-writer.ts";
import { refuseUnfinished } from "./migration-book.ts";
import type { MigratedSeries, MigrationSource } from "./migration-source.ts";

interface Group extends MigratedSeries {
  readonly rows: readonly SeriesRow[];
}

/** The embedded store, sealed to the end first. */
export function openSqliteSource(path: string): MigrationSource {
  const database = openTelemetryFile(path);
  refuseUnfinished(database);
  sealAll(database);
  const reader = createSeriesReader(database);
  const next = database.prepare(
    "select min(max(t_min, ?2)) as at from sealed where series = ?1 and t_max >= ?2",
  );
  next.setReadBigInts(true);
  const counts = database.prepare(
    "select coalesce(sum(samples), 0) as n from sealed where series = ?",
  );
  const groups = new Map<string, Group>();
  const names = database.prepare("select name from machine order by name");
  for (const { name } of names.all()) {
    const machine = reader.machineId(String(name));
    for (const row of machine === undefined ? [] : reader.seriesOf(machine))
      addTo(groups, String(name), row, Number(counts.get(row.id)?.n ?? 0));
  }
  const rowsOf = ({ key }: MigratedSeries) => groups.get(key)?.rows ?? [];
  return {
    database,
    offset: createBook(database).offset,
    series: async () => [...groups.values()],
    async nextNs(series, fromNs) {
      const found = rowsOf(series)
        .map(({ id }) => next.get(id, fromNs)?.at as bigint | null | undefined)
        .filter((at) => at !== null && at !== undefined);
      return found.toSorted(compare)[0];
    },
    async read(series, span) {
      const rows = rowsOf(series);
      const byId = new Map(rows.map((row) => [row.id, row]));
      const out: (RawRow & { readonly order: bigint })[] = [];
      for (const sealed of reader.sealedIn(rows, span)) {
        const owner = byId.get(sealed.series);
        if (!owner) continue;
        const { baseNs, columns } = reader.load(sealed, owner);
        for (let at = 0; at < columns.offsetNs.length; at++) {
          const timeNs = baseNs + BigInt(columns.offsetNs[at] ?? 0);
          if (timeNs < span.fromNs || timeNs >= span.toNs) continue;
          const value = columns.value[at] ?? Number.NaN;
          out.push({ timeNs, value, quality: columns.quality[at] ?? 0, order: sealed.id });
        }
      }
      return out.sort(
        (one, other) => compare(one.timeNs, other.timeNs) || compare(one.order, other.order),
      );
    },
    close: () => database.close(),
  };
}

function addTo(
  groups: Map<string, Group>,
  machineId: string,
  row: SeriesRow,
  samples: number,
): void {
  const { name, unit, scale, offset, spn, sa } = row;
  const signal: SignalDefinition = {
    ...{ name, unit, scale, offset },
    ...(spn === null ? {} : { spn: Number(spn) }),
    ...(sa === null ? {} : { sa: Number(sa) }),
  };
  // Another scale is another series in here and the same one everywhere else.
  const key = JSON.stringify([machineId, name, unit, signal.spn ?? null, signal.sa ?? null]);
  const known = groups.get(key) ?? { key, machineId, signal, samples: 0, rows: [] };
  groups.set(key, { ...known, samples: known.samples + samples, rows: [...known.rows, row] });
}

function sealAll(database: DatabaseSync): void {
  const writer = createTelemetryWriter(database);
  const sealer = createSealer(database);
  for (const machine of writer.hot.keys()) while (sealer.seal(machine) > 0);
}
