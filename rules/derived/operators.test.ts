import type { Derived } from "@firebreak/plans/derived-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { inOrder } from "../engine/rule-engine.fixture.ts";
import { about, listen, planOf, series, type Told } from "./derived.fixture.ts";

/** What `derived` gave of these samples, under the name `out`. */
function told(
  units: Parameters<typeof planOf>[0],
  derived: Derived,
  ...said: ReturnType<typeof series>[]
): Told[] {
  const ear = listen(planOf(units, { out: derived }));
  ear.say(inOrder(...said));
  return ear.told.out ?? [];
}

const values = (all: readonly Told[]) => all.map(([, value]) => value);
const last = (all: readonly Told[]) => all.at(-1)?.[1];
const notAvailable = "not-available";
const bad = [Quality.error];

describe("values that belong together", () => {
  const power: Derived = { ...about, unit: "kW", operator: "product", of: "p", times: "q" };

  test("bar times L/min is a power", () => {
    const all = told(
      { p: "bar", q: "L/min" },
      power,
      series("p", [300, 300, 300]),
      series("q", [200, 200, 200]),
    );
    expect(all[0]).toEqual([0, expect.closeTo(100, 9)]); // 300 bar × 200 L/min / 600
  });

  test("torque times speed of rotation is a power, 2π and all", () => {
    const of = { ...power, of: "p", times: "q" } as Derived;
    const all = told({ p: "Nm", q: "rpm" }, of, series("p", [955, 0]), series("q", [1000, 0]));
    expect(all[0]?.[1]).toBeCloseTo(100.007, 2); // P[kW] = M n / 9549
  });

  test("no new value is held against an old one, in whatever order they come", () => {
    const step = (at: number) => (at < 5 ? 10 : 1000);
    const later = series("q", step, { from: 0.05, to: 9.05 });
    const share: Derived = { ...about, unit: "ratio", operator: "ratio", of: "p", by: "q" };
    const all = told({ p: "bar", q: "bar" }, share, series("p", step, { to: 9 }), later);
    expect(new Set(values(all))).toEqual(new Set([1]));
  });

  test("by nothing there is no ratio, and no exception or infinity", () => {
    const share: Derived = { ...about, unit: "%", operator: "ratio", of: "p", by: "q" };
    const all = told(
      { p: "bar", q: "kPa" },
      share,
      series("p", [1, 1, 0, 2, 2]),
      series("q", [200, 0, 0, -0, 100]),
      series("p", [2], { from: 5 }),
    );
    expect(values(all)).toEqual([50, notAvailable, notAvailable, notAvailable, 200]);
  });

  test("one that is bad, or silent for longer than its gap, makes the result not available", () => {
    const less: Derived = { ...about, unit: "K", operator: "difference", of: "p", minus: "q" };
    const all = told(
      { p: "°C", q: "°C" },
      less,
      series("p", [50, 51, bad, 53], { step: 1 }),
      series("q", [20], {}),
      series("p", (at) => at, { from: 10, to: 15 }),
    );
    expect(all).toEqual([
      [0, 30],
      [1, 31],
      [2, notAvailable],
      [3, 33],
      ...[10, 11, 12].map((at) => [at, at - 20]),
      ...[13, 14].map((at) => [at, notAvailable]),
    ]);
  });

  test("a weighted sum, a constant, and what several differ by", () => {
    const mean: Derived = {
      ...{ ...about, unit: "°C", operator: "sum", plus: 0 },
      of: [
        { signal: "p", times: 0.25 },
        { signal: "q", times: 0.75 },
      ],
    };
    const samples = [series("p", [100, 0]), series("q", [140, 0])];
    expect(told({ p: "°C", q: "°C" }, mean, ...samples)[0]?.[1]).toBe(130);
    const flow: Derived = {
      ...{ ...about, unit: "m3/h", operator: "product", of: "p" },
      times: { value: 100, unit: "L" },
    };
    expect(told({ p: "1/min" }, flow, series("p", [20, 0]))[0]?.[1]).toBeCloseTo(120, 9);
    const three = [...samples, series("r", [90, 0])];
    const units = { p: "°C", q: "°C", r: "°C" } as const;
    const extremes = (["greatest", "least", "spread"] as const).map(
      (extreme) =>
        told(
          units,
          { ...about, unit: "K", operator: "extreme", of: ["p", "q", "r"], extreme },
          ...three,
        )[0]?.[1],
    );
    expect(extremes).toEqual([140, 90, 50]);
  });

  test("what is outside its range is out of range", () => {
    const all = told(
      { p: "bar" },
      { ...about, range: [0, 5], unit: "bar", operator: "sum", of: [{ signal: "p" }] },
      series("p", [4, 6, 5]),
    );
    expect(values(all)).toEqual([4, "out-of-range"]);
  });
});

