import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../seeded-random.ts";
import { createCrossingForecaster, type LimitTask } from "./forecast-crossing.ts";

const horizon = 60;
const { forecast } = createCrossingForecaster(horizon);

interface Course {
  readonly seed: number;
  readonly samples: number;
  /** Samples from now to the limit. */
  readonly left: number;
  readonly noise: number;
  readonly shape: (t: number) => number;
}

/** A signal that goes from 10 to its limit 20 along a shape, with uniform noise. */
function task({ seed, samples, left, noise, shape }: Course): LimitTask {
  const random = createRandom(seed);
  const values = Array.from({ length: samples }, (_, at) => {
    const grown = shape(at - samples + 1) / shape(left);
    return 10 + 10 * grown + noise * (random() - 0.5);
  });
  return { values, limit: 20, direction: "up" };
}

const exponential = (t: number) => Math.exp(t / 20);
const linear = (t: number) => Math.max(0, 1 + t / 60);
const slowing = (t: number) => Math.sqrt(Math.max(0, 1 + t / 60));
const flat = (random: () => number): LimitTask => ({
  values: Array.from({ length: 150 }, () => 10 + random()),
  limit: 20,
  direction: "up",
});

const courses = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  samples: fc.integer({ min: 20, max: 300 }),
  left: fc.integer({ min: 1, max: 80 }),
  noise: fc.double({ min: 0.01, max: 5, noNaN: true }),
  shape: fc.constantFrom(exponential, linear),
});

describe("createCrossingForecaster", () => {
  test.each([
    { name: "exponential growth", shape: exponential, left: 12 },
    { name: "exponential growth, far off", shape: exponential, left: 40 },
    { name: "a straight line", shape: linear, left: 12 },
    { name: "a straight line, far off", shape: linear, left: 40 },
    { name: "what slows down", shape: slowing, left: 12 },
    { name: "what slows down, far off", shape: slowing, left: 40 },
  ])("finds the crossing of $name", ({ shape, left }) => {
    const { eta, lo, hi } = forecast(task({ seed: 1, samples: 150, left, noise: 0.5, shape }));
    expect(Math.abs((eta ?? 0) - left)).toBeLessThan(0.3 * left);
    expect(lo).toBeLessThanOrEqual(left);
    expect(hi).toBeGreaterThanOrEqual(left);
  });

  test.each([
    { name: "straight lines", of: (t: number) => t },
    { name: "what slows down", of: Math.sqrt },
    { name: "what speeds up", of: (t: number) => t ** 2 },
  ])("most intervals hold the crossings of $name, whenever they began", ({ of }) => {
    const inside = Array.from({ length: 60 }, (_, seed) => {
      const begin = 25 + 2 * seed;
      const left = 8 + (seed % 25);
      const shape = (t: number) => of(Math.max(0, t + begin));
      const { lo, hi } = forecast(task({ seed, samples: 200, left, noise: 1, shape }));
      return lo !== null && hi !== null && lo <= left && left <= hi;
    }).filter(Boolean);
    expect(inside.length / 60).toBeGreaterThan(0.55);
  });

  test("says nothing of healthy signals", () => {
    const random = createRandom(7);
    const alarms = Array.from({ length: 50 }, () => forecast(flat(random))).filter(
      ({ eta }) => eta !== null,
    );
    expect(alarms.length).toBeLessThanOrEqual(1);
  });

  test("one stray sample does not change an answer much", () => {
    const whole = task({ seed: 3, samples: 150, left: 20, noise: 1, shape: exponential });
    const values = [...whole.values];
    values[120] = 1000;
    const { eta } = forecast({ ...whole, values });
    expect(Math.abs((eta ?? 0) - (forecast(whole).eta ?? 0))).toBeLessThan(2);
  });

  test("a signal far beyond its limit has passed it", () => {
    const values = Array.from({ length: 30 }, (_, at) => 30 + Math.sin(at));
    expect(forecast({ values, limit: 20, direction: "up" })).toEqual({
      eta: 1,
      lo: 1,
      hi: 1.2,
      chance: 1,
      confidence: 1,
    });
  });

  test.each([
    { name: "no noise at all", values: Array.from({ length: 40 }, () => 5) },
    { name: "on the limit all along", values: Array.from({ length: 40 }, () => 20) },
    { name: "two levels", values: Array.from({ length: 40 }, (_, at) => at % 2) },
    { name: "one sample", values: [3] },
    { name: "huge numbers", values: Array.from({ length: 40 }, (_, at) => 1e308 * Math.sin(at)) },
  ])("answers $name", ({ values }) => {
    const { eta, chance } = forecast({ values, limit: 20, direction: "up" });
    expect(chance).toBeGreaterThanOrEqual(0);
    expect(chance).toBeLessThanOrEqual(1);
    if (eta !== null) expect(eta).toBeGreaterThanOrEqual(1);
  });
});

describe("whatever the signal", () => {
  test("the interval holds the estimate, and both lie ahead", () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { eta, lo, hi, chance } = forecast(task(course));
        expect(eta === null).toBe(chance < 0.5);
        const inOrder = [1, lo, eta, hi, 4 * horizon].filter((time) => time !== null);
        expect(inOrder).toHaveLength(eta === null ? 2 : 5);
        expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
      }),
    );
  });

  test("scale, shift and side change nothing", () => {
    const scales = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const shifts = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(courses, scales, shifts, fc.boolean(), (course, scale, shift, isUp) => {
        const plain = task(course);
        const factor = isUp ? scale : -scale;
        const moved = (value: number) => factor * (value + shift);
        const other = forecast({
          values: plain.values.map(moved),
          limit: moved(plain.limit),
          direction: isUp ? "up" : "down",
        });
        const own = forecast(plain);
        expect(other.chance).toBeCloseTo(own.chance, 4);
        if (Math.abs(own.chance - 0.5) < 1e-4) return;
        expect(other.eta ?? -1).toBeCloseTo(own.eta ?? -1, 2);
        expect(other.hi ?? -1).toBeCloseTo(own.hi ?? -1, 2);
      }),
    );
  });

  test("answers do not depend on what was asked before", () => {
    fc.assert(
      fc.property(courses, courses, (one, other) => {
        const alone = createCrossingForecaster(horizon).forecast(task(one));
        forecast(task(other));
        expect(forecast(task(one))).toEqual(alone);
      }),
      { numRuns: 20 },
    );
  });

  test("closer to the limit is not later", () => {
    const times = fc.integer({ min: 2, max: 50 });
    fc.assert(
      fc.property(courses, times, (course, share) => {
        const far = task({ ...course, noise: 0.2, shape: exponential });
        const gap = far.limit - Math.max(...far.values);
        fc.pre(gap > 0);
        const near = { ...far, limit: far.limit - (gap * share) / 60 };
        const [later, sooner] = [forecast(far).eta, forecast(near).eta];
        if (later === null) return;
        expect(sooner).not.toBeNull();
        expect(sooner ?? 0).toBeLessThanOrEqual(later * 1.2 + 1);
      }),
    );
  });

  test("what is older than four horizons is forgotten", () => {
    const recent = task({ seed: 5, samples: 4 * horizon, left: 20, noise: 1, shape: exponential });
    const older = { ...recent, values: [-1e6, 1e6, ...recent.values] };
    expect(forecast(older)).toEqual(forecast(recent));
  });
});
