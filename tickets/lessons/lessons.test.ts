import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betterLimit } from "./better-limit.ts";
import { lessonsDefaults as config } from "./lessons-config.ts";
import { estimateLife, fitWeibull, kaplanMeierMedian, type ObservedLife } from "./observed-life.ts";
import { mustBeAdvisory, recordOf, wilsonLower } from "./rule-record.ts";
import { effectOf, spreadOf } from "./spread.ts";
import { leadDays, type Verdict, verdictOf } from "./verdict.ts";

const opened = "2026-03-01T00:00:00.000Z";
const ofRule = { trigger: "anomaly", faultCode: "oil-pump", createdAt: opened };
const predicted = { ...ofRule, trigger: "predicted_failure" };
const reported = { ...ofRule, trigger: "customer_report", faultCode: undefined };
const pump = { faultCode: "oil-pump" };

describe("betterLimit", () => {
  const cases = (right: number[], wrong: number[]) => [
    ...right.map((value) => ({ value, isRight: true })),
    ...wrong.map((value) => ({ value, isRight: false })),
  ];

  test("lies between the gravest wrong case and the gentlest right one, and loses no right one", () => {
    const above = { limit: 100, direction: 1 } as const;
    expect(betterLimit(cases([112, 115, 120], [101, 104, 118]), above)).toEqual({
      ...{ from: 100, to: 108, kept: 3, dropped: 2 },
    });
    const below = { limit: 50, direction: -1 } as const;
    expect(betterLimit(cases([30, 20, 10], [48, 40]), below)).toMatchObject({ to: 35, dropped: 2 });
  });

  test("is not said of too few right cases, nor where it would drop nothing", () => {
    const above = { limit: 100, direction: 1 } as const;
    expect(betterLimit(cases([112, 115], [101]), above)).toBeUndefined();
    expect(betterLimit(cases([101, 115, 120], [105]), above)).toBeUndefined();
    expect(betterLimit(cases([101, 115, 120], []), above)).toBeUndefined();
  });
});

describe("verdictOf", () => {
  test("a sensor that was at fault instead speaks against the rule; mended without a cause says nothing", () => {
    const sensor = { outcome: "fixed", rootCause: { faultCode: "plug" } } as const;
    const setting = { hasRule: true, isSensor: true, config };
    expect(verdictOf(ofRule, sensor, setting)).toBe("sensor");
    expect(verdictOf(ofRule, { outcome: "fixed" }, setting)).toBe("unknown");
    const record = recordOf([{ verdict: "sensor" }, { verdict: "unknown" }], config);
    expect(record).toMatchObject({ judged: 1, precision: 0 });
  });

  test.each([
    {
      name: "the named fault was found",
      ticket: ofRule,
      report: { outcome: "fixed", rootCause: pump },
      verdict: "true_positive",
    },
    {
      name: "its part is missing yet",
      ticket: ofRule,
      report: { outcome: "diagnosed_awaiting_parts", rootCause: pump },
      verdict: "true_positive",
    },
    {
      name: "nothing was found",
      ticket: ofRule,
      report: { outcome: "no_fault_found" },
      verdict: "false_positive",
    },
    {
      name: "something else was found",
      ticket: ofRule,
      report: { outcome: "fixed", rootCause: { faultCode: "plug" } },
      verdict: "different_fault",
    },
    {
      name: "the cause is not known yet",
      ticket: ofRule,
      report: { outcome: "not_fixed" },
      verdict: undefined,
    },
    {
      name: "the part was far from worn",
      ticket: predicted,
      report: { outcome: "fixed", rootCause: pump, remainingLifeShare: 0.6 },
      verdict: "early",
    },
    {
      name: "the part was worn",
      ticket: predicted,
      report: { outcome: "fixed", rootCause: pump, remainingLifeShare: 0.1 },
      verdict: "true_positive",
    },
    {
      name: "the machine had stopped before",
      ticket: predicted,
      report: { outcome: "fixed", rootCause: pump, stoppedAt: "2026-02-28T00:00:00.000Z" },
      verdict: "late",
    },
    {
      name: "a person had to report what a rule looks for",
      ticket: reported,
      report: { outcome: "fixed", rootCause: pump },
      verdict: "missed",
    },
    {
      name: "a person reported and nothing was found",
      ticket: reported,
      report: { outcome: "no_fault_found", rootCause: pump },
      verdict: undefined,
    },
  ] as const)("$name: $verdict", ({ ticket, report, verdict }) => {
    expect(verdictOf(ticket, report, { hasRule: true, config })).toBe(verdict);
  });

  test("what no rule looks for cannot be missed", () => {
    const report = { outcome: "fixed", rootCause: pump } as const;
    expect(verdictOf(reported, report, { hasRule: false, config })).toBeUndefined();
  });

  test("lead days may be negative", () => {
    expect(leadDays(opened, "2026-04-10T00:00:00.000Z")).toBe(40);
    expect(leadDays(opened, "2026-02-27T00:00:00.000Z")).toBe(-2);
  });
});

