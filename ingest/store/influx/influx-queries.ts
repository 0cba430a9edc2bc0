import { errorCode } from "@firebreak/kit/coded-error.ts";
import { Quality, type QualityName, qualityName } from "@firebreak/wire/quality.ts";
import { isoNs } from "../../iso-ns.ts";
import { compare, type RawRow, rawPage } from "../raw-page.ts";
import { finish } from "../reading.ts";
import type {
  Asking,
  LatestSignal,
  RawOptions,
  RawSeries,
  SeriesQuery,
  TelemetryStore,
} from "../store.ts";
import type { DueHours } from "./hour-book.ts";
import {
  type Ask,
  type Asker,
  conditions,
  createBucketReader,
  createStretchReader,
} from "./influx-buckets.ts";
import type { InfluxClient, InfluxTable } from "./influx-client.ts";
import { readFleetHours } from "./influx-fleet.ts";
import { ofMachine, seriesOfTags } from "./influx-lookups.ts";
import { parseTime, within } from "./influx-times.ts";
import { fromTag, measurement } from "./line-protocol.ts";

/** Samples of one name and stamp beyond what was asked for, so that those of the last stamp are all there. */
const slack = 100;

/** Everything that can be asked of the samples, in InfluxQL, which 1.x, 2.x and 3.x all read. */
export function createInfluxQueries(
  client: InfluxClient,
  dueHours: DueHours,
): Pick<TelemetryStore, "machines" | "signals" | "raw" | "buckets" | "stretches" | "fleetHours"> {
  const askAs = (asking: Asking = {}): Asker => ({
    one: async (text) => (await query(client, text, asking))[0] ?? [],
    each: (texts) => query(client, texts.join("; "), asking),
  });
  const readBuckets = createBucketReader(dueHours);
  const readStretches = createStretchReader(dueHours);
  return {
    async machines() {
      const tables = await askAs().one(`show tag values from ${measurement} with key = machine`);
      return tables
        .flatMap(({ columns, values }) => values.map((row) => row[columns.indexOf("value")]))
        .map((tag) => fromTag(String(tag)))
        .sort();
    },
    signals: (machineId) => latest(client, machineId),
    raw: (query, asking) => readRaw(askAs(asking).one, query),
    buckets: (query, asking) => readBuckets(askAs(asking).one, query),
    stretches: (query, asking) => readStretches(askAs(asking), query),
    fleetHours: (query, asking) => readFleetHours(askAs(asking).one, dueHours, query, asking),
  };
}

/** A database that is not there yet has nothing to say. */
async function query(client: InfluxClient, text: string, asking: Asking = {}) {
  try {
    return await client.query(text, asking);
  } catch (error) {
    if (errorCode(error) === "STORE_NOT_FOUND") return [];
    throw error;
  }
}

interface Newest {
  readonly signal: Pick<LatestSignal, "name" | "unit" | "spn" | "sa">;
  readonly timeNs: bigint;
  readonly repeat: number;
  readonly value: number;
  readonly quality: number;
}

async function latest(client: InfluxClient, machineId: string): Promise<LatestSignal[]> {
  const where = `from ${measurement} where ${ofMachine(machineId)} group by *`;
  const answer = await query(client, `select last(value) ${where}; select last(quality) ${where}`);
  const [values = [], qualities = []] = answer;
  const newest = new Map<string, Newest>();
  const offer = (table: InfluxTable, isGood: boolean) => {
    const { machineId: _, repeat, ...signal } = seriesOfTags(table.tags);
    const key = `${signal.name}@${signal.sa ?? ""}`;
    for (const [time, last] of table.values) {
      const timeNs = parseTime(String(time));
      const known = newest.get(key);
      if (known && (compare(known.timeNs, timeNs) || known.repeat - repeat) > 0) continue;
      const value = isGood ? Number(last) : Number.NaN;
      const quality = isGood ? Quality.good : Number(last);
      newest.set(key, { signal, timeNs, repeat, value, quality });
    }
  };
  for (const table of values) offer(table, true);
  for (const table of qualities) offer(table, false);
  return [...newest.values()].sort(byNameAndAddress).map(toLatest);
}

const byNameAndAddress = ({ signal: one }: Newest, { signal: other }: Newest): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : (one.sa ?? -1) - (other.sa ?? -1);

const toLatest = ({ signal, timeNs, value, quality }: Newest): LatestSignal => ({
  ...signal,
  value: quality === Quality.good ? value : null,
  quality: qualityName(quality) satisfies QualityName,
  t: isoNs(timeNs),
});

async function readRaw(ask: Ask, query: SeriesQuery & RawOptions): Promise<RawSeries> {
  const page = rawPage(query);
  const { span, enough } = page;
  const [table] = await ask(
    `select value, quality, repeat, sa, unit from ${measurement} where ${conditions(query)}${within(span)} order by time limit ${enough + slack}`,
  );
  return finish(page.answer((table?.values ?? []).map(toRow).sort(byTime)));
}

interface Row extends RawRow {
  readonly repeat: number;
  readonly series: string;
}

function toRow([time, value, quality, repeat, sa, unit]: readonly unknown[]): Row {
  return {
    timeNs: parseTime(String(time)),
    value: value === null ? Number.NaN : Number(value),
    quality: value === null ? Number(quality) : Quality.good,
    repeat: Number(repeat ?? 0),
    series: `${sa ?? ""} ${unit ?? ""}`,
  };
}

const byTime = (one: Row, other: Row): number =>
  compare(one.timeNs, other.timeNs) ||
  one.repeat - other.repeat ||
  (one.series < other.series ? -1 : one.series > other.series ? 1 : 0);
