import { describe, expect, test } from "vitest";
import type { Ticket } from "../ticket.ts";
import { duesOf } from "./next-due.ts";
import {
  act,
  after,
  clock,
  dueWindow,
  opening,
  openingWithout,
  orders,
  ticketIn,
  walk,
} from "./work.fixture.ts";
import { workPolicy } from "./work-policy.ts";

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

  test("what was done within its window is not overdue while proof is waited for", () => {
    const planned = openingWithout({ trigger: "calendar", priority: "planned", dueWindow });
    const ticket = walk(planned, "assign", "depart", "arrive", "start-work", "finish");
    expect(clock(ticket, "due_window")?.status).toBe("running");
    expect(duesOf(ticket, workPolicy).filter(({ at }) => at >= after(180))).toEqual([]);
    const late = after(30 * 24 * 60);
    const reported = act(ticket, orders["submit-report"], late);
    const proved = act(reported, orders["verification-passed"], late);
    expect(clock(proved, "due_window")).toMatchObject({ status: "met", stoppedAt: after(5) });
  });

  test("nobody can answer while it is on hold: the time for it goes on behind that", () => {
    const held = act(walk(opening(), "assign"), orders.hold, after(11));
    const resumed = act(held, orders.resume, after(24 * 60));
    expect(duesOf(resumed, workPolicy).find(({ step }) => step === "time-out-acceptance")?.at).toBe(
      after(24 * 60 + 50),
    );
    const accepted = act(walk(opening(), "assign", "accept"), orders.hold, after(11));
    expect(act(accepted, orders.resume, after(12)).assignment).toEqual(accepted.assignment);
  });

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
