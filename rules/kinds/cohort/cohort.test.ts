import type { CohortRule } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import { testPlan } from "../../engine/rule-engine.fixture.ts";
import type { PeerSummary } from "../../history/history-kind.ts";
import { firstDay, hoursOf, noise } from "../../history/hours.fixture.ts";
import type { MachineHours } from "../../history/hours.ts";
import { cohort } from "./cohort.ts";
import { limitFor } from "./limit-for.ts";

const rule: CohortRule = {
  id: "odd",
  kind: "cohort",
  about: { en: "Unlike the others", "zh-CN": "与同类不同" },
  severity: "warning",
  signal: "pressure",
  of: "mean",
  side: "above",
  failureMode: "too-high",
};
const base = testPlan();
const plan = { ...base, service: { ...base.service, hourMeter: "slow" } };
const prepared = cohort.prepare(rule, plan);
const lastDay = firstDay + 59;

/** Machine `index` of a fleet: 50 and a scatter of its own of 5, noise of 1 from day to day. */
const machine = (
  index: number,
  {
    extra = () => 0,
    age = 3_000,
    days = 60,
  }: { extra?: (day: number) => number; age?: number; days?: number } = {},
): MachineHours =>
  hoursOf(days, {
    pressure: (day, hour) =>
      50 + 5 * noise(index) + noise(index * 1e4 + day * 6 + hour) + extra(day),
    slow: () => age,
  });
const summaries = (machines: readonly MachineHours[]): PeerSummary[] =>
  machines.flatMap((hours) => cohort.summarise?.(prepared, hours, lastDay) ?? []);
const fleet = (count: number, of: Parameters<typeof machine>[1] = {}) =>
  summaries(Array.from({ length: count }, (_, index) => machine(index + 10, of)));

function judged(
  hours: MachineHours,
  peers: readonly PeerSummary[],
  changes: Partial<CohortRule> = {},
) {
  const work = cohort.judge(cohort.prepare({ ...rule, ...changes }, plan), hours, {
    ...{ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY, lastDay, peers },
    ...{ most: 14, fromDay: lastDay - 28 },
  });
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
const speaking = (...of: Parameters<typeof judged>) => judged(...of).filter((one) => one.speaks);
/** Far off since day 40. */
const odd = machine(1, { extra: (day) => (day < 40 ? 0 : 60) });

describe("cohort", () => {
  test("finds a machine that is far from twenty others, from the days on which most of its level is", () => {
    const days = speaking(odd, fleet(20)).map(({ day }) => day - firstDay);
    expect(days).toHaveLength(14);
    const early = judged(machine(1, { extra: (day) => (day < 57 ? 0 : 60) }), fleet(20));
    expect(early.at(-1)?.speaks).toBe(false); // three days are not most of seven
  });

  test("is silent on all sound machines, each against the others", () => {
    const machines = Array.from({ length: 40 }, (_, index) => machine(index + 10));
    const all = summaries(machines);
    const wrong = machines.flatMap((hours, index) =>
      speaking(
        hours,
        all.filter((_, at) => at !== index),
        { side: "either" },
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("says nothing with fewer than five others, and needs more distance with few", () => {
    expect(judged(odd, fleet(4))).toEqual([]);
    expect(judged(odd, fleet(5))).toHaveLength(14);
    expect(speaking(odd, fleet(5))).toEqual([]);
    expect(limitFor(5)).toBeGreaterThan(limitFor(20));
    expect(limitFor(4)).toBe(Number.POSITIVE_INFINITY);
  });

  test("compares machines of like age and duty only", () => {
    expect(judged(odd, fleet(20, { age: 9_000 }))).toEqual([]);
    expect(judged(odd, fleet(20, { days: 15 }))).toEqual([]);
    expect(speaking(odd, fleet(20, { age: 2_000 }))).toHaveLength(14);
    const young = machine(1, { age: 20, extra: () => 60 });
    expect(speaking(young, fleet(20, { age: 900 }))).toHaveLength(14);
  });

  test("looks to the side that is worse", () => {
    expect(speaking(odd, fleet(20), { side: "below" })).toEqual([]);
    expect(speaking(odd, fleet(20), { side: "either" })).toHaveLength(14);
  });

  test("says nothing where the others show one and the same value", () => {
    const still = summaries(
      Array.from({ length: 20 }, () => hoursOf(60, { pressure: () => 50, slow: () => 3_000 })),
    );
    expect(judged(odd, still)).toEqual([]);
  });

  test("tells the band, and how many machines it is of", () => {
    const peers = fleet(20);
    const verdicts = judged(odd, peers);
    const [since, newest] = [verdicts[0], verdicts.at(-1)];
    if (since === undefined || newest === undefined) throw new Error("no verdicts");
    const setting = { horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY, lastDay, peers };
    const [evidence] = cohort.describe(prepared, odd, { ...setting, since, newest }).evidence;
    expect(evidence).toMatchObject({
      kind: "signal",
      limit: null,
      says: { word: "cohort", facts: { machines: { is: "count", value: 20 } } },
    });
    if (evidence?.kind !== "signal") throw new Error("no signal");
    expect(evidence.observed).toBeGreaterThan(evidence.expected?.high ?? Number.NaN);
  });
});
