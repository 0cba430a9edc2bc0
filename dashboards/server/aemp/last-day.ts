import type { Point } from "@firebreak/ingest/aemp/fleet-document.ts";
import type { BucketSeries } from "@firebreak/ingest/store/store.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import { type Iso15143Quantity, iso15143Units } from "@firebreak/plans/iso15143-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { TelemetryReader } from "../ports.ts";
import { signalOf, toStandard } from "./signals-of-plan.ts";
import { singlePoint } from "./snapshot-points.ts";

export const dayMs = 86_400_000;
const stepMs = 600_000;
const maxCached = 50_000;

/** What is told of the last 24 hours: fuel, load and speed, up to the ten minutes that are under way. */
export interface LastDay {
  points(
    machineId: string,
    plan: Plan | undefined,
    span: { readonly endMs: number; readonly sinceMs: number },
  ): Promise<readonly Point[]>;
}

/**
 * Asked for whole fleets: answers are kept until the next ten minutes begin. A read that has begun is finished, because
 * others may wait for it.
 */
export function createLastDay(
  telemetry: Pick<TelemetryReader, "buckets">,
  { nowMs }: Pick<Clock, "nowMs">,
): LastDay {
  const cache = new Map<string, Promise<readonly Point[]>>();
  let current = 0;
  return {
    points(machineId, plan, { endMs, sinceMs }) {
      const step = Math.floor(nowMs() / stepMs);
      if (step !== current) cache.clear();
      current = step;
      const toMs = Math.ceil(endMs / stepMs) * stepMs;
      const fromMs = Math.max(toMs - dayMs, Math.ceil(sinceMs / stepMs) * stepMs);
      const key = JSON.stringify([machineId, plan?.plan, plan?.version, fromMs, toMs]);
      const known = cache.get(key);
      if (known !== undefined) return known;
      const asked = read(telemetry, machineId, { plan, fromMs, toMs, endMs });
      cache.set(key, asked);
      asked.catch(() => {
        if (cache.get(key) === asked) cache.delete(key);
      });
      if (cache.size > maxCached) cache.delete(cache.keys().next().value ?? "");
      return asked;
    },
  };
}

async function read(
  telemetry: Pick<TelemetryReader, "buckets">,
  machineId: string,
  span: { plan: Plan | undefined; fromMs: number; toMs: number; endMs: number },
): Promise<readonly Point[]> {
  const { plan, fromMs, toMs, endMs } = span;
  const of = async (quantity: Iso15143Quantity): Promise<BucketSeries | undefined> => {
    const signal = signalOf(plan, quantity);
    if (signal === undefined || fromMs >= toMs) return undefined;
    const fromNs = BigInt(fromMs) * 1_000_000n;
    const toNs = BigInt(toMs) * 1_000_000n;
    return telemetry.buckets({ machineId, signal, fromNs, toNs, points: dayMs / stepMs });
  };
  const fuel = await of("fuelUsed");
  const load = await of("loadFactor");
  const speed = await of("speed");
  const lastMs = (series: BucketSeries | undefined): number =>
    Math.min(endMs, Date.parse(series?.t.at(-1) ?? "") + stepMs);
  const unitOf = (quantity: Iso15143Quantity): string =>
    plan?.acquisition.signals[signalOf(plan, quantity) ?? ""]?.unit ?? iso15143Units[quantity];
  const found = [
    ["FuelUsedLast24", "fuelUsed", fuel, grown(fuel)],
    ["AverageLoadFactorLast24", "loadFactor", load, average(good(load?.mean))],
    ["MaximumSpeedLast24", "speed", speed, highest(good(speed?.max))],
  ] as const;
  return found.flatMap(([element, quantity, series, value]) => {
    const inUnit = value === undefined ? undefined : toStandard(value, unitOf(quantity), quantity);
    return inUnit === undefined
      ? []
      : singlePoint(element, { value: inUnit, timeMs: lastMs(series) }, plan);
  });
}

const good = (values: readonly (number | null)[] | undefined): number[] =>
  (values ?? []).filter((value) => value !== null);

/** How far a counter has come; nothing is said of one that was set back. */
export function grown(series: Pick<BucketSeries, "min" | "max"> | undefined): number | undefined {
  const starts = good(series?.min);
  const ends = good(series?.max);
  const isBack = starts.some((value, index) => value < (ends[index - 1] ?? value));
  const [first] = starts;
  const last = ends.at(-1);
  return isBack || first === undefined || last === undefined ? undefined : last - first;
}

/** Of ten minutes each, so that a value that was sent more often does not count more. */
const average = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, one) => sum + one, 0) / values.length;
const highest = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);