const given = (counts: Partial<Record<Verdict, number>>) =>
  Object.entries(counts).flatMap(([verdict, count]) =>
    Array.from({ length: count }, () => ({ verdict: verdict as Verdict })),
  );

describe("recordOf", () => {
  test("divides what spoke for the rule by all that spoke, and by what it missed", () => {
    const record = recordOf(
      given({
        true_positive: 6,
        early: 1,
        late: 1,
        false_positive: 1,
        different_fault: 1,
        missed: 2,
      }),
      config,
    );
    expect(record).toMatchObject({ judged: 10, precision: 0.8, recall: 0.8 });
    expect(record.precisionAtLeast).toBeCloseTo(0.4902, 4);
  });

  test("says nothing without verdicts", () => {
    expect(recordOf([], config)).toMatchObject({
      judged: 0,
      precision: null,
      precisionAtLeast: null,
      recall: null,
      leadDays: { median: null, p10: null, inTime: null },
    });
  });

  test("tells how early the warnings came", () => {
    const days = [10, 35, 40, 50].map(
      (each) => ({ verdict: "true_positive", leadDays: each }) as const,
    );
    expect(recordOf(days, config).leadDays).toEqual({ median: 37.5, p10: 10, inTime: 0.75 });
  });

  // Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3 (95 %).
  test.each([
    { successes: 81, all: 263, lower: 0.2553 },
    { successes: 15, all: 148, lower: 0.0624 },
    { successes: 0, all: 20, lower: 0 },
    { successes: 1, all: 29, lower: 0.0061 },
  ])("Wilson's lower bound of $successes in $all is $lower", ({ successes, all, lower }) => {
    expect(wilsonLower(successes, all, 1.959964)).toBeCloseTo(lower, 4);
  });
});

describe("mustBeAdvisory", () => {
  test.each([
    { name: "AS-16: half of ten and below", judged: 10, precision: 0.4, isSafety: false, is: true },
    { name: "AS-16: a safety rule stays", judged: 40, precision: 0.1, isSafety: true, is: false },
    { name: "exactly half is enough", judged: 10, precision: 0.5, isSafety: false, is: false },
    { name: "nine are too few", judged: 9, precision: 0, isSafety: false, is: false },
    { name: "no verdict", judged: 0, precision: null, isSafety: false, is: false },
  ])("$name: $is", ({ judged, precision, isSafety, is }) => {
    expect(mustBeAdvisory({ judged, precision }, { isSafety }, config)).toBe(is);
  });
});

const lives = (text: string): ObservedLife[] =>
  text
    .split(" ")
    .map((word) => ({ life: Number.parseFloat(word), hasFailed: !word.endsWith("+") }));

/** Weeks in remission under 6-MP: Freireich et al., Blood 21 (1963) 699; the example of every textbook. */
const remission = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+";

