import type { BucketSeries } from "@firebreak/ingest/store/store.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toIsoNs } from "./instants.ts";
import { bucketsFor, fromBuckets, marksOfRaw } from "./reduce-series.ts";

const secondNs = 1_000_000_000n;

interface Sample {
  readonly second: number;
  readonly value: number | null;
}

/** What a store would answer: buckets of `width` seconds on a fixed grid. */
function bucketsOf(samples: readonly Sample[], width: number): BucketSeries {
  const groups = new Map<number, Sample[]>();
  for (const sample of samples) {
    const start = Math.floor(sample.second / width) * width;
    groups.set(start, [...(groups.get(start) ?? []), sample]);
  }
  const rows = [...groups].map(([start, all]) => {
    const good = all.flatMap(({ value }) => (value === null ? [] : [value]));
    return { start, good, errors: all.length - good.length };
  });
  const of = (pick: (good: readonly number[]) => number) =>
    rows.map(({ good }) => (good.length > 0 ? pick(good) : null));
  return {
    t: rows.map(({ start }) => toIsoNs(BigInt(start) * secondNs)),
    min: of((good) => Math.min(...good)),
    max: of((good) => Math.max(...good)),
    mean: of((good) => good.reduce((sum, one) => sum + one, 0) / good.length),
    first: of((good) => good[0] ?? 0),
    last: of((good) => good.at(-1) ?? 0),
    count: rows.map(({ good }) => good.length),
    errors: rows.map(({ errors }) => errors),
    bucketNs: String(BigInt(width) * secondNs),
  };
}

const reduced = (...asked: Parameters<typeof fromBuckets>) => {
  const work = fromBuckets(...asked);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

const longest = 400;
const samples = fc
  .uniqueArray(fc.nat(longest), { minLength: 1, maxLength: 60 })
  .chain((seconds) =>
    fc.tuple(
      fc.constant(seconds.toSorted((a, b) => a - b)),
      fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { freq: 5 }), {
        minLength: seconds.length,
        maxLength: seconds.length,
      }),
    ),
  )
  .map(([seconds, values]) =>
    seconds.map((second, at): Sample => ({ second, value: values[at] ?? null })),
  );
const width = fc.constantFrom(1, 5, 60, 200);

const secondsOf = (t: string) => Date.parse(t) / 1_000;

describe("reduced series", () => {
  test("keep minimum and maximum of every bucket, and nothing that was not there", () => {
    fc.assert(
      fc.property(samples, width, (all, seconds) => {
        const { t, value } = reduced(bucketsOf(all, seconds), { gapNs: 0n, withEnds: true });
        for (let start = 0; start <= longest; start += seconds) {
          const inBucket = (at: number) => at >= start && at < start + seconds;
          const there = all.flatMap((one) => (inBucket(one.second) ? [one.value] : []));
          const good = there.filter((one) => one !== null);
          const drawn = value.filter((_, at) => inBucket(secondsOf(t[at] ?? "")));
          if (good.length > 0) {
            expect(drawn).toContain(Math.min(...good));
            expect(drawn).toContain(Math.max(...good));
          } else expect(drawn).toEqual(there.length > 0 ? [null] : []);
          for (const one of drawn) expect(there).toContain(one);
        }
      }),
    );
  });

  test("keep the first and the last value, the order of time and the budget of points", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 2, max: 60 }), (all, points) => {
        const seconds = Math.ceil((longest + 1) / bucketsFor(points));
        const buckets = bucketsOf(all, seconds);
        const { t, value } = reduced(buckets, { gapNs: 0n, withEnds: points >= 4 });
        expect(t.length).toBeLessThanOrEqual(points);
        expect([...t].sort()).toEqual(t);
        if (points < 4) return;
        const end = (count: number[]) => [count[0], count.at(-1)];
        const [isFirstGood, isLastGood] = end(buckets.count as number[]);
        if (isFirstGood) expect(value[0]).toBe(buckets.first[0]);
        if (isLastGood) expect(value.at(-1)).toBe(buckets.last.at(-1));
      }),
    );
  });

  test("tell every gap that is longer than the signal may be silent, and no other", () => {
    fc.assert(
      fc.property(samples, width, fc.nat(100), (all, seconds, gap) => {
        const gapNs = BigInt(gap) * secondNs;
        const { gaps } = reduced(bucketsOf(all, seconds), { gapNs, withEnds: true });
        for (const { from, to } of gaps) {
          expect(secondsOf(to) - secondsOf(from)).toBeGreaterThan(gap);
          const inside = all.filter(
            ({ second }) => second >= secondsOf(from) && second < secondsOf(to),
          );
          expect(inside).toEqual([]);
        }
        for (const [at, { second }] of all.entries()) {
          const before = all[at - 1]?.second;
          // A bucket hides less than its own width at both ends.
          if (before === undefined || second - before <= gap + 2 * seconds) continue;
          expect(
            gaps.some(({ from, to }) => secondsOf(from) > before && secondsOf(to) <= second),
          ).toBe(true);
        }
      }),
    );
  });

  test("count every sample that was not good, in stretches that do not overlap", () => {
    fc.assert(
      fc.property(samples, width, (all, seconds) => {
        const expected = all.filter(({ value }) => value === null).length;
        const found = reduced(bucketsOf(all, seconds), { gapNs: 0n, withEnds: true });
        const raw = { gaps: [], bad: [] as (typeof found)["bad"] };
        const t = all.map(({ second }) => toIsoNs(BigInt(second) * secondNs));
        const quality = all.map(({ value }) => (value === null ? "error" : "good") as "error");
        const middle = all.length >> 1;
        const page = (from: number, to: number) => ({
          t: t.slice(from, to),
          quality: quality.slice(from, to),
        });
        marksOfRaw(page(0, middle), raw, { gapNs: 0n });
        marksOfRaw(page(middle, all.length), raw, { gapNs: 0n, before: t[middle - 1] });
        for (const { bad } of [found, raw]) {
          expect(bad.reduce((sum, one) => sum + one.samples, 0)).toBe(expected);
          for (const [at, one] of bad.entries())
            if (at > 0) expect(one.from > (bad[at - 1]?.to ?? "")).toBe(true);
        }
      }),
    );
  });

  test("keep the minimum before the maximum", () => {
    const t = ["2026-05-01T00:00:00.000000000Z", "2026-05-01T00:01:00.000000000Z"];
    const rest = { mean: [2, null], count: [5, 0], errors: [0, 3], bucketNs: "60000000000" };
    const ends = { first: [1, null], last: [5, null] };
    const buckets = { t, min: [1, null], max: [9, null], ...ends, ...rest };
    expect(reduced(buckets, { gapNs: 0n, withEnds: true })).toEqual({
      t: [t[0], "2026-05-01T00:00:30.000000000Z", t[1]],
      value: [1, 9, null],
      quality: ["good", "good", "error"],
      gaps: [],
      bad: [{ from: t[1], to: "2026-05-01T00:02:00.000000000Z", samples: 3 }],
      bucketSeconds: 60,
    });
  });
});
