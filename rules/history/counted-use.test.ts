import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { countedForecast, countedParts } from "./counted-use.ts";
import { firstDay, hoursOf } from "./hours.fixture.ts";

/** 3,000 strokes a day in six hours. */
const perHour = 500;
const strokes = (from: number) => (day: number, hour: number) => {
  const least = from + (day * 6 + hour) * perHour;
  return { min: least, mean: least + perHour / 2, max: least + perHour };
};
const part = { position: "piston", life: 300_000, signal: "strokes" };
const fromHour = firstDay * 24 + 8;
const hours = (
  at: (day: number, hour: number) => ReturnType<ReturnType<typeof strokes>> | undefined,
) => hoursOf(200, { strokes: at });

const newest = (
  at: Parameters<typeof hours>[0],
  { day = 59, from = fromHour }: { readonly day?: number; readonly from?: number } = {},
) => countedForecast(hours(at), part, { fromHour: from, lastDay: firstDay + day })?.days.at(-1);

describe("countedForecast", () => {
  test("says by the counter when the life of a part ends, as of three days", () => {
    const forecast = countedForecast(hours(strokes(7_000)), part, {
      fromHour,
      lastDay: firstDay + 59,
    });
    expect(forecast).toMatchObject({ ruleId: "wear:piston", method: "usage_counter" });
    expect(forecast?.days.map(({ forecast: { p50Days } }) => Math.round(p50Days))).toEqual([
      42, 41, 40,
    ]);
    expect(newest(strokes(0))?.forecast).toMatchObject({ confidence: 0.8 });
    expect(newest(strokes(0))?.forecast.p10Days).toBeCloseTo(32, 0);
  });

  test("O-09: a part that lasts a hundred days is foretold thirty days before, and no day later", () => {
    const left = (day: number) => newest(strokes(0), { day })?.forecast.p50Days ?? Number.NaN;
    expect(left(69)).toBeCloseTo(30, 0);
    expect(left(98)).toBeCloseTo(1, 0);
    expect(left(120)).toBe(0);
  });

  test.each([
    { name: "a new meter that begins at nothing", later: 0 },
    { name: "one that has counted elsewhere", later: 9_000_000 },
  ])("$name neither adds to the use nor takes from it", ({ later }) => {
    const replaced = (day: number, hour: number) =>
      day < 30 ? strokes(50_000)(day, hour) : strokes(later - 30 * 3_000)(day, hour);
    const own = newest(strokes(50_000))?.forecast.p50Days ?? 0;
    const other = newest(replaced)?.forecast.p50Days ?? 0;
    expect(Math.abs(own - other)).toBeLessThan(0.3);
  });

  test("a meter that is set back within an hour costs no more than that hour", () => {
    const replaced = (day: number, hour: number) => {
      if (day === 30 && hour === 3) return { min: 0, mean: 9_000, max: 140_000 };
      return strokes(day < 30 || (day === 30 && hour < 3) ? 50_000 : -90_000)(day, hour);
    };
    const own = newest(strokes(50_000))?.forecast.p50Days ?? 0;
    expect(Math.abs((newest(replaced)?.forecast.p50Days ?? 0) - own)).toBeLessThan(0.5);
  });

  test("what the counter went on by while nothing was heard is use", () => {
    const silent = (day: number, hour: number) =>
      day >= 20 && day < 30 ? undefined : strokes(0)(day, hour);
    expect(newest(silent)?.forecast.p50Days).toBeCloseTo(40, 0);
  });

  test("use before anything was heard is taken to have been the same, and believed less", () => {
    const from = fromHour - 20 * 24;
    expect(newest(strokes(0), { from })?.forecast).toMatchObject({ confidence: 0.75 });
    expect(newest(strokes(0), { from })?.forecast.p50Days).toBeCloseTo(20, 0);
  });

  test("nothing is said of a part of which most was not seen, or that does not work", () => {
    expect(newest(strokes(0), { from: fromHour - 70 * 24 })).toBeUndefined();
    expect(newest(strokes(0), { from: Number.NEGATIVE_INFINITY })).toBeUndefined();
    expect(newest(strokes(0), { day: 10 })).toBeUndefined();
    const still = () => ({ min: 5, mean: 5, max: 5 });
    expect(newest(still)).toBeUndefined();
    expect(newest(() => undefined)).toBeUndefined();
  });

  test("knows which parts of a plan the machine counts", () => {
    expect(countedParts(loadPlan("concrete-pump-truck"))).toContainEqual({
      position: "delivery-piston-1",
      life: 150_000,
      signal: "strokeCount",
    });
  });
});
