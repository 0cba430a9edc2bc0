import { describe, expect, test } from "vitest";
import type { ClockKind } from "../sla/sla-clock.ts";
import type { Ticket } from "../ticket.ts";
import { priorities } from "../vocabulary.ts";
import {
  act,
  after,
  clock,
  command,
  dueWindow,
  opening,
  openingWithout,
  orders,
  ticketIn,
  walk,
} from "./work.fixture.ts";

const dueIn = (ticket: Ticket, kind: ClockKind): number | undefined => {
  const found = clock(ticket, kind);
  return found && (Date.parse(found.dueAt) - Date.parse(found.startedAt)) / 60_000;
};

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
