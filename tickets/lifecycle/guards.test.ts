import { describe, expect, test } from "vitest";
import { decide } from "../ticket-lifecycle.ts";
import { act, after, command, orders, ticketIn } from "./work.fixture.ts";
import { workPolicy } from "./work-policy.ts";

const guarded = expect.objectContaining({ code: "TICKET_GUARD" });

describe("guards", () => {
  const inProgress = ticketIn("in_progress");
  const attempt = orders.finish.attempts[0];

  test.each([
    { name: "nobody tried", order: { ...orders.finish, attempts: [] } },
    {
      name: "tried on after it was fixed",
      order: { ...orders.finish, attempts: [attempt, { ...attempt, result: "not_fixed" }] },
    },
    {
      name: "the last try failed",
      order: { ...orders.finish, attempts: [{ ...attempt, result: "not_fixed" }] },
    },
    { name: "the machine was not checked", order: { ...orders.finish, isMachineChecked: false } },
    {
      name: "not fixed, but the last try says so",
      order: { ...orders["not-fixed"], attempts: [attempt] },
    },
    { name: "no part is named", order: { ...orders["miss-parts"], lines: [] } },
  ] as const)("O-19: work does not end when $name", ({ order }) => {
    expect(() => act(inProgress, order, after(60))).toThrow(guarded);
  });

  test("O-19: several tries of which the last fixed it", () => {
    const failed = { ...attempt, result: "not_fixed" } as const;
    const ticket = act(
      inProgress,
      { ...orders.finish, attempts: [failed, failed, attempt] },
      after(60),
    );
    expect(ticket).toMatchObject({ state: "work_done", outcome: "fixed", attemptCount: 3 });
  });

  test("ES-3: whoever gives up has asked an expert", () => {
    const { consult: _consult, ...alone } = orders["not-fixed"];
    expect(() => act(inProgress, alone, after(60))).toThrow(guarded);
    const asked = act(inProgress, orders.consult, after(50));
    expect(act(asked, alone, after(60))).toMatchObject({
      state: "assigned",
      outcome: "not_fixed",
      leftWithoutFix: true,
      consultCount: 1,
    });
  });

  test("an inspection ends with every step answered and the site surveyed", () => {
    const inspection = { ...inProgress, kind: "inspection" } as const;
    const { inspection: _inspection, ...bare } = orders.finish;
    expect(() => act(inspection, bare, after(60))).toThrow(guarded);
    const unsurveyed = { ...orders.finish.inspection, isSurveyed: false };
    expect(() => act(inspection, { ...orders.finish, inspection: unsurveyed }, after(60))).toThrow(
      guarded,
    );
    expect(act(inspection, orders.finish, after(60)).state).toBe("work_done");
  });

  test("an inspection that found nothing needs no proof, unless its fault came after the work", () => {
    const nothing = { ...attempt, result: "no_fault_found" } as const;
    const finished = act(
      { ...inProgress, kind: "inspection" },
      { ...orders.finish, attempts: [nothing] },
      after(60),
    );
    const reported = (machineAt: string) =>
      act(
        act(finished, { ...orders.observe, machineAt }, after(70)),
        orders["submit-report"],
        after(80),
      );
    expect(act(finished, orders["submit-report"], after(80)).state).toBe("follow_up");
    // Of before the work, told late.
    expect(reported(after(59)).state).toBe("follow_up");
    expect(reported(after(65))).toMatchObject({
      state: "verifying",
      verification: { status: "pending" },
    });
  });

  test("an arrival far from the machine needs a reason", () => {
    const ticket = ticketIn("en_route");
    expect(() => act(ticket, { type: "arrive", distanceKm: 2.1 }, after(60))).toThrow(guarded);
    expect(() => act(ticket, { type: "arrive" }, after(60))).toThrow(guarded);
    expect(act(ticket, { type: "arrive", distanceKm: 2 }, after(60)).visits).toBe(1);
    const moved = { type: "arrive", distanceKm: 9, reason: "machine was moved" } as const;
    expect(act(ticket, moved, after(60)).state).toBe("on_site");
  });

  test("work begins with the safety checklist done, and a photo where the policy wants one", () => {
    const ticket = ticketIn("on_site");
    expect(() => act(ticket, { type: "start-work", isSafetyChecked: false }, after(60))).toThrow(
      guarded,
    );
    const strict = { ...workPolicy, needsStartPhoto: true };
    const start = (photoIds: string[]) =>
      decide(ticket, command({ ...orders["start-work"], photoIds }, after(60)), strict);
    expect(() => start([])).toThrow(guarded);
    expect(start(["P-1"])).toHaveLength(1);
  });

  test("a safety-related ticket is cancelled by headquarters only", () => {
    const ticket = { ...ticketIn("new"), safetyRelated: true };
    const cancel = { type: "cancel", reason: "double" } as const;
    expect(() => act(ticket, cancel, after(5), { role: "dispatcher" })).toThrow(
      expect.objectContaining({ code: "TICKET_NOT_ALLOWED" }),
    );
    expect(act(ticket, cancel, after(5), { role: "hq_service" }).state).toBe("cancelled");
  });

  test("MR-7: a recurrence opens a ticket again for seven days, a customer at any time", () => {
    const closed = ticketIn("closed");
    const days = (count: number) => after(10 + count * 24 * 60);
    expect(act(closed, orders.reopen, days(7)).state).toBe("assigned");
    expect(() => act(closed, orders.reopen, days(7.1))).toThrow(guarded);
    const customer = { type: "reopen", cause: "customer", reason: "still leaks" } as const;
    expect(act(closed, customer, days(40))).toMatchObject({ reopenCount: 1, outcome: "not_fixed" });
  });
});