describe("estimateLife", () => {
  test("counts survivors: the Kaplan-Meier median of the 6-MP data is 23 weeks", () => {
    expect(kaplanMeierMedian(lives(remission))).toBe(23);
    expect(estimateLife(lives(remission))).toEqual({
      medianLife: 23,
      method: "kaplan_meier",
      failures: 9,
      censored: 12,
    });
  });

  test("fits the Weibull distribution under which the observed lives are likeliest", () => {
    const observed = lives(remission);
    const likelihood = ({ shape, scale }: { shape: number; scale: number }) =>
      observed.reduce((sum, { life, hasFailed }) => {
        const hazard = Math.log(shape / scale) + (shape - 1) * Math.log(life / scale);
        return sum + (hasFailed ? hazard : 0) - (life / scale) ** shape;
      }, 0);
    const fit = fitWeibull(observed);
    if (!fit) throw new TypeError("no fit");
    for (const shape of [fit.shape * 0.99, fit.shape, fit.shape * 1.01])
      for (const scale of [fit.scale * 0.99, fit.scale, fit.scale * 1.01])
        expect(likelihood({ shape, scale })).toBeLessThanOrEqual(likelihood(fit) + 1e-9);
  });

  test("is the same to the last bit, in whatever order the parts are read", () => {
    const observed = lives("3.7 5.1 7.3 9.9+ 10.2+ 11.7+ 12.4+ 2.3+ 8.8+ 9.1+");
    for (let from = 1; from < observed.length; from++)
      expect(estimateLife([...observed.slice(from), ...observed.slice(0, from)].reverse())).toEqual(
        estimateLife(observed),
      );
  });

  test("falls back to Weibull while most parts live, and to silence with few failures", () => {
    const young = estimateLife(lives("100 120 140 150+ 150+ 150+ 150+ 150+ 150+ 150+"));
    expect(young?.method).toBe("weibull");
    expect(young?.medianLife).toBeGreaterThan(150);
    expect(estimateLife(lives("100 120 150+ 150+ 150+ 150+ 150+"))).toBeUndefined();
    expect(estimateLife([])).toBeUndefined();
    expect(fitWeibull(lives("100 100 100 150+"))).toBeUndefined();
  });

  test("a part that goes on living never makes the estimate shorter", () => {
    const observed = fc.record({ life: fc.integer({ min: 1, max: 500 }), hasFailed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(observed, { maxLength: 20 }), (all) => {
        const before = kaplanMeierMedian(all);
        const after = kaplanMeierMedian([...all, { life: 1000, hasFailed: false }]);
        if (before !== undefined)
          expect(after ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

describe("design feedback", () => {
  const nowMs = Date.parse("2026-03-31T00:00:00.000Z");
  const cases = (...machines: string[]) =>
    machines.map((machineId, at) => ({
      machineId,
      ticketId: `T-${at}`,
      createdAt: "2026-03-10T00:00:00.000Z",
    }));

  test("MR-8: the same fault on five machines of one model in 30 days, not on four", () => {
    expect(spreadOf(cases("e", "d", "c", "b", "b"), nowMs, config)).toBeUndefined();
    expect(spreadOf(cases("e", "d", "c", "b", "a", "a"), nowMs, config)).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
  });

  test("MR-8: what is older than 30 days does not count", () => {
    const old = { machineId: "a", ticketId: "T-9", createdAt: "2026-02-28T23:59:59.999Z" };
    expect(spreadOf([...cases("e", "d", "c", "b"), old], nowMs, config)).toBeUndefined();
  });

  test("O-23: 50 failures per 1000 machines before and 30 after are 40 % less", () => {
    const effect = effectOf({ failures: 100, machines: 2000 }, { failures: 60, machines: 2000 });
    expect(effect).toMatchObject({ before: 50, after: 30 });
    expect(effect.change).toBeCloseTo(-0.4, 12);
    expect(effectOf({ failures: 0, machines: 0 }, { failures: 1, machines: 10 }).change).toBeNull();
  });
});
