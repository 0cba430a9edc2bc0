import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import { createBook } from "../book/book.ts";
import { createInfluxClient, type InfluxTable } from "../influx/influx-client.ts";
import { ofMachine, seriesOfTags } from "../influx/influx-lookups.ts";
import { createInfluxMemory } from "../influx/influx-memory.ts";
import { openInfluxState } from "../influx/influx-state.ts";
import { parseTime, within } from "../influx/influx-times.ts";
import { literal, measurement, toTag } from "../influx/line-protocol.ts";
import type { InfluxAccess } from "../open-store.ts";
import { compare } from "../raw-page.ts";
import { refuseUnfinished } from "./migration-book.ts";
import type { MigratedSeries, MigrationSource } from "./migration-source.ts";

const forever = { fromNs: -(2n ** 63n), toNs: 2n ** 63n - 1n };

/** An InfluxDB and the hub's state of it. @throws CodedError STORE_REFUSED_SAMPLES while the hub keeps some for it */
export function openInfluxSource(
  { target, secret }: InfluxAccess,
  statePath: string,
): MigrationSource {
  const database = openInfluxState(statePath);
  refuseUnfinished(database);
  const { refused } = createInfluxMemory(database);
  if (refused > 0)
    throw new CodedError(
      "STORE_REFUSED_SAMPLES",
      `${refused} samples wait that the database refused; they would stay behind. Remove the cause first (docs/operations.md)`,
    );
  const client = createInfluxClient(target, secret);
  const ask = async (text: string): Promise<readonly InfluxTable[]> =>
    (await client.query(text))[0] ?? [];
  return {
    database,
    offset: createBook(database).offset,
    async series() {
      const tables = await ask(
        `select count(value), count(quality) from ${measurement} group by *`,
      );
      return toSeries(tables);
    },
    async nextNs(series, fromNs) {
      const [table] = await ask(
        `select value, quality from ${measurement} where ${ofSeries(series)}${within({ ...forever, fromNs })} order by time limit 1`,
      );
      const time = table?.values[0]?.[0];
      return time === undefined ? undefined : parseTime(String(time));
    },
    async read(series, span) {
      const [table] = await ask(
        `select value, quality, repeat from ${measurement} where ${ofSeries(series)}${within(span)} order by time`,
      );
      return (table?.values ?? [])
        .map(([time, value, quality, repeat]) => ({
          timeNs: parseTime(String(time)),
          value: value === null ? Number.NaN : Number(value),
          quality: value === null ? Number(quality) : Quality.good,
          repeat: Number(repeat ?? 0),
        }))
        .sort((one, other) => compare(one.timeNs, other.timeNs) || one.repeat - other.repeat);
    },
    close() {
      client.close();
      database.close();
    },
  };
}

/** An absent tag is compared with the empty text. */
function ofSeries({ machineId, signal: { name, unit, spn, sa } }: MigratedSeries): string {
  const is = (tag: string, text: string | number) => `${tag} = ${literal(toTag(String(text)))}`;
  const tags = [is("signal", name), is("unit", unit), is("spn", spn ?? ""), is("sa", sa ?? "")];
  return [ofMachine(machineId), ...tags].join(" and ");
}

/** Samples with one stamp are in tables of their own and belong together. */
function toSeries(tables: readonly InfluxTable[]): MigratedSeries[] {
  const found = new Map<string, MigratedSeries>();
  for (const { tags, values } of tables) {
    const { machineId, repeat: _, ...rest } = seriesOfTags(tags);
    const signal: SignalDefinition = { ...rest, scale: 1, offset: 0 };
    const key = JSON.stringify([
      machineId,
      rest.name,
      rest.unit,
      rest.spn ?? null,
      rest.sa ?? null,
    ]);
    const [, good, bad] = values[0] ?? [];
    const samples = (found.get(key)?.samples ?? 0) + Number(good ?? 0) + Number(bad ?? 0);
    found.set(key, { key, machineId, signal, samples });
  }
  return [...found.values()];
}