describe("integral", () => {
  const energy: Derived = { ...about, unit: "kWh", operator: "integral", of: "p" };

  test("adds trapezoids, nothing over a gap and nothing over what is bad", () => {
    const all = told(
      { p: "kW" },
      energy,
      series("p", (at) => at, { to: 10 }),
      series("p", [36, 36], { from: 100 }),
      series("p", [bad], { from: 102 }),
      series("p", [3600, 3600], { from: 103 }),
    );
    const tenSeconds = 50 / 3600;
    expect(all.at(10)?.[1]).toBeCloseTo(tenSeconds, 12);
    expect(all.at(11)?.[1]).toBeCloseTo(tenSeconds, 12);
    expect(last(all)).toBeCloseTo(tenSeconds + 0.01 + 1, 9);
  });

  test("begins afresh with its context", () => {
    const plan = planOf({ p: "kW" }, { out: { ...energy, context: "running" } });
    const ear = listen(plan);
    const speed = series("speed", [900, 900, 900, 0, 900, 900]);
    ear.say(
      inOrder(
        speed,
        series("p", () => 3600, { from: 0.5, to: 5.5 }),
      ),
    );
    const rounded = values(ear.told.out ?? []).map((value) =>
      typeof value === "number" ? Math.round(value * 1e9) / 1e9 : value,
    );
    expect(rounded).toEqual([0, 1, 2, notAvailable, 0, 1]);
  });
});

describe("rate", () => {
  const rate: Derived = {
    ...{ ...about, unit: "K/min", operator: "rate", of: "p", windowSeconds: 60 },
  };

  test("is the slope of a straight line, whatever the sampling", () => {
    const all = told(
      { p: "°C" },
      rate,
      series("p", (at) => 20 + at / 10, { to: 90, step: 0.7 }),
    );
    expect(last(all)).toBeCloseTo(6, 9);
    expect(values(all).slice(0, 2)).toEqual([notAvailable, notAvailable]);
  });

  test("knows nothing across a gap", () => {
    const all = told(
      { p: "°C" },
      rate,
      series("p", () => 20, { to: 60 }),
      series("p", () => 80, { from: 80, to: 90 }),
    );
    expect(values(all)).toContain(0);
    expect(last(all)).toBe(notAvailable);
  });
});

