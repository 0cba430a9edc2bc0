import { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Windows } from "./windows.ts";

const { good, error, notAvailable } = Quality;
const second = 1e9;
/** A whole multiple of ten seconds. */
const baseNs = 1_700_000_000_000_000_000n;
const of = { signal: 0, windowMs: 10_000, min: 1, max: 2, count: 3 };

function run(samples: readonly (readonly [atSeconds: number, value: number, quality?: Quality])[]) {
  const rows: [number, number, number, Quality][] = [];
  const clock = { nowMs: 0 };
  const windows = new Windows(
    [of],
    () => clock.nowMs,
    (...row) => rows.push(row),
  );
  windows.rebase(baseNs);
  for (const [at, value, quality = good] of samples) windows.take(0, at * second, value, quality);
  return { rows, windows, clock };
}

describe("Windows", () => {
  test("each window gives mean, least, greatest and number, at its last sample", () => {
    const { rows, windows } = run([
      [0, 4],
      [3, 1],
      [9.5, 10],
      [10, 7],
    ]);
    expect(rows).toEqual([
      [0, 9.5 * second, 5, good],
      [1, 9.5 * second, 1, good],
      [2, 9.5 * second, 10, good],
      [3, 9.5 * second, 3, good],
    ]);
    windows.close();
    expect(rows.at(-1)).toEqual([3, 10 * second, 1, good]);
    expect(windows.suppressed).toBe(4);
  });

  test("what is not good ends the window and goes on once", () => {
    const { rows, windows } = run([
      [0, 4],
      [1, Number.NaN, error],
      [2, Number.NaN, error],
      [3, Number.NaN, notAvailable],
      [11, Number.NaN, notAvailable],
      [12, 6],
    ]);
    expect(rows.map(([signal, ns, , quality]) => [signal, ns / second, quality])).toEqual([
      [0, 0, good],
      [1, 0, good],
      [2, 0, good],
      [3, 0, good],
      [0, 1, error],
      [0, 3, notAvailable],
      [0, 11, notAvailable],
    ]);
    expect(windows.suppressed).toBe(3);
  });

  test("a window that nothing ends is closed by the clock", () => {
    const { rows, windows, clock } = run([[0, 4]]);
    clock.nowMs = 10_999;
    windows.tick();
    expect(rows).toHaveLength(0);
    clock.nowMs = 11_000;
    windows.tick();
    expect(rows).toHaveLength(4);
  });

  test("a new base changes nothing", () => {
    const { rows, windows } = run([[8, 4]]);
    windows.rebase(baseNs + 8_000_000_000n);
    windows.take(0, 1 * second, 6, good);
    windows.take(0, 2 * second, 9, good);
    expect(rows[0]).toEqual([0, 1 * second, 5, good]);
  });

  test("no sample is lost or counted twice, whatever comes", () => {
    const sample = fc.record({
      step: fc.integer({ min: 1, max: 20_000 }),
      value: fc.integer({ min: -1_000, max: 1_000 }),
      quality: fc.constantFrom(good, good, good, error, notAvailable),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 200 }), (samples) => {
        let at = 0;
        const timed = samples.map(({ step, value, quality }) => {
          at += step / 1_000;
          return [at, value, quality] as const;
        });
        const { rows, windows } = run(timed);
        windows.close();
        const counted = rows.filter(([signal]) => signal === 3);
        const isGood = ({ quality }: { quality: Quality }) => quality === good;
        expect(counted.reduce((sum, [, , count]) => sum + count, 0)).toBe(
          samples.filter(isGood).length,
        );
        const passed = rows.filter(([, , , quality]) => quality !== good).length;
        expect(windows.suppressed + passed).toBe(samples.length);
        for (const part of [0, 1, 2, 3]) {
          const stamps = rows.filter(([signal]) => signal === part).map(([, ns]) => ns);
          expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
        }
      }),
    );
  });
});
