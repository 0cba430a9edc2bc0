import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { about, listen, planOf, series, type Told } from "../derived/derived.fixture.ts";
import { DerivedSeries, leadSeconds, measuredBases } from "./derived-series.ts";
import { inOrder, type Said, speed, startMs } from "./rule-engine.fixture.ts";

const plan = planOf(
  { inlet: "kPa", outlet: "kPa", other: "kPa" },
  {
    drop: { ...about, operator: "difference", of: "inlet", minus: "outlet", unit: "kPa" },
    dropWhileRunning: {
      ...{ ...about, operator: "window", of: "drop", statistic: "mean", unit: "kPa" },
      ...{ windowSeconds: 60, context: "running" },
    },
    share: { ...about, operator: "ratio", of: "dropWhileRunning", by: "inlet", unit: "ratio" },
  },
);

const told = (name: string, said: readonly Said[]): Told[] => {
  const bases = measuredBases(plan, name);
  const found: Told[] = [];
  const begin = BigInt(startMs) * 1_000_000n;
  const reckoned = new DerivedSeries(
    { plan, name, bases },
    begin,
    ({ offsetNs, value, quality }) => {
      const word = quality === Quality.outOfRange ? "out-of-range" : "not-available";
      found.push([offsetNs / 1e9, quality === Quality.good ? value : word]);
    },
  );
  for (const one of said) {
    if (!("signal" in one)) continue;
    const base = bases.indexOf(one.signal);
    const { value, quality = Quality.good } = one;
    if (base >= 0) reckoned.take(base, { offsetNs: Math.round(one.at * 1e9), value, quality });
  }
  reckoned.end();
  return found;
};

/** It runs, stands, runs; both pressures move, one is lost for a while; another signal speaks in between. */
const story = inOrder(
  series("other", (at) => at, { from: 0.25, to: 1500, step: 0.7 }),
  series("speed", (at) => (at > 400 && at < 560 ? 0 : 900), { to: 1500, step: 2 }),
  series("inlet", (at) => 300 + 40 * Math.sin(at / 70), { from: 0.02, to: 1500, step: 1 }),
  series("outlet", (at) => 100 + 20 * Math.cos(at / 31), { from: 0.05, to: 900, step: 1.3 }),
  series("outlet", [[Quality.error]], { from: 901 }),
  series("outlet", (at) => 90 + at / 100, { from: 1000, to: 1500, step: 1.3 }),
);

describe("a derived signal reckoned from stored samples", () => {
  test.each(["drop", "dropWhileRunning", "share"])(
    "%s has the numbers that the rules saw",
    (name) => {
      const rules = listen(plan);
      // One batch more, so that what waits for its like is reckoned there as well.
      rules.say(story);
      rules.say([speed(900)(1600)]);
      const seen = rules.told[name] ?? [];
      expect(seen.length).toBeGreaterThan(40);
      expect(seen.some(([, value]) => typeof value === "number")).toBe(true);
      expect(told(name, story)).toEqual(seen);
    },
  );

  test("needs its bases alone, the context's and those of what it is derived from among them", () => {
    expect(measuredBases(plan, "share").toSorted()).toEqual(["inlet", "outlet", "speed"]);
    expect(measuredBases(plan, "drop").toSorted()).toEqual(["inlet", "outlet"]);
  });

  test("asks for as much before a span as it rests on", () => {
    expect(leadSeconds(plan, "dropWhileRunning")).toBeGreaterThan(60);
    expect(leadSeconds(plan, "drop")).toBeLessThan(60);
  });

  test("begun in the middle it has the same values once that much has been read", () => {
    const from = 700;
    const lead = leadSeconds(plan, "drop");
    const later = told(
      "drop",
      story.filter(({ at }) => at >= from - lead),
    );
    const all = told("drop", story);
    const inSpan = (values: readonly Told[]) => values.filter(([at]) => at >= from);
    expect(inSpan(later)).toEqual(inSpan(all));
  });
});