describe("window", () => {
  const of = { ...about, operator: "window", of: "p", windowSeconds: 30, unit: "bar" } as const;
  const wave = (at: number) => 100 + 10 * Math.sqrt(2) * Math.sin((2 * Math.PI * at) / 10);
  const lastOf = (statistic: Extract<Derived, { operator: "window" }>["statistic"]) =>
    last(told({ p: "bar" }, { ...of, statistic }, series("p", wave, { to: 60, step: 0.1 })));

  test("mean, least, greatest, standard deviation, root mean square of a wave", () => {
    expect(lastOf("mean")).toBeCloseTo(100, 0);
    expect(lastOf("max")).toBeCloseTo(100 + 10 * Math.sqrt(2), 2);
    expect(lastOf("min")).toBeCloseTo(100 - 10 * Math.sqrt(2), 2);
    expect(lastOf("standard-deviation")).toBeCloseTo(10, 0);
    expect(lastOf("rms")).toBeCloseTo(Math.sqrt(100 * 100 + 100), 0);
  });

  test("keeps the digits of a small spread on a large value", () => {
    const all = told(
      { p: "bar" },
      { ...of, statistic: "standard-deviation" },
      series("p", (at) => 1e9 + (Math.round(at * 10) % 2) / 100, { to: 60, step: 0.1 }),
    );
    expect(last(all)).toBeCloseTo(0.005, 6);
  });

  test("a value weighs as long as it lasts, a gap nothing", () => {
    const all = told(
      { p: "bar" },
      { ...of, windowSeconds: 60, statistic: "mean" },
      series("p", [0, 0, 100, 100], { step: 10 }),
      series("p", [100, 100, 100], { from: 80, step: 10 }),
    );
    // 0 for 20 s and 100 for 10 s until second 30; from 80 on, second 40 and older are gone.
    expect(all.find(([at]) => at === 30)?.[1]).toBeCloseTo(100 / 3, 1);
    expect(last(all)).toBe(notAvailable); // 20 s of 60 are known
  });

  test("what a silent signal was last it was until now, and no longer than the window", () => {
    const at = (statistic: "mean" | "max" | "min", second: number) =>
      told(
        { p: "bar" },
        { ...of, windowSeconds: 5, statistic },
        series("p", [10, 10, 0], { step: 10 }),
        series("p", [0, 0, 0, 0, 0, 0], { from: 21 }),
      ).find(([time]) => time === second)?.[1];
    expect([at("min", 20), at("mean", 20), at("max", 20)]).toEqual([0, 10, 10]);
    expect(at("mean", 22)).toBeCloseTo(6, 0);
    expect([at("max", 24), at("max", 26)]).toEqual([10, 0]);
  });

  test("a quantile by the time spent below it", () => {
    const median = { ...of, statistic: "quantile", quantile: 0.5 } as const;
    const mostlyLow = (at: number) => (at % 10 < 6 ? 10 : 200);
    const all = told({ p: "bar" }, median, series("p", mostlyLow, { to: 60, step: 0.1 }));
    expect(last(all)).toBe(10);
    const high = { ...median, quantile: 0.9 };
    expect(last(told({ p: "bar" }, high, series("p", mostlyLow, { to: 60, step: 0.1 })))).toBe(200);
    const ramp = told(
      { p: "bar" },
      median,
      series("p", (at) => at, { to: 60, step: 0.25 }),
    );
    expect(last(ramp)).toBeCloseTo(45, 0);
  });

  test("counts only what its context lets through, and does not begin afresh with it", () => {
    const plan = planOf(
      { p: "bar" },
      { out: { ...of, windowSeconds: 60, statistic: "mean", context: "running" } },
    );
    const ear = listen(plan);
    const isOn = (at: number) => at % 20 < 15;
    ear.say(
      inOrder(
        series("speed", (at) => (isOn(at) ? 900 : 0), { to: 119 }),
        series("p", (at) => (isOn(at) ? 50 : 999), { from: 0.5, to: 119.5 }),
      ),
    );
    const good = values(ear.told.out ?? []).filter((value) => typeof value === "number");
    expect(good.length).toBeGreaterThan(10);
    for (const value of good) expect(value).toBeCloseTo(50, 9);
  });
});

