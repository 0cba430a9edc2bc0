import { describe, expect, test } from "vitest";
import { LatencyHistogram } from "./latency-histogram.ts";

const histogramOf = (...times: readonly number[]) => {
  const histogram = new LatencyHistogram();
  for (const ms of times) histogram.note(ms);
  return histogram;
};

describe("LatencyHistogram", () => {
  test("without a time all is 0", () => {
    expect(histogramOf().latency()).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  });

  test("percentiles lie at the time of their rank, at most one part in 64 above it", () => {
    const { count, p50, p90, p99, max } = histogramOf(
      ...Array.from({ length: 1_000 }, (_, at) => at + 1),
    ).latency();
    expect({ count, max }).toEqual({ count: 1_000, max: 1_000 });
    for (const [found, true_] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
    ] as const) {
      expect(found).toBeGreaterThanOrEqual(true_);
      expect(found).toBeLessThanOrEqual(true_ * (1 + 1 / 64) + 1);
    }
  });

  test.each([0, 0.4, 1, 1.99, 63, 4_096, 70_000, 3_600_000])("one time of %d ms is all", (ms) => {
    const { p50, p99, max } = histogramOf(ms).latency();
    expect([p50, p99, max]).toEqual([ms, ms, ms]);
  });

  test("times of two processes added are those of one", () => {
    const both = new LatencyHistogram();
    both.add(histogramOf(1, 5, 900).toSparse());
    both.add(histogramOf(2, 40_000).toSparse());
    expect(both.latency()).toEqual(histogramOf(1, 2, 5, 900, 40_000).latency());
  });

  test("reset begins anew", () => {
    const histogram = histogramOf(7);
    histogram.reset();
    expect(histogram.latency().count).toBe(0);
    expect(histogram.toSparse()).toEqual({ counts: [], max: 0 });
  });
});
