import { describe, expect, test } from "vitest";
import { decide, fold } from "../ticket-lifecycle.ts";
import { priorities } from "../vocabulary.ts";
import {
  act,
  after,
  clock,
  command,
  evidenceOf,
  opening,
  orders,
  ticketIn,
  walk,
} from "./work.fixture.ts";

const guarded = expect.objectContaining({ code: "TICKET_GUARD" });

describe("invariants of tickets", () => {
  test("TK-2: a ticket is the fold of its timeline, which only grows", () => {
    const before = ticketIn("verifying");
    const ticket = act(before, orders["verification-failed"], after(90));
    expect(fold(ticket.timeline)).toEqual(ticket);
    expect(ticket.timeline.slice(0, before.timeline.length)).toEqual(before.timeline);
  });

  test("TK-3: kind and machine never change, whatever is ordered", () => {
    for (const name of Object.keys(orders) as (keyof typeof orders)[]) {
      const { kind, machineId, dedupeKey } = act(
        ticketIn("new"),
        { type: "note", note: name },
        after(5),
      );
      expect([kind, machineId, dedupeKey]).toEqual([
        "repair",
        "M-1",
        "M-1:oil-pressure-low:repair",
      ]);
    }
  });

  test("TK-4: only a person lowers the priority, with a reason; by itself it only rises", () => {
    const ticket = ticketIn("new");
    const program = { actor: { kind: "system", id: "rules" } as const };
    expect(() => act(ticket, orders["lower-priority"], after(5), program)).toThrow(guarded);
    const lower = act(ticket, orders["lower-priority"], after(5));
    expect([lower.priority, lower.timeline.at(-1)]).toMatchObject([
      "planned",
      { type: "priority-lowered", from: "major", to: "planned", reason: "machine parked" },
    ]);
    for (const priority of priorities) {
      const seen = act(lower, { ...orders.observe, priority }, after(6));
      expect(priorities.indexOf(seen.priority)).toBeLessThanOrEqual(priorities.indexOf("planned"));
    }
    expect(lower.sla.map(({ dueAt }) => dueAt)).toEqual(ticket.sla.map(({ dueAt }) => dueAt));
  });

  test("TK-5: closed after report, proof, parts and loans, and not before", () => {
    const ticket = ticketIn("follow_up");
    expect(() =>
      act(ticket, { ...orders["follow-up-done"], blockers: ["T-7"] }, after(90)),
    ).toThrow(guarded);
    const { reportId: _reportId, ...unreported } = ticket;
    expect(() => act(unreported, orders["follow-up-done"], after(90))).toThrow(guarded);
    const pending = { ...ticket, verification: { status: "pending", detail: "" } } as const;
    expect(() => act(pending, orders["auto-close"], after(90))).toThrow(guarded);
    expect(act(ticket, orders["auto-close"], after(90))).toMatchObject({
      state: "closed",
      outcome: "fixed",
      closedAt: after(90),
    });
  });

  test("TK-5: a dispatcher closes without work, says so, and never what is related to safety", () => {
    const ticket = ticketIn("acknowledged");
    expect(act(ticket, orders.close, after(9)).timeline.at(-1)).toMatchObject({
      type: "closed",
      how: "dispatcher",
      note: "seated the plug",
    });
    expect(() => act({ ...ticket, safetyRelated: true }, orders.close, after(9))).toThrow(guarded);
    const program = { actor: { kind: "system", id: "rules" } as const };
    expect(() => act(ticket, orders.close, after(9), program)).toThrow(guarded);
  });

  test("TK-6: merged into a ticket of the same machine that was not merged itself", () => {
    const ticket = ticketIn("new");
    const merge = (root: { state: string; machineId?: string }, into = "T-9") =>
      act(ticket, { type: "merge", into, root }, after(5));
    expect(() => merge({ state: "merged", machineId: "M-1" })).toThrow(guarded);
    expect(() => merge({ state: "new", machineId: "M-2" })).toThrow(guarded);
    expect(() => merge({ state: "new", machineId: "M-1" }, "T-1")).toThrow(guarded);
    expect(merge({ state: "closed", machineId: "M-1" })).toMatchObject({ mergedInto: "T-9" });
  });

  test("TK-7: what a machine opened carries its window, rule and plan", () => {
    expect(ticketIn("new").evidence).toEqual([
      expect.objectContaining({ rule: "oil-pressure-low", planRef: "loader@1", from: after(-10) }),
    ]);
  });

  test("TK-9: the same command twice is one event", () => {
    const ticket = ticketIn("new");
    const order = command(orders.acknowledge, after(3), { commandId: "same" });
    const once = fold(decide(ticket, order), ticket);
    expect(decide(once, order)).toEqual([]);
  });
});

describe("transition 21: a repair that is not proved", () => {
  const failed = act(ticketIn("verifying"), orders["verification-failed"], after(300));

  test("goes back to the engineer, counts, and promises an arrival anew", () => {
    expect(failed).toMatchObject({
      state: "assigned",
      outcome: "not_fixed",
      reopenCount: 1,
      priority: "major",
      verification: { status: "failed" },
    });
    expect(failed.visitLog.at(-1)?.outcome).toBe("not_fixed");
    expect(clock(failed, "arrival")).toMatchObject({
      clockId: "arrival-2",
      dueAt: after(300 + 1440),
    });
    expect(failed).not.toHaveProperty("restoredAt");
  });

  test("the engineer must say yes again", () => {
    expect(failed.assignment).toMatchObject({ engineerId: "E-1", acceptBy: after(360) });
    expect(failed.assignment).not.toHaveProperty("acceptedAt");
  });
});

describe("assignment", () => {
  test("an engineer has 15 minutes for an emergency and 60 otherwise, then it is taken back", () => {
    const emergency = walk(opening({ priority: "emergency" }), "acknowledge", "assign");
    expect(emergency.assignment?.acceptBy).toBe(after(2 + 15));
    expect(act(emergency, orders["time-out-acceptance"], after(16))).toBe(emergency);
    const timedOut = act(emergency, orders["time-out-acceptance"], after(17));
    expect(timedOut).toMatchObject({ state: "acknowledged", rejectedBy: ["E-1"] });
    expect(timedOut).not.toHaveProperty("assignment");
    expect(ticketIn("assigned").assignment?.acceptBy).toBe(after(2 + 60));
  });

  test("nobody is asked twice by itself; a person may", () => {
    const rejected = act(ticketIn("assigned"), orders.reject, after(5));
    const again = { ...orders.assign.assignment, isAutomatic: true };
    expect(() => act(rejected, { type: "assign", assignment: again }, after(6))).toThrow(guarded);
    expect(act(rejected, orders.assign, after(6)).state).toBe("assigned");
  });
});

test("evidence of the first and the last finding is kept, and which findings are active", () => {
  let ticket = act(ticketIn("new"), { ...orders.observe, evidence: [evidenceOf("f-2")] }, after(2));
  expect(ticket.activeFindings).toEqual(["f-1", "f-2"]);
  ticket = act(ticket, orders["note-cleared"], after(3));
  expect(ticket.activeFindings).toEqual(["f-2"]);
});
