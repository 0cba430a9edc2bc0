import type { ElementName } from "@firebreak/ingest/aemp/elements.ts";
import type { Point } from "@firebreak/ingest/aemp/fleet-document.ts";
import { throwIfGone } from "@firebreak/ingest/store/asking.ts";
import type { Iso15143Quantity } from "@firebreak/plans/iso15143-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { HttpError } from "../api/error-reply.ts";
import type { Judge, TelemetryReader } from "../ports.ts";
import { faultPoints } from "./fault-points.ts";
import { dayMs, type LastDay } from "./last-day.ts";
import { type Measured, signalOf, toStandard } from "./signals-of-plan.ts";
import { isSingle, location, runningAboveRpm, singlePoint, singles } from "./snapshot-points.ts";

export interface SeriesSources {
  readonly telemetry: TelemetryReader;
  readonly judge: Judge;
  readonly lastDay: LastDay;
}

export interface SeriesSlot {
  readonly machineId: string;
  readonly plan: Plan | undefined;
  /** Inclusive. */
  readonly fromMs: number;
  /** Exclusive; at most a day behind. */
  readonly toMs: number;
  /** Whoever asked has gone. */
  readonly abort?: AbortSignal;
}

/** At most one position a minute, and one value of everything else in ten. */
const locationSpacingMs = 60_000;
const spacingMs = 600_000;
const minuteMs = 60_000;
const maxRawPages = 20;

/** One element of one machine over at most a day, the oldest first. */
export async function seriesPoints(
  sources: SeriesSources,
  element: ElementName,
  slot: SeriesSlot,
): Promise<readonly Point[]> {
  const { telemetry, judge, lastDay } = sources;
  const { machineId, plan, fromMs, toMs } = slot;
  if (isSingle(element)) {
    const values = await thinned(telemetry, slot, { quantity: singles[element], spacingMs });
    return [...values.values()].flatMap((measured) => singlePoint(element, measured, plan));
  }
  switch (element) {
    case "Location":
      return positions(telemetry, slot);
    case "EngineStatus":
      return engineChanges(telemetry, slot);
    case "SwitchStatus":
      return switchChanges(telemetry, slot);
    case "FaultCode":
      return faultPoints(plan, judge.condition(machineId), slot);
    default: {
      const all = await lastDay.points(machineId, plan, { endMs: toMs, sinceMs: fromMs });
      return all.filter((point) => point.element === element && toMs - fromMs === dayMs);
    }
  }
}

/** The newest good sample of each stretch, by the number of the stretch. */
async function thinned(
  telemetry: TelemetryReader,
  slot: SeriesSlot,
  asked: { readonly quantity: Iso15143Quantity; readonly spacingMs: number },
): Promise<Map<number, Measured>> {
  const kept = new Map<number, Measured>();
  const signal = signalOf(slot.plan, asked.quantity);
  const unit = slot.plan?.acquisition.signals[signal ?? ""]?.unit;
  if (signal === undefined || unit === undefined) return kept;
  await eachSample(telemetry, slot, signal, (timeMs, raw) => {
    const value = toStandard(raw, unit, asked.quantity);
    if (value !== undefined) kept.set(Math.floor(timeMs / asked.spacingMs), { timeMs, value });
  });
  return kept;
}

/** Good samples in order of time. @throws HttpError SERIES_TOO_LONG */
async function eachSample(
  telemetry: TelemetryReader,
  { machineId, fromMs, toMs, abort }: SeriesSlot,
  signal: string,
  take: (timeMs: number, value: number) => void,
): Promise<void> {
  const span = { fromNs: BigInt(fromMs) * 1_000_000n, toNs: BigInt(toMs) * 1_000_000n };
  let cursor: string | undefined;
  for (let page = 0; page < maxRawPages; page++) {
    const query = { machineId, signal, ...span, ...(cursor ? { cursor } : {}) };
    const raw = await telemetry.raw(query, { abort });
    throwIfGone(abort);
    for (const [index, value] of raw.value.entries())
      if (value !== null) take(Date.parse(raw.t[index] ?? ""), value);
    cursor = raw.next;
    if (cursor === undefined) return;
  }
  throw new HttpError("SERIES_TOO_LONG", `more samples of ${signal} in a day than can be read`);
}

async function positions(telemetry: TelemetryReader, slot: SeriesSlot): Promise<Point[]> {
  const of = (quantity: Iso15143Quantity) =>
    thinned(telemetry, slot, { quantity, spacingMs: locationSpacingMs });
  const latitudes = await of("latitude");
  const longitudes = await of("longitude");
  const altitudes = await of("altitude");
  return [...latitudes].flatMap(([minute, latitude]) =>
    location(latitude, longitudes.get(minute), altitudes.get(minute)),
  );
}

/** When it began to run and when it stopped, to the minute; the first minute with data counts as a change. */
async function engineChanges(
  telemetry: TelemetryReader,
  { machineId, plan, fromMs, toMs, abort }: SeriesSlot,
): Promise<Point[]> {
  const signal = signalOf(plan, "engineSpeed");
  if (signal === undefined) return [];
  const span = { fromNs: BigInt(fromMs) * 1_000_000n, toNs: BigInt(toMs) * 1_000_000n };
  // A span that does not begin with a minute touches one more.
  const points = 1 + Math.ceil((toMs - fromMs) / minuteMs);
  const query = { machineId, signal, ...span, points };
  const { t, mean } = await telemetry.buckets(query, { abort });
  const states = t.flatMap((time, index) => {
    const speed = mean[index];
    const timeMs = Math.max(fromMs, Date.parse(time));
    return speed == null ? [] : [{ timeMs, running: speed > runningAboveRpm }];
  });
  return states
    .filter(({ running }, index) => running !== states[index - 1]?.running)
    .map(({ timeMs, running }) => ({
      element: "EngineStatus",
      timeMs,
      values: { EngineNumber: "1", Running: running },
    }));
}

/** Each change of each switch, and its first state. */
async function switchChanges(telemetry: TelemetryReader, slot: SeriesSlot): Promise<Point[]> {
  const found: Point[] = [];
  for (const [index, signal] of (slot.plan?.iso15143?.switches ?? []).entries()) {
    let before: boolean | undefined;
    await eachSample(telemetry, slot, signal, (timeMs, value) => {
      const isOn = value !== 0;
      if (isOn === before) return;
      before = isOn;
      const values = { Number: index + 1, Value: isOn };
      found.push({ element: "SwitchStatus", timeMs, values });
    });
  }
  return found.sort((one, other) => one.timeMs - other.timeMs);
}
