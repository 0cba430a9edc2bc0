import { isoNs } from "@firebreak/ingest/iso-ns.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan, ThresholdRule } from "@firebreak/plans/plan-schema.ts";
import { expect, test } from "vitest";
import { backtestText } from "./backtest-text.ts";
import type { HistorySource } from "./history-source.ts";
import type { KnownTicket } from "./known-tickets.ts";
import { runBacktest } from "./run-backtest.ts";

const base = loadPlan("loader-tractor");
const fromMs = Date.parse("2026-03-01T00:00:00Z");
const toMs = fromMs + 3 * 86_400_000;
const signal = "engineCoolantTemperature";
const hotRule = (above: number): ThresholdRule => ({
  ...{ id: "hot", kind: "threshold", signal, above, hysteresis: 2, holdSeconds: 10 },
  about: { en: "hot", "zh-CN": "过热" },
  severity: "warning",
  failureMode: "engine-overheating",
});
const planWith = (above: number, version: number): Plan => ({
  ...base,
  version,
  rules: { ...base.rules, rules: [hotRule(above)] },
});

/** Hot for half an hour on the second day; `M-2` is well. */
const source = (tickets: KnownTicket[] = []): HistorySource => ({
  machinesOf: async (plan) => (plan === base.plan ? ["M-1", "M-2"] : []),
  async samples(span) {
    const rows = { t: [] as string[], value: [] as number[], quality: [] as "good"[] };
    if (span.signal !== signal) return rows;
    // Works from nine to noon.
    const [begin, end] = [span.fromMs + 9 * 3_600_000, span.fromMs + 12 * 3_600_000];
    for (let ms = begin; ms < Math.min(end, span.toMs); ms += 10_000) {
      const minutes = (ms - fromMs) / 60_000 - 1440 - 600;
      const isHot = span.machineId === "M-1" && minutes >= 0 && minutes < 30;
      rows.t.push(isoNs(BigInt(ms) * 1_000_000n));
      rows.value.push(isHot ? 105 : 85);
      rows.quality.push("good");
    }
    return rows;
  },
  codes: async () => ({ knownFromMs: null, steps: [] }),
  tickets: async () => tickets,
  close: async () => undefined,
});
const failed: KnownTicket = {
  ...{ ticketId: "T-1", kind: "repair", trigger: "customer_report", machineId: "M-1", visits: 1 },
  ...{ createdAt: new Date(fromMs + 2.5 * 86_400_000).toISOString(), priority: "general" },
  ...{ outcome: "fixed", confirmedFault: { faultCode: "engine-overheating" } },
};

test("two versions of a plan judge the same history, side by side", async () => {
  let share = 0;
  const plans = [planWith(100, 1), planWith(110, 2)];
  const report = await runBacktest(source([failed]), { plans, fromMs, toMs }, (now) => {
    expect(now).toBeGreaterThan(share);
    share = now;
  });
  expect(share).toBe(1);
  expect(report).toMatchObject({ machines: ["M-1", "M-2"], samples: 2 * 3 * 1080 });
  const [tight, loose] = report.plans;
  expect(tight?.tickets).toMatchObject([
    { machineId: "M-1", verdict: "right", byTicket: "T-1", openedAt: "2026-03-02T10:00:10.000Z" },
  ]);
  expect(tight?.total.leadDays.median).toBeCloseTo(1.083, 2);
  expect(loose?.total).toMatchObject({ tickets: 0, missed: 1, recall: 0 });
  const text = backtestText(report);
  expect(text).toContain("loader-tractor@1");
  expect(text).toMatch(/missed by loader-tractor@2: engine-overheating of M-1/);
  const again = await runBacktest(source([failed]), { plans, fromMs, toMs }, () => undefined);
  expect(again).toEqual(report);
});

test("says so where there is no machine or no sample", async () => {
  const plans = [planWith(100, 1)];
  const at = { plans, fromMs, toMs };
  const nobody = { ...source(), machinesOf: async () => [] };
  await expect(runBacktest(nobody, at, () => undefined)).rejects.toMatchObject({
    code: "BACKTEST_NO_MACHINES",
  });
  const empty = { ...source(), samples: async () => ({ t: [], value: [], quality: [] }) };
  await expect(runBacktest(empty, at, () => undefined)).rejects.toMatchObject({
    code: "BACKTEST_NO_SAMPLES",
  });
});

const noLamps = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" } as const;
const codeRules = base.rules.rules.filter(({ kind }) => kind === "active-dtc").map(({ id }) => id);
const oneDay = { plans: [base], machines: ["M-2"], fromMs, toMs: fromMs + 86_400_000 };

test("rules about trouble codes are said to be left out where none are known", async () => {
  const report = await runBacktest(source(), oneDay, () => undefined);
  expect(report.codes).toEqual({ machines: 0, from: null, wholeFrom: null });
  expect(report.plans[0]?.notJudged).toEqual(codeRules);
  expect(backtestText(report)).toContain(codeRules[0]);
});

test("trouble codes are judged from when on they are known, and the report says so", async () => {
  const [name, mode] =
    Object.entries(base.service.failureModes).find(([, { dtcs }]) => dtcs !== undefined) ?? [];
  const code = mode?.dtcs?.[0];
  const dtc = { spn: code?.spn ?? 0, fmi: code?.fmis?.[0] ?? 0, oc: 1, cm: 0 as const };
  const beganMs = fromMs + 10 * 3_600_000;
  const about = { network: 0, sa: code?.sa ?? 0, dtc, lamps: noLamps };
  const steps = [
    { ...about, atMs: beganMs, state: "active" as const },
    { ...about, atMs: beganMs + 30_000, state: "previously-active" as const },
  ];
  const codes = async () => ({ knownFromMs: fromMs + 3_600_000, steps });
  const report = await runBacktest({ ...source(), codes }, oneDay, () => undefined);
  expect(report.plans[0]).toMatchObject({
    notJudged: [],
    tickets: [{ failureMode: name, rules: codeRules, clearedAt: "2026-03-01T10:00:30.000Z" }],
  });
  expect(report.codes).toMatchObject({ machines: 1, from: "2026-03-01T01:00:00.000Z" });
  expect(backtestText(report)).toContain("known of 1 of 1 machines from 2026-03-01T01:00");
});