describe("cycle", () => {
  const lift = { signal: "p", above: 5, below: 2, until: "falls-below" } as const;
  const base = { ...about, operator: "cycle", longestSeconds: 600 } as const;
  // A lift of 4 t from 10 to 20 s, and from 40 to 70 s, with a swing between the levels.
  const load = (at: number) =>
    (at >= 10 && at < 20) || (at >= 40 && at < 70) ? (at === 50 ? 3 : 8) : 0;

  test("time per lift", () => {
    const duration: Derived = { ...base, unit: "s", by: lift, feature: "duration" };
    expect(told({ p: "t" }, duration, series("p", load, { to: 100 }))).toEqual([
      [20, 10],
      [70, 30],
    ]);
  });

  test("from one beginning to the next", () => {
    const by = { ...lift, until: "begins-again" } as const;
    const duration: Derived = { ...base, unit: "min", by, feature: "duration" };
    expect(told({ p: "t" }, duration, series("p", load, { to: 100 }))).toEqual([[40, 0.5]]);
  });

  test("peak, least, rise and mean of another signal in each cycle", () => {
    const pressure = (at: number) => 100 + (load(at) > 0 ? at : 0);
    const features = (["peak", "lowest", "rise", "mean"] as const).map((feature) =>
      values(
        told(
          { p: "t", q: "bar" },
          { ...base, unit: "bar", by: lift, feature, of: "q" },
          series("p", load, { to: 100 }),
          series("q", pressure, { to: 100 }),
        ),
      ),
    );
    expect(features.slice(0, 3)).toEqual([
      [119, 169],
      [100, 100],
      [19, 69],
    ]);
    expect(features[3]?.[0]).toBeCloseTo(114.5, 0);
  });

  test("strokes of a counter; a step of two is two strokes of the same length", () => {
    const count = (at: number) => Math.floor(at / 3) + (at >= 30 ? 1 : 0);
    const duration: Derived = { ...base, unit: "s", by: { counter: "p" }, feature: "duration" };
    const all = told({ p: "count" }, duration, series("p", count, { to: 33 }));
    expect(values(all)).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 1.5, 3]);
  });

  test("one that is broken by a gap, a reset or its length is passed over", () => {
    const duration: Derived = {
      ...{ ...base, longestSeconds: 20, unit: "s", feature: "duration" },
      by: { counter: "p" },
    };
    const all = told(
      { p: "count" },
      duration,
      series("p", [5, 6, 7]),
      series("p", [8, 9], { from: 60 }),
      series("p", [1, 2, 3], { from: 62 }),
      series("p", () => 3, { from: 65, to: 95 }),
      series("p", [4, 5], { from: 96 }),
    );
    // 6 to 7, then 3 after 2; what lies between 3 and 4 took too long.
    expect(all).toEqual([
      [2, 1],
      [64, 1],
      [97, 1],
    ]);
  });
});

describe("band", () => {
  const band: Derived = {
    ...{ ...about, unit: "m/s", operator: "band", of: "p", fromHz: 20, toHz: 30 },
    ...{ samplesPerSecond: 100, windowSeconds: 2 },
  };
  const sine = (hz: number, rms: number) => (at: number) =>
    rms * Math.SQRT2 * Math.sin(2 * Math.PI * hz * at);

  test("root mean square of what lies in the band, beside a large constant and another tone", () => {
    const signal = (at: number) => 1000 + sine(25, 3)(at) + sine(8, 50)(at) + sine(40, 50)(at);
    const all = told({ p: "m/s" }, band, series("p", signal, { to: 6, step: 0.01 }));
    expect(all.length).toBe(3);
    for (const value of values(all)) expect(value).toBeCloseTo(3, 2);
  });

  test("two tones add by their squares", () => {
    const signal = (at: number) => sine(22, 3)(at) + sine(27, 4)(at);
    const all = told({ p: "m/s" }, band, series("p", signal, { to: 3, step: 0.01 }));
    expect(values(all)[0]).toBeCloseTo(5, 2);
  });

  test("says nothing of samples that come otherwise than the plan says, and begins afresh after a hole", () => {
    const slow = told({ p: "m/s" }, band, series("p", sine(25, 3), { to: 6, step: 0.0112 }));
    expect(values(slow)).toEqual([notAvailable, notAvailable]);
    const holed = told(
      { p: "m/s" },
      band,
      series("p", sine(25, 3), { to: 1.5, step: 0.01 }),
      series("p", sine(25, 3), { from: 1.6, to: 3.7, step: 0.01 }),
    );
    expect(values(holed)).toEqual([expect.closeTo(3, 2)]);
  });
});

describe("duration", () => {
  const condition = { signal: "p", above: 5 };
  const values4 = [0, 9, 9, 0, 0, 9];

  test("how long a condition has held", () => {
    const of: Derived = { ...about, unit: "s", operator: "duration", condition, measure: "holds" };
    expect(values(told({ p: "bar" }, of, series("p", values4)))).toEqual([0, 0, 1, 0, 0, 0]);
  });

  test("how long ago it held last", () => {
    const of: Derived = {
      ...about,
      unit: "min",
      operator: "duration",
      condition,
      measure: "since",
    };
    const said = [series("p", values4, { step: 6 }), series("p", [0], { from: 60 })];
    expect(values(told({ p: "bar" }, of, ...said))).toEqual([
      ...[notAvailable, 0, 0, 0.1, 0.2, 0],
      notAvailable, // a gap in which it may have held
    ]);
  });
});
