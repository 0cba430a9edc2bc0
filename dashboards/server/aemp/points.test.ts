import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import type { TelemetryReader } from "../ports.ts";
import { samplePlan } from "../seeded-ports.fixture.ts";
import { latestOf } from "./aemp.fixture.ts";
import { wantsJson } from "./aemp-reply.ts";
import { createLastDay, grown } from "./last-day.ts";
import { type SeriesSources, seriesPoints } from "./series-points.ts";
import { signalOf } from "./signals-of-plan.ts";
import { snapshotPoints } from "./snapshot-points.ts";

const t = "2026-05-01T08:00:00Z";
const signal = (unit: string, extra: object) => ({
  ...samplePlan.acquisition.signals.engineSpeed,
  unit,
  j1939: undefined,
  ...extra,
});
const planOf = (signals: object): Plan =>
  ({ ...samplePlan, acquisition: { ...samplePlan.acquisition, signals } }) as Plan;
const spn = (number: number) => ({ j1939: { spn: number } });

describe("which signal tells what", () => {
  test("by SPN in a plan that comes with Firebreak", () => {
    const plan = loadPlan("concrete-pump-truck");
    expect(signalOf(plan, "operatingHours")).toBe("engineTotalHoursOfOperation");
    expect(signalOf(plan, "fuelRemaining")).toBe("fuelLevel1");
    expect(signalOf(plan, "engineSpeed")).toBe("engineSpeed");
    expect(signalOf(plan, "ambientTemperature")).toBe("ambientAirTemperature");
    expect(signalOf(plan, "distance")).toBeUndefined();
  });

  test("the finer distance first, the plan's own word before all, and no signal of another dimension", () => {
    const signals = {
      coarse: signal("km", spn(245)),
      fine: signal("m", spn(917)),
      odd: signal("kPa", spn(247)),
      north: signal("deg", { nmea: { field: "latitude" } }),
    };
    const plan = planOf(signals);
    expect(signalOf(plan, "distance")).toBe("fine");
    expect(signalOf(plan, "latitude")).toBe("north");
    expect(signalOf(plan, "operatingHours")).toBeUndefined();
    const said = { ...plan, iso15143: { signals: { distance: "coarse" } } };
    expect(signalOf(said, "distance")).toBe("coarse");
  });
});

describe("newest values", () => {
  const plan = planOf({
    lat: signal("deg", spn(584)),
    lon: signal("deg", spn(585)),
    metres: signal("m", spn(917)),
    speed: signal("rpm", spn(190)),
  });

  test("a position needs both halves and is as old as the older one", () => {
    const [latitude] = latestOf([["lat", "deg", 48.1]], t);
    const [longitude] = latestOf([["lon", "deg", 11.5]], "2026-05-01T07:59:00Z");
    if (!latitude || !longitude) throw new Error("fixture");
    expect(snapshotPoints(plan, [latitude])).toEqual([]);
    expect(snapshotPoints(plan, [latitude, longitude])).toEqual([
      {
        element: "Location",
        timeMs: Date.parse("2026-05-01T07:59:00Z"),
        values: { Latitude: 48.1, Longitude: 11.5 },
      },
    ]);
  });

  test("metres become kilometres, and 300 turns a minute are not yet running", () => {
    const of = (rpm: number) =>
      snapshotPoints(
        plan,
        latestOf(
          [
            ["metres", "m", 5_220_000],
            ["speed", "rpm", rpm],
          ],
          t,
        ),
      ).map(({ values }) => values);
    expect(of(300)).toEqual([{ Odometer: 5_220 }, { EngineNumber: "1", Running: false }]);
    expect(of(301)[1]).toEqual({ EngineNumber: "1", Running: true });
  });
});

describe("the last 24 hours", () => {
  test("fuel is what the counter grew by; one that was set back says nothing", () => {
    expect(grown({ min: [10, 12, 20], max: [12, 15, 31] })).toBe(21);
    expect(grown({ min: [10, 1], max: [12, 3] })).toBeUndefined();
    expect(grown({ min: [null], max: [null] })).toBeUndefined();
    expect(grown(undefined)).toBeUndefined();
  });

  test("is asked once in ten minutes, over 24 hours that end with the ten minutes under way", async () => {
    const asked: string[] = [];
    const plan = planOf({
      used: signal("L", spn(250)),
      load: signal("%", spn(92)),
      kmh: signal("m/s", spn(84)),
    });
    let nowMs = Date.parse("2026-05-01T08:03:00Z");
    const telemetry: Pick<TelemetryReader, "buckets"> = {
      buckets: async ({ signal: name, fromNs = 0n, toNs = 0n, points }) => {
        asked.push(`${name} ${(toNs - fromNs) / 3_600_000_000_000n} h in ${points}`);
        const rest = { t: [t, t], count: [1, 1], errors: [0, 0], bucketNs: "600000000000" };
        return { ...rest, min: [1, 2], max: [2, 10], mean: [40, 60], first: [1, 2], last: [2, 10] };
      },
    };
    const lastDay = createLastDay(telemetry, { nowMs: () => nowMs });
    const span = { endMs: nowMs, sinceMs: 0 };
    const points = await lastDay.points("M", plan, span);
    await lastDay.points("M", plan, { ...span, endMs: span.endMs + 60_000 });
    expect(asked).toEqual(["used 24 h in 144", "load 24 h in 144", "kmh 24 h in 144"]);
    expect(points.map(({ element, values }) => [element, Object.values(values)])).toEqual([
      ["FuelUsedLast24", [9]],
      ["AverageLoadFactorLast24", [50]],
      ["MaximumSpeedLast24", [36]],
    ]);
    expect(points.every(({ timeMs }) => timeMs <= span.endMs)).toBe(true);
    nowMs += 600_000;
    await lastDay.points("M", plan, span);
    expect(asked).toHaveLength(6);
  });
});

test.each([
  [undefined, false],
  ["*/*", false],
  ["application/json", true],
  ["application/xml, application/json;q=0.9", false],
  ["application/xml;q=0.5, application/json", true],
  ["application/vnd.iso15143+json", true],
])("Accept: %s is JSON: %s", (accept, expected) => {
  expect(wantsJson(accept)).toBe(expected);
});

test("an engine's states are told to the minute also where a day does not begin with one", async () => {
  const fromMs = Date.parse("2026-05-01T00:00:17Z");
  const slot = { machineId: "m", plan: loadPlan("concrete-pump-truck"), fromMs };
  const minuteMs = 60_000;
  const touched = Math.ceil((fromMs + 86_400_000) / minuteMs) - Math.floor(fromMs / minuteMs);
  const asked: number[] = [];
  const buckets: TelemetryReader["buckets"] = async ({ points }) => {
    asked.push(points);
    const none = { t: [], min: [], max: [], mean: [], first: [], last: [] };
    return { ...none, count: [], errors: [], bucketNs: "60000000000" };
  };
  const sources = { telemetry: { buckets } } as unknown as SeriesSources;
  await seriesPoints(sources, "EngineStatus", { ...slot, toMs: fromMs + 86_400_000 });
  // With fewer, stretches are longer than a minute.
  expect(asked).toEqual([touched]);
});
