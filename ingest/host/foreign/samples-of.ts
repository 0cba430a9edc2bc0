import { Quality } from "@firebreak/wire/quality.ts";
import { type Metric, type Payload, toInteger } from "@firebreak/wire/sparkplug-types.ts";
import { isImplausible } from "../accept-batch.ts";
import { type KnownMetric, type MetricTable, metricOf } from "./metric-table.ts";

/** One value of a metric as a sample of its machine. */
export interface ForeignSample {
  readonly signal: number;
  readonly timeMs: number;
  /** NaN unless the quality is good. */
  readonly value: number;
  readonly quality: Quality;
  readonly isHistorical: boolean;
}

export interface ForeignSamples {
  readonly samples: readonly ForeignSample[];
  /** Values that are no numbers, are beyond the bound, or lie too far ahead of the hub's clock. */
  readonly skipped: number;
  /** Metrics that no birth told of. */
  readonly unknown: number;
}

/** Values of property `Quality`. @see Sparkplug 3.0, payloads: 0 bad, 192 good, 500 stale */
const sparkplugQuality = new Map<number, Quality>([
  [0, Quality.error],
  [500, Quality.stale],
]);

/**
 * The numbers of a birth or of data. A value keeps the time its node gave it; without one, that of the payload, and
 * without that the time of arrival. A birth repeats values: one with the time and value of before is not new.
 */
export function samplesOf(
  table: MetricTable,
  machineId: string,
  {
    payload,
    arrivedMs,
    isBirth,
  }: { readonly payload: Payload; readonly arrivedMs: number; readonly isBirth: boolean },
): ForeignSamples {
  const samples: ForeignSample[] = [];
  let skipped = 0;
  let unknown = 0;
  for (const metric of payload.metrics) {
    const known = metricOf(table, machineId, metric);
    if (!known) {
      if (metric.alias === undefined || !table.ambiguous.has(metric.alias)) unknown++;
      else skipped++;
      continue;
    }
    if (known.isOfProtocol) continue;
    const timeMs = metric.timestampMs ?? payload.timestampMs ?? arrivedMs;
    const value = numberOf(metric, known);
    if (known.signal === undefined || value === undefined || isImplausible(timeMs, arrivedMs)) {
      skipped++;
      continue;
    }
    const { signal } = known;
    const quality = qualityOf(metric, value);
    const isHistorical = metric.isHistorical === true;
    const isRepeated = timeMs === known.lastMs && Object.is(value, known.lastValue);
    if (!isHistorical && timeMs >= known.lastMs)
      Object.assign(known, { lastMs: timeMs, lastValue: value });
    if (!isBirth || !isRepeated) samples.push({ signal, timeMs, value, quality, isHistorical });
  }
  return { samples, skipped, unknown };
}

/** NaN for null; undefined for what is no number. Data by alias have no type of their own: the birth's counts. */
function numberOf({ value, isNull, datatype }: Metric, known: KnownMetric): number | undefined {
  if (isNull) return Number.NaN;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const isInteger = typeof value === "bigint" || Number.isInteger(value);
  const type = datatype ?? known.datatype;
  return Number(isInteger && type !== undefined ? toInteger(type, value) : value);
}

function qualityOf({ isNull, properties }: Metric, value: number): Quality {
  if (isNull) return Quality.notAvailable;
  const said = sparkplugQuality.get(Number(properties?.get("Quality")?.value ?? 192));
  return said ?? (Number.isFinite(value) ? Quality.good : Quality.error);
}
