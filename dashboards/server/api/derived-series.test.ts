import { isoNs } from "@firebreak/ingest/iso-ns.ts";
import type { TelemetryStore } from "@firebreak/ingest/store/store.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { readDerived } from "./derived-series.ts";
import { drawnTelemetry } from "./drawn-telemetry.ts";
import { toSignalsNow } from "./signals.ts";

const plan = loadPlan("concrete-pump-truck");
const signal = "waterBoxRise";
const startNs = BigInt(Date.parse("2026-03-01T08:00:00Z")) * 1_000_000n;
const second = 1_000_000_000n;

const values: Readonly<Record<string, (at: number) => number>> = {
  waterBoxTemperature: (at) => 40 + (at === 1234 ? 25 : 5 * Math.sin(at / 60)),
  ambientAirTemperature: () => 22,
};

/** A sample a second of each signal, page by page. */
const stored = (step = 1): Pick<TelemetryStore, "raw"> => ({
  async raw({ signal: name, fromNs = 0n, toNs = 0n, limit = 100_000, cursor }) {
    const wave = values[name];
    const page = { t: [] as string[], value: [] as number[], quality: [] as "good"[] };
    const firstNs = fromNs < startNs ? startNs : fromNs;
    let at = cursor === undefined ? Math.ceil(Number(firstNs - startNs) / 1e9) : Number(cursor);
    for (; wave && page.t.length < limit; at += step) {
      const ns = startNs + BigInt(at) * second;
      if (ns >= toNs) return page;
      page.t.push(isoNs(ns));
      page.value.push(wave(at));
      page.quality.push("good");
    }
    return wave ? { ...page, next: String(at) } : page;
  },
});

const asked = (fromSeconds: number, toSeconds: number) => ({
  ...{ machineId: "M-1", signal, plan, gapNs: 60n * second },
  fromNs: startNs + BigInt(fromSeconds) * second,
  toNs: startNs + BigInt(toSeconds) * second,
});

describe("a derived signal over a span", () => {
  test("is reckoned from what is stored of its bases", async () => {
    const series = await readDerived(stored(), asked(600, 610), undefined, {});
    expect(series.t[0]).toBe(isoNs(startNs + 600n * second));
    expect(series.t).toHaveLength(10);
    for (const [index, value] of series.value.entries())
      expect(value).toBeCloseTo(18 + 5 * Math.sin((600 + index) / 60), 9);
    expect(series).toMatchObject({ gaps: [], bad: [], bucketSeconds: null });
  });

  test("has at most as many points as are asked for, and keeps its peak", async () => {
    const { t, value } = await readDerived(stored(), asked(0, 7_200), 200, {});
    expect(t.length).toBeLessThanOrEqual(200);
    expect(t.length).toBeGreaterThan(100);
    expect(t).toEqual(t.toSorted());
    expect(Math.max(...value.map((one) => one ?? 0))).toBe(43);
  });

  test("is refused where it is too much, with a span that works", async () => {
    const mostSamples = 20_000;
    const whole = mostSamples; // seconds: twice as many samples as are taken
    const refused = readDerived(stored(), { ...asked(0, whole), mostSamples }, 200, {});
    await expect(refused).rejects.toMatchObject({ code: "QUERY_TOO_LARGE" });
    const { message } = (await refused.catch((error: unknown) => error)) as Error;
    const hours = Number(/ask for ([\d.]+) hours/.exec(message)?.[1]);
    expect(hours).toBeGreaterThan(2);
    const works = await readDerived(stored(), { ...asked(0, hours * 3600), mostSamples }, 200, {});
    expect(works.t.length).toBeGreaterThan(100);
  });

  test("ends when whoever asked is gone", async () => {
    const abort = AbortSignal.abort();
    const gone = readDerived(stored(), asked(0, 600), 200, { abort });
    await expect(gone).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });
});

const tooLarge = () =>
  Promise.reject(new CodedError("QUERY_TOO_LARGE", "more than is read at once"));

test("evidence draws derived signals, and leaves out what is too much", async () => {
  const buckets = async () => ({ t: ["stored"], min: [1], max: [1] }) as never;
  const drawn = drawnTelemetry({ ...stored(), buckets }, () => plan);
  const span = (seconds: number, name = signal) => ({
    ...{ machineId: "M-1", signal: name, points: 100 },
    ...{ fromNs: startNs, toNs: startNs + BigInt(seconds) * second },
  });
  expect((await drawn.buckets(span(600))).max).not.toEqual([]);
  const endless = { ...stored(), buckets, raw: tooLarge };
  const none = drawnTelemetry(endless, () => plan).buckets(span(600));
  expect(await none).toEqual({ t: [], min: [], max: [] });
  expect((await drawn.buckets(span(600, "ambientAirTemperature"))).t).toEqual(["stored"]);
});

test("derived signals stand behind the measured ones, with what they are reckoned from", () => {
  const rows = toSignalsNow([], plan, 0);
  const derived = rows.filter(({ derivedFrom }) => derivedFrom !== undefined);
  expect(derived.map(({ name }) => name)).toEqual(Object.keys(plan.rules.derived ?? {}));
  expect(rows.slice(-derived.length)).toEqual(derived);
  expect(derived.find(({ name }) => name === signal)).toMatchObject({
    ...{ unit: "K", value: null, t: null, title: { en: "Water box above ambient" } },
    derivedFrom: ["waterBoxTemperature", "ambientAirTemperature"],
  });
});
