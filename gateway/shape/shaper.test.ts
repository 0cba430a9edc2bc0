import { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Shaper, type SignalShaping } from "./shaper.ts";

const { good, error } = Quality;
const second = 1e9;

/** What goes on, as [offset, value], of samples of signal 0. */
function shape(shaping: SignalShaping, samples: readonly [number, number, Quality?][]) {
  const shaper = new Shaper([shaping]);
  shaper.rebase(1_000n);
  const out = samples.flatMap(([offsetNs, value, quality = good]) => {
    const stamp = shaper.admit(0, offsetNs, value, quality);
    return Number.isNaN(stamp) ? [] : [[stamp, value]];
  });
  return { out, suppressed: shaper.suppressed };
}

describe("Shaper", () => {
  test("without a dead band everything goes on", () => {
    const { out, suppressed } = shape({}, [
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(out).toHaveLength(3);
    expect(suppressed).toBe(0);
  });

  test.each([
    { name: "a smaller change is held back", change: 1.9, sent: 1 },
    { name: "a change as large as the dead band goes on", change: 2, sent: 2 },
    { name: "so it does downwards", change: -2, sent: 2 },
  ])("$name", ({ change, sent }) => {
    const { out, suppressed } = shape({ deadBand: 2, maxSilenceNs: 60 * second }, [
      [0, 10],
      [second, 10 + change],
    ]);
    expect(out).toHaveLength(sent);
    expect(suppressed).toBe(2 - sent);
  });

  test("slow drift adds up against what was sent last", () => {
    const { out } = shape({ deadBand: 2, maxSilenceNs: 60 * second }, [
      [0, 10],
      [1, 11],
      [2, 12],
      [3, 13],
    ]);
    expect(out).toEqual([
      [0, 10],
      [2, 12],
    ]);
  });

  test("a dead band of zero holds back equal values only", () => {
    const { out } = shape({ deadBand: 0, maxSilenceNs: second }, [
      [0, 10],
      [1, 10],
      [2, 10.000001],
    ]);
    expect(out.map(([, value]) => value)).toEqual([10, 10.000001]);
  });

  test("one goes on after the longest silence", () => {
    const { out } = shape({ deadBand: 5, maxSilenceNs: second }, [
      [0, 10],
      [second - 1, 10],
      [second, 10],
    ]);
    expect(out.map(([stamp]) => stamp)).toEqual([0, second]);
  });

  test("a change of quality goes on at once, its repetition does not", () => {
    const { out, suppressed } = shape({ deadBand: 5, maxSilenceNs: second }, [
      [0, 10],
      [1, Number.NaN, error],
      [2, Number.NaN, error],
      [3, 10],
    ]);
    expect(out).toHaveLength(3);
    expect(suppressed).toBe(1);
  });

  test("equal and older stamps become the previous one + 1 ns", () => {
    const { out } = shape({}, [
      [100, 1],
      [100, 2],
      [50, 3],
      [200, 4],
    ]);
    expect(out.map(([stamp]) => stamp)).toEqual([100, 101, 102, 200]);
  });

  test("a moved base keeps the order to the nanosecond", () => {
    const shaper = new Shaper([{}]);
    shaper.rebase(1_700_000_000_000_000_000n);
    expect(shaper.admit(0, 7, 1, good)).toBe(7);
    shaper.rebase(1_700_000_000_000_000_005n);
    expect(shaper.admit(0, 2, 1, good)).toBe(3);
  });

  test("stamps of a restarted gateway come after those of before", () => {
    const shaper = new Shaper([{}], 1_000n);
    shaper.rebase(900n);
    expect(shaper.admit(0, 50, 1, good)).toBe(101);
    expect(shaper.admit(0, 500, 1, good)).toBe(500);
  });

  test("stamps only grow per signal, and nothing is lost uncounted", () => {
    const sample = fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 1_000 }),
      fc.integer({ min: 0, max: 5 }),
    );
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const band = { deadBand: 2, maxSilenceNs: 100 };
        const shaper = new Shaper([{}, band, band]);
        const last = [-1, -1, -1];
        let sent = 0;
        for (const [signal, offsetNs, value] of samples) {
          const stamp = shaper.admit(signal, offsetNs, value, good);
          if (Number.isNaN(stamp)) continue;
          sent++;
          expect(stamp).toBeGreaterThan(last[signal] ?? -1);
          last[signal] = stamp;
        }
        expect(sent + shaper.suppressed).toBe(samples.length);
      }),
    );
  });
});
