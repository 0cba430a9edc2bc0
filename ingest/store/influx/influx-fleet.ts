import { throwIfGone } from "../asking.ts";
import { hourOf } from "../book/book.ts";
import { hourNs } from "../bucket-width.ts";
import { FleetRows, type HourSpan, type HourSum, hourSpanOf } from "../fleet-rows.ts";
import type { Asking, FleetHours, FleetQuery } from "../store.ts";
import type { DueHours } from "./hour-book.ts";
import type { InfluxTable } from "./influx-client.ts";
import { ofMachine } from "./influx-lookups.ts";
import { parseTime, within } from "./influx-times.ts";
import { fromTag, hourMeasurement, literal, measurement, toTag } from "./line-protocol.ts";

/** What keeps one statement and its answer small. */
const machinesPerQuery = 200;
/** With more, as after moving a store, all samples are read at once. */
const maxDueHours = 12;

interface Part {
  readonly ask: (text: string) => Promise<readonly InfluxTable[]>;
  readonly signal: string;
  readonly span: HourSpan;
}

type Sums = Map<string, Map<number, HourSum>>;

/**
 * Hours of one signal, machine by machine: the sums that there are, and from the samples what is not summed up yet. A
 * database has no sample that waits. @throws CodedError QUERY_TOO_LARGE
 */
export async function readFleetHours(
  ask: Part["ask"],
  dueHours: DueHours,
  query: FleetQuery,
  { abort }: Asking = {},
): Promise<FleetHours> {
  const span = hourSpanOf(query);
  const rows = new FleetRows(span);
  const { machineIds, signal } = query;
  for (let from = 0; from < machineIds.length; from += machinesPerQuery) {
    throwIfGone(abort);
    const some = machineIds.slice(from, from + machinesPerQuery);
    const sums = await readSums({ ask, signal, span }, some, dueHours);
    for (const [at, machineId] of some.entries()) {
      for (const [hour, sum] of sums.get(machineId) ?? []) rows.add(hour, sum);
      rows.end(from + at);
    }
  }
  return rows.finish(0);
}

async function readSums(
  part: Part,
  machineIds: readonly string[],
  dueHours: DueHours,
): Promise<Sums> {
  const { first, last } = part.span;
  const due = new Map<number, string[]>();
  for (const machineId of machineIds)
    for (const hour of dueHours(machineId, first, last + 1))
      due.set(hour, [...(due.get(hour) ?? []), machineId]);
  if (due.size > maxDueHours) return readSamples(part, machineIds, part.span);
  const sums = await readHours(part, machineIds);
  for (const [hour, those] of due)
    for (const [machineId, samples] of await readSamples(part, those, only(hour))) {
      const known = sums.get(machineId) ?? new Map();
      for (const [at, sum] of samples) known.set(at, sum);
      sums.set(machineId, known);
    }
  return sums;
}

/** Those of one hour that are due are read again, from the samples. */
async function readHours({ ask, signal, span }: Part, machineIds: readonly string[]) {
  const tables = await ask(
    `select count, errors, min, max, sum from ${hourMeasurement} where ${of(signal, machineIds)}${within(ofHours(span))} group by machine`,
  );
  return toSums(tables);
}

const only = (hour: number): HourSpan => ({ first: hour, last: hour });

async function readSamples({ ask, signal }: Part, machineIds: readonly string[], span: HourSpan) {
  const tables = await ask(
    `select count(value), count(quality), min(value), max(value), sum(value) from ${measurement} where ${of(signal, machineIds)}${within(ofHours(span))} group by machine, time(1h) fill(none)`,
  );
  return toSums(tables);
}

const of = (signal: string, machineIds: readonly string[]): string =>
  `signal = ${literal(toTag(signal))} and (${machineIds.map(ofMachine).join(" or ")})`;

const ofHours = ({ first, last }: HourSpan) => ({
  fromNs: BigInt(first) * hourNs,
  toNs: BigInt(last + 1) * hourNs,
});

/** Several series of one name are one. */
function toSums(tables: readonly InfluxTable[]): Sums {
  const sums: Sums = new Map();
  for (const { tags, values } of tables) {
    const machineId = fromTag(tags.machine ?? "");
    const hours = sums.get(machineId) ?? new Map<number, HourSum>();
    sums.set(machineId, hours);
    for (const [time, ...row] of values) {
      const hour = hourOf(parseTime(String(time)));
      const [count, errors, min, max, sum] = row.map((one) => Number(one ?? 0));
      const found = { count, errors, min, max, sum } as HourSum;
      const known = hours.get(hour);
      hours.set(hour, known ? both(known, found) : found);
    }
  }
  return sums;
}

function both(one: HourSum, other: HourSum): HourSum {
  if (one.count === 0) return { ...other, errors: one.errors + other.errors };
  if (other.count === 0) return { ...one, errors: one.errors + other.errors };
  return {
    count: one.count + other.count,
    errors: one.errors + other.errors,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
    sum: one.sum + other.sum,
  };
}
