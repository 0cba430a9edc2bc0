import { describe, expect, test } from "vitest";
import type { ClockKind, SlaClock } from "../sla/sla-clock.ts";
import type { Ticket } from "../ticket.ts";
import { decide, fold } from "../ticket-lifecycle.ts";
import { priorities } from "../vocabulary.ts";
import { duesOf } from "./next-due.ts";
import {
  act,
  after,
  command,
  dueWindow,
  evidenceOf,
  opening,
  openingWithout,
  orders,
  ticketIn,
  walk,
} from "./work.fixture.ts";
import { workPolicy } from "./work-policy.ts";

const clock = (ticket: Ticket, kind: ClockKind): SlaClock | undefined =>
  ticket.sla.findLast((one) => one.kind === kind);
const dueIn = (ticket: Ticket, kind: ClockKind): number | undefined => {
  const found = clock(ticket, kind);
  return found && (Date.parse(found.dueAt) - Date.parse(found.startedAt)) / 60_000;
};
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

describe("clocks of a ticket", () => {
  test("O-01: response and arrival run from the opening, by priority", () => {
    const minutes = priorities.slice(0, 3).map((priority) => {
      const ticket = walk(opening({ priority }));
      return [dueIn(ticket, "response"), dueIn(ticket, "arrival")];
    });
    expect(minutes).toEqual([
      [60, 720],
      [240, 1440],
      [480, 2880],
    ]);
  });

  test("SL-6: planned work has its due window and nothing else", () => {
    const ticket = ticketIn("planned");
    expect(ticket.sla.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([
      ["due_window", dueWindow.to],
    ]);
    const released = act(ticket, orders.release, after(1440));
    expect(released.sla).toEqual(ticket.sla);
  });

  test("a predicted failure is answered, and done within its window instead of arrived at", () => {
    const ticket = walk(openingWithout({ trigger: "predicted_failure", dueWindow }));
    expect(ticket.sla.map(({ kind }) => kind)).toEqual(["response", "due_window"]);
  });

  test("the effects of the way to work: response, arrival, report", () => {
    const ticket = ticketIn("work_done");
    expect(clock(ticket, "response")).toMatchObject({ status: "met", stoppedAt: after(1) });
    expect(clock(ticket, "arrival")).toMatchObject({ status: "met", stoppedAt: after(5) });
    expect(clock(ticket, "report_upload")).toMatchObject({
      status: "running",
      startedAt: after(7),
    });
    expect(dueIn(ticket, "report_upload")).toBe(120);
    const reported = act(ticket, orders["submit-report"], after(7 + 120));
    expect(clock(reported, "report_upload")?.status).toBe("met");
    const late = act(ticket, orders["submit-report"], after(7 + 121));
    expect(clock(late, "report_upload")).toMatchObject({ status: "breached", overrunMs: 60_000 });
  });

  test("sending somebody answers a machine, but a customer wants to hear a person", () => {
    const machine = walk(opening(), "assign");
    expect(clock(machine, "response")?.status).toBe("met");
    const report = { channel: "hotline", text: "no pressure" };
    const first = { ...openingWithout({ trigger: "customer_report", channel: "hotline" }), report };
    const customer = walk(first, "assign");
    expect(clock(customer, "response")?.status).toBe("running");
    expect(clock(customer, "dispatch_confirmation")).toMatchObject({ status: "met" });
    expect(dueIn(customer, "dispatch_confirmation")).toBe(30);
    expect(clock(act(customer, orders.accept, after(9)), "response")?.status).toBe("met");
  });

  test("AS-12: a customer who reports what is open already resets no clock and waits half an hour", () => {
    const ticket = ticketIn("acknowledged");
    const told = act(ticket, orders["attach-report"], after(200));
    expect(told.customerReported).toBe(true);
    expect(told.sla.slice(0, ticket.sla.length)).toEqual(ticket.sla);
    expect(clock(told, "dispatch_confirmation")?.dueAt).toBe(after(230));
    expect(act(ticketIn("en_route"), orders["attach-report"], after(200)).sla).toEqual(
      ticketIn("en_route").sla,
    );
  });

  test("SL-4: a hold never stops the response, and the others only for the customer's reasons", () => {
    const ticket = ticketIn("new");
    const held = act(ticket, orders.hold, after(60));
    expect([clock(held, "response")?.status, clock(held, "arrival")?.status]).toEqual([
      "running",
      "paused",
    ]);
    const resumed = act(held, orders.resume, after(120));
    expect(clock(resumed, "arrival")?.dueAt).toBe(after(1440 + 60));
    const safety = act(ticket, { type: "hold", reason: "safety" }, after(60));
    expect(safety.sla).toEqual(ticket.sla);
  });

  test("MR-3: of two merged tickets the earlier due time counts, and nothing starts anew", () => {
    const stays = ticketIn("new");
    const other = walk(opening({ ticketId: "T-8", priority: "emergency" }));
    const absorbed = act(stays, { ...orders.absorb, clocks: other.sla }, after(10));
    expect([clock(absorbed, "response")?.dueAt, clock(absorbed, "arrival")?.dueAt]).toEqual([
      after(60),
      after(720),
    ]);
    const later = walk(opening({ ticketId: "T-8", priority: "general" }));
    expect(act(stays, { ...orders.absorb, clocks: later.sla }, after(10)).sla).toEqual(stays.sla);
  });

  test("MR-4: a raised priority tightens what runs", () => {
    const raised = act(
      ticketIn("new"),
      { type: "raise-priority", priority: "emergency", reason: "it stopped" },
      after(100),
    );
    expect([clock(raised, "response")?.dueAt, clock(raised, "arrival")?.dueAt]).toEqual([
      after(160),
      after(820),
    ]);
  });

  test("O-07: three or five working days in the workshop, by warranty; the journey is off", () => {
    const days = [true, false].map((isInWarranty) => {
      const ticket = act(
        ticketIn("assigned"),
        { type: "receive-in-workshop", isInWarranty },
        "2026-03-05T02:00:00.000Z",
      );
      expect(clock(ticket, "arrival")?.status).toBe("breached");
      return clock(ticket, "repair_turnaround")?.dueAt;
    });
    expect(days).toEqual(["2026-03-10T10:00:00.000Z", "2026-03-12T10:00:00.000Z"]);
  });

  test("waiting for proof does not burn the resolution clock", () => {
    const standard = {
      terms: {
        ...command(orders.note, after(0)).terms,
        level: [{ profile: "standard" }],
      },
    };
    let ticket = act(undefined, opening({ priority: "general" }), after(0), standard);
    for (const name of [
      "acknowledge",
      "assign",
      "depart",
      "arrive",
      "start-work",
      "finish",
    ] as const)
      ticket = act(ticket, orders[name], after(60), standard);
    ticket = act(ticket, orders["submit-report"], after(70), standard);
    const late = act(ticket, orders["advance-clocks"], after(5000), standard);
    expect(clock(late, "resolution")?.status).toBe("running");
    const proved = act(late, orders["verification-passed"], after(5001), standard);
    expect(clock(proved, "resolution")).toMatchObject({ status: "met", stoppedAt: after(60) });
  });

  test("the flying squad answers within three hours", () => {
    const assignment = { ...orders.assign.assignment, fallbackLevel: "flying_squad" };
    const ticket = act(ticketIn("acknowledged"), { type: "assign", assignment }, after(10));
    expect(clock(ticket, "flying_squad_response")?.dueAt).toBe(after(190));
    expect(clock(act(ticket, orders.accept, after(20)), "flying_squad_response")?.status).toBe(
      "met",
    );
  });

  test("ES-1: each level of a clock is told once", () => {
    const ticket = ticketIn("acknowledged");
    const levels = [1151, 1152, 1440, 1441, 1441, 2159, 2160].map((minute) => {
      const next = act(ticket, orders["advance-clocks"], after(minute));
      return next.timeline
        .slice(ticket.version)
        .flatMap((event) => (event.type === "clock-levels-reached" ? event.levels : []));
    });
    expect(levels).toEqual([
      [],
      ["warned"],
      ["warned"],
      ["warned", "breached"],
      ["warned", "breached"],
      ["warned", "breached"],
      ["warned", "breached", "escalated"],
    ]);
    const told = act(ticket, orders["advance-clocks"], after(1441));
    expect(act(told, orders["advance-clocks"], after(1442))).toBe(told);
  });
});

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

describe("what a ticket wants done by itself", () => {
  const next = (ticket: Ticket) => duesOf(ticket, workPolicy)[0];

  test.each([
    {
      name: "planned work is released when its window opens",
      ticket: () => ticketIn("planned"),
      due: { step: "release", at: dueWindow.from },
    },
    {
      name: "an engineer who does not answer is passed over",
      ticket: () => ticketIn("assigned"),
      due: { step: "time-out-acceptance", at: after(62) },
    },
    {
      name: "a clock warns at 80 %",
      ticket: () => ticketIn("acknowledged"),
      due: { step: "clocks", at: after(1152) },
    },
    {
      name: "a hold is called to mind",
      ticket: () => ticketIn("on_hold"),
      due: { step: "remind-hold", at: after(7 + 24 * 60) },
    },
    {
      name: "an emergency nobody took is assigned",
      ticket: () => walk(opening({ priority: "emergency" })),
      due: { step: "assign", at: after(10) },
    },
  ])("$name", ({ ticket, due }) => expect(next(ticket())).toEqual(due));

  test("follow-up closes by itself after seven days, or is tried again a day later", () => {
    const ticket = ticketIn("follow_up");
    const closing = duesOf(ticket, workPolicy).find(({ step }) => step === "auto-close");
    expect(closing?.at).toBe(after(9 + 7 * 24 * 60));
    const blocked = act(ticket, orders["note-blocked"], after(20_000));
    expect(duesOf(blocked, workPolicy).find(({ step }) => step === "auto-close")?.at).toBe(
      after(20_000 + 24 * 60),
    );
  });

  test("what is over wants nothing", () => {
    for (const state of ["closed", "cancelled", "merged"] as const)
      expect(duesOf(ticketIn(state), workPolicy)).toEqual([]);
  });
});

test("evidence of the first and the last finding is kept, and which findings are active", () => {
  let ticket = act(ticketIn("new"), { ...orders.observe, evidence: [evidenceOf("f-2")] }, after(2));
  expect(ticket.activeFindings).toEqual(["f-1", "f-2"]);
  ticket = act(ticket, orders["note-cleared"], after(3));
  expect(ticket.activeFindings).toEqual(["f-2"]);
});
