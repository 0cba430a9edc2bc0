import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../prognosis/seeded-random.ts";
import { calibrated, calibrateLives, fieldEstimate } from "./calibrate-lives.ts";
import { combineLives, type LifeEstimate } from "./life-outlook.ts";
import { normalCdf } from "./normal-cdf.ts";

const estimate = (p10: number, p50: number, p90: number, confidence = 0.8): LifeEstimate => ({
  ...{ method: "trend", p10Days: p10, p50Days: p50, p90Days: p90, confidence },
});
const near = (value: number | undefined, wanted: number, within: number) =>
  expect(Math.abs((value ?? Number.NaN) - wanted)).toBeLessThan(within);

test.each([
  { z: 0, share: 0.5 },
  { z: 1.281_551_6, share: 0.9 },
  { z: -1.959_964, share: 0.025 },
])("the normal distribution at $z is $share", ({ z, share }) => near(normalCdf(z), share, 1e-6));

describe("several estimates as one", () => {
  test("one alone comes out as it went in", () => {
    const one = combineLives([estimate(20, 40, 80)], 40);
    near(one?.p10Days, 20, 0.01);
    near(one?.p50Days, 40, 0.01);
    near(one?.p90Days, 80, 0.01);
    near(one?.chance, 0.5, 1e-6);
  });

  test("two that disagree make the interval wide; the one believed more draws the median", () => {
    const both = combineLives([estimate(9, 10, 11, 0.9), estimate(90, 100, 110, 0.3)], 30);
    expect(both?.p50Days).toBeLessThan(12);
    expect(both?.p90Days).toBeGreaterThan(90);
    near(both?.chance, 0.75, 0.001);
  });

  test("what has come to its end is certain to end; without belief there is no outlook", () => {
    const over = combineLives([estimate(0, 0, 0, 1)], 30);
    expect(over?.chance).toBe(1);
    near(over?.p90Days, 0, 1e-6);
    expect(combineLives([], 30)).toBeUndefined();
    expect(combineLives([estimate(1, 2, 3, 0)], 30)).toBeUndefined();
  });

  test("percentiles rise, and the chance grows with the days that are asked for", () => {
    const days = fc.double({ min: 0, max: 2000, noNaN: true });
    const any = fc.tuple(days, days, days, fc.double({ min: 0.01, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), days, days, (all, one, other) => {
        const estimates = all.map(([a, b, c, confidence]) => {
          const [p10 = 0, p50 = 0, p90 = 0] = [a, b, c].sort((x, y) => x - y);
          return estimate(p10, p50, p90, confidence);
        });
        const soon = combineLives(estimates, Math.min(one, other));
        const late = combineLives(estimates, Math.max(one, other));
        if (!soon || !late) throw new Error("all are believed");
        expect(soon.p10Days).toBeLessThanOrEqual(soon.p50Days);
        expect(soon.p50Days).toBeLessThanOrEqual(soon.p90Days);
        expect(soon.chance).toBeLessThanOrEqual(late.chance + 1e-9);
      }),
    );
  });
});

describe("calibration by lives in the field", () => {
  /** Lives of parts that the plan expects to last 400 days: a third shorter, and wide. */
  const lives = (seed: number, count: number): number[] => {
    const random = createRandom(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Array.from({ length: count }, () => 400 * Math.exp(-0.4 + 0.3 * normal()));
  };
  const planned = estimate(320, 400, 480);

  test("eight in ten of the parts to come end within the interval that lives have corrected", () => {
    for (const count of [8, 20, 60]) {
      let [inside, tries] = [0, 0];
      for (let seed = 1; seed <= 200; seed++) {
        const known = lives(seed, count);
        const calibration = calibrateLives(known.map((actual) => ({ expected: 400, actual })));
        const [next = 0] = lives(10_000 + seed, 1);
        if (calibration === undefined) throw new Error("enough lives");
        const { p10Days, p90Days } = calibrated(planned, 0, calibration);
        tries++;
        if (next >= p10Days && next <= p90Days) inside++;
      }
      expect(inside / tries).toBeGreaterThan(0.72);
      expect(inside / tries).toBeLessThan(0.93);
    }
    // The plan's own interval holds far fewer.
    const held = lives(7, 500).filter((life) => life >= 320 && life <= 480).length / 500;
    expect(held).toBeLessThan(0.5);
  });

  test("says nothing of fewer than five lives", () => {
    expect(calibrateLives([1, 2, 3, 4].map((actual) => ({ expected: 3, actual })))).toBeUndefined();
    const same = Array.from({ length: 5 }, () => ({ expected: 100, actual: 50 }));
    expect(calibrateLives(same)).toEqual({ shift: Math.log(0.5), spread: 0 });
    const half = calibrated(estimate(80, 100, 120), 100, { shift: Math.log(0.5), spread: 0 });
    expect(half.p50Days).toBeCloseTo(0);
  });

  test("a part that has come far has the rest of the distribution before it", () => {
    const weibull = { shape: 3, scale: 400 };
    const fresh = fieldEstimate(weibull, 0, 0.6);
    expect(fresh.p50Days).toBeCloseTo(400 * Math.LN2 ** (1 / 3));
    const old = fieldEstimate(weibull, 400, 0.6);
    // Survival from 400 on: exp(1 - ((400 + x) / 400)^3) = 1/2.
    expect(old.p50Days).toBeCloseTo(400 * (1 + Math.LN2) ** (1 / 3) - 400);
    expect(old.p10Days).toBeGreaterThan(0);
  });
});
