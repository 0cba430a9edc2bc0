import { describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { StormWatch, scheduleLosses } from "./losses.ts";

describe("scheduleLosses", () => {
  const random = createRandom(7);

  test("losses come at their rate, of gateways there are", () => {
    const due = scheduleLosses({
      gateways: 200,
      losses: { share: 0.05, everyMs: 60_000 },
      storms: [],
    });
    const all = Array.from({ length: 600 }, (_, at) => due((at + 1) * 100, random)).flat();
    const numbers = all.flatMap((one) => one.numbers);
    expect(numbers).toHaveLength(10);
    expect(numbers.every((at) => Number.isInteger(at) && at >= 0 && at < 200)).toBe(true);
    expect(all.every(({ isStorm }) => !isStorm)).toBe(true);
  });

  test("a storm comes once, at its time, over different gateways", () => {
    const storms = [
      { atMs: 2_000, gateways: 1_000 },
      { atMs: 1_000, gateways: 30 },
    ];
    const due = scheduleLosses({ gateways: 100, storms });
    expect(due(999, random)).toEqual([]);
    const [first, ...others] = due(1_000, random);
    expect(others).toEqual([]);
    expect(first?.isStorm).toBe(true);
    expect(new Set(first?.numbers).size).toBe(30);
    expect(due(1_999, random)).toEqual([]);
    expect(new Set(due(2_500, random)[0]?.numbers).size).toBe(100);
    expect(due(9_000, random)).toEqual([]);
  });
});

describe("StormWatch", () => {
  test("a storm is over when as many are connected as before it", () => {
    const watch = new StormWatch(1_000);
    watch.begin(11_000, 30, 100);
    watch.look(11_100, { connected: 100 });
    watch.look(11_500, { connected: 70 });
    watch.look(13_000, { connected: 99 });
    expect(watch.reports).toEqual([{ atSeconds: 10, gateways: 30, backAfterSeconds: null }]);
    watch.look(14_000, { connected: 100 });
    watch.look(15_000, { connected: 100 });
    expect(watch.reports).toEqual([{ atSeconds: 10, gateways: 30, backAfterSeconds: 3 }]);
  });
});
