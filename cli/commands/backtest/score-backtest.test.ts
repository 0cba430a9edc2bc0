import type { Finding } from "@firebreak/rules/finding.ts";
import { describe, expect, test } from "vitest";
import { historyOf, type KnownTicket } from "./known-tickets.ts";
import { scoreBacktest } from "./score-backtest.ts";
import { wouldBeTickets } from "./would-be-tickets.ts";

const day = (number: number) =>
  new Date(Date.parse("2026-03-01T00:00:00Z") + number * 86_400_000).toISOString();

let count = 0;
const finding = (at: number, more: Partial<Finding> = {}): Finding => ({
  ...{ findingId: `f-${count++}`, phase: "raised", machineId: "M-1", ruleId: "r", planRef: "p@1" },
  ...{ failureMode: "pump-worn", subject: "", severity: "warning", since: day(at), at: day(at) },
  ...{ isOnset: true, isHistory: false, evidence: [] },
  ...more,
});
const known = (more: Partial<KnownTicket>): KnownTicket => ({
  ...{ ticketId: `T-${count++}`, kind: "repair", trigger: "customer_report", machineId: "M-1" },
  ...{ faultCode: "pump-worn", createdAt: day(20), visits: 1, priority: "general" },
  ...more,
});
const worn = { outcome: "fixed", confirmedFault: { faultCode: "pump-worn" } } as const;
const score = (findings: Finding[], tickets: KnownTicket[]) =>
  scoreBacktest(wouldBeTickets(findings), historyOf(tickets), (name) => name === "pump-worn");

describe("tickets that would have been opened", () => {
  test("one for a problem while it lasts, and for what comes back within a week", () => {
    const first = finding(1);
    const over = { ...first, phase: "cleared", at: day(2) } as const;
    const tickets = wouldBeTickets([first, over, finding(6, { ruleId: "other" }), finding(7)]);
    expect(tickets).toMatchObject([{ openedAt: day(1), clearedAt: null, rules: ["r", "other"] }]);
    expect(wouldBeTickets([first, over, finding(10)])).toHaveLength(2);
  });

  test("rules on trial and episodes of the past open none; machines and unknown codes each their own", () => {
    expect(
      wouldBeTickets([finding(1, { mode: "shadow" }), finding(1, { isHistory: true })]),
    ).toEqual([]);
    const code = { failureMode: "uncatalogued", subject: "0:100:4" };
    const some = [finding(1), finding(1, { machineId: "M-2" }), finding(1, code)];
    expect(wouldBeTickets(some).map(({ failureMode }) => failureMode)).toEqual([
      "pump-worn",
      "pump-worn",
      "uncatalogued:0:100:4",
    ]);
  });
});

describe("score of a backtest", () => {
  test("a failure that people reported later makes the ticket right, with its lead time", () => {
    const { tickets, total, missed } = score([finding(5)], [known(worn)]);
    expect(tickets).toMatchObject([{ verdict: "right", leadDays: 15 }]);
    expect(total).toMatchObject({ right: 1, precision: 1, recall: 1, missed: 0 });
    expect(total.precisionAtLeast).toBeCloseTo(0.2065, 3);
    expect(missed).toEqual([]);
  });

  test.each([
    { name: "behind the failure", at: 22, verdict: "unknown" },
    { name: "a few hours behind it", at: 20.5, verdict: "right" },
    { name: "half a year ahead", at: -160, verdict: "unknown" },
  ])("a ticket $name is $verdict", ({ at, verdict }) =>
    expect(score([finding(at)], [known(worn)]).tickets[0]?.verdict).toBe(verdict),
  );

  test("no fault found makes the ticket wrong, and its journeys are for nothing, once", () => {
    const alarm = known({ outcome: "no_fault_found", createdAt: day(5), visits: 2 });
    const other = finding(5, { subject: "left" });
    const { total } = score([finding(5), { ...other, failureMode: "pump-worn" }], [alarm]);
    expect(total).toMatchObject({ wrong: 1, precision: 0, wastedTrips: 2 });
    expect(score([], [alarm]).total.wastedTrips).toBe(0);
  });

  test("a failure that nothing told of is missed only where a rule could have found it", () => {
    const unseen = known({ outcome: "fixed", confirmedFault: { faultCode: "boom-cracked" } });
    const { missed, byFailureMode } = score([], [known(worn), unseen]);
    expect(missed.map(({ failureMode }) => failureMode)).toEqual(["pump-worn"]);
    expect(byFailureMode["pump-worn"]).toMatchObject({ missed: 1, recall: 0, precision: null });
    expect(byFailureMode["boom-cracked"]).toBeUndefined();
  });

  test("wear that a machine's own ticket found counts from the day it was confirmed", () => {
    const ticket = known({ ...worn, trigger: "anomaly", createdAt: day(6), finishedAt: day(9) });
    expect(historyOf([ticket]).failures).toMatchObject([{ at: day(9) }]);
    const stopped = { ...ticket, priority: "emergency" } as const;
    expect(historyOf([stopped]).failures).toMatchObject([{ at: day(6) }]);
  });

  test("another machine's failure, an open ticket and a parts ticket prove nothing", () => {
    const others = [
      known({ ...worn, machineId: "M-2" }),
      known({}),
      known({ ...worn, kind: "parts" }),
    ];
    expect(score([finding(5)], others).tickets[0]?.verdict).toBe("unknown");
  });
});
