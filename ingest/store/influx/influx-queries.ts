import { errorCode } from "@firebreak/kit/coded-error.ts";
import { Quality, type QualityName, qualityName } from "@firebreak/wire/quality.ts";
import { isoNs } from "../../iso-ns.ts";
import { bucketWidth } from "../bucket-width.ts";
import { compare, higher, lower, type RawRow, rawPage, type Span, spanOf } from "../raw-page.ts";
import type {
  BucketSeries,
  LatestSignal,
  RawOptions,
  RawSeries,
  SeriesQuery,
  TelemetryStore,
} from "../store.ts";
import type { InfluxClient, InfluxTable } from "./influx-client.ts";
import { readFleetHours } from "./influx-fleet.ts";
import { ofMachine, seriesOfTags } from "./influx-lookups.ts";
import { parseTime, within } from "./influx-times.ts";
import { fromTag, literal, measurement, toTag } from "./line-protocol.ts";

/** Samples of one name and stamp beyond what was asked for, so that those of the last stamp are all there. */
const slack = 100;

/** Everything that can be asked of the samples, in InfluxQL, which 1.x, 2.x and 3.x all read. */
export function createInfluxQueries(
  client: InfluxClient,
): Pick<TelemetryStore, "machines" | "signals" | "raw" | "buckets" | "fleetHours"> {
  const ask = async (text: string): Promise<readonly InfluxTable[]> =>
    (await query(client, text))[0] ?? [];
  return {
    async machines() {
      const tables = await ask(`show tag values from ${measurement} with key = machine`);
      return tables
        .flatMap(({ columns, values }) => values.map((row) => row[columns.indexOf("value")]))
        .map((tag) => fromTag(String(tag)))
        .sort();
    },
    signals: (machineId) => latest(client, machineId),
    raw: (query) => readRaw(ask, query),
    buckets: (query) => readBuckets(ask, query),
    fleetHours: (query, asking) => readFleetHours(ask, query, asking),
  };
}

/** A database that is not there yet has nothing to say. */
async function query(client: InfluxClient, text: string) {
  try {
    return await client.query(text);
  } catch (error) {
    if (errorCode(error) === "STORE_NOT_FOUND") return [];
    throw error;
  }
}

type Ask = (text: string) => Promise<readonly InfluxTable[]>;

const conditions = ({ machineId, signal }: SeriesQuery): string =>
  `${ofMachine(machineId)} and signal = ${literal(toTag(signal))}`;

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
  return page.answer((table?.values ?? []).map(toRow).sort(byTime));
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

async function readBuckets(
  ask: Ask,
  query: SeriesQuery & { readonly points: number },
): Promise<BucketSeries> {
  const where = conditions(query);
  const span = await clip(ask, where, spanOf(query));
  if (!span) return toBuckets([], 1n);
  const bucketNs = bucketWidth(span, query.points);
  const [table] = await ask(
    `select min(value), max(value), mean(value), count(value), count(quality), first(value), last(value) from ${measurement} where ${where}${within(span)} group by time(${bucketNs}ns) fill(none)`,
  );
  return toBuckets(table?.values ?? [], bucketNs);
}

/** The asked span, no wider than what there is. */
async function clip(ask: Ask, where: string, span: Span): Promise<Span | undefined> {
  const end = async (order: "asc" | "desc") => {
    const [table] = await ask(
      `select value, quality from ${measurement} where ${where}${within(span)} order by time ${order} limit 1`,
    );
    const time = table?.values[0]?.[0];
    return time === undefined ? undefined : parseTime(String(time));
  };
  const first = await end("asc");
  const last = await end("desc");
  if (first === undefined || last === undefined) return undefined;
  return { fromNs: higher(span.fromNs, first), toNs: lower(span.toNs, last + 1n) };
}

function toBuckets(values: InfluxTable["values"], bucketNs: bigint): BucketSeries {
  const rows = values.filter(([, , , , good, bad]) => Number(good) + Number(bad) > 0);
  const column = (at: number) => rows.map((row) => (Number(row[4]) > 0 ? Number(row[at]) : null));
  return {
    t: rows.map(([time]) => isoNs(parseTime(String(time)))),
    min: column(1),
    max: column(2),
    mean: column(3),
    first: column(6),
    last: column(7),
    count: rows.map((row) => Number(row[4])),
    errors: rows.map((row) => Number(row[5])),
    bucketNs: String(bucketNs),
  };
}
