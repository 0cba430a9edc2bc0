import { roles } from "@firebreak/kit/roles.ts";
import { describe, expect, test } from "vitest";
import { act, after, orders, ticketIn } from "../lifecycle/work.fixture.ts";
import type { TicketState } from "../vocabulary.ts";
import { orderNames } from "./order-bodies.ts";
import { possibleOrders } from "./possible-orders.ts";

const states: readonly TicketState[] = [
  "planned",
  "new",
  "acknowledged",
  "remote_support",
  "assigned",
  "en_route",
  "on_site",
  "in_progress",
  "waiting_parts",
  "on_hold",
  "work_done",
  "verifying",
  "follow_up",
  "closed",
  "cancelled",
  "merged",
];
const admin = { role: "admin", actorId: "admin" } as const;

describe("possible orders", () => {
  test.for(states)("a page offers of a ticket that is %s what the life cycle allows", (state) => {
    const ticket = ticketIn(state);
    const offered: readonly string[] = possibleOrders(ticket, admin);
    for (const name of orderNames) {
      if (!(name in orders)) continue;
      const refusal = refusalOf(() => act(ticket, orders[name as keyof typeof orders], after(120)));
      // What is offered may lack something that is said with it, but never fails for its state.
      if (offered.includes(name)) expect([name, refusal]).not.toEqual([name, "TICKET_TRANSITION"]);
      // Whoever has left the site can leave it no more, though nothing refuses it.
      else if (name !== "leave-site") expect([name, refusal]).not.toEqual([name, "none"]);
    }
  });

  test("an engineer is offered work on the own tickets only, and taking on what is new", () => {
    const assigned = ticketIn("assigned");
    const engineerId = assigned.assignment?.engineerId ?? "";
    const asked = { role: "engineer", actorId: "li" } as const;
    expect(possibleOrders(assigned, { ...asked, engineerId })).toEqual(
      expect.arrayContaining(["accept", "reject", "depart"]),
    );
    expect(possibleOrders(assigned, { ...asked, engineerId: "somebody-else" })).toEqual([
      "parts/request",
    ]);
    expect(possibleOrders(ticketIn("new"), { ...asked, engineerId })).toContain("acknowledge");
  });

  test("what is related to safety is cancelled by headquarters, and closed after work only", () => {
    const ticket = { ...ticketIn("acknowledged"), safetyRelated: true };
    expect(possibleOrders(ticket, { role: "dispatcher", actorId: "d" })).not.toContain("cancel");
    expect(possibleOrders(ticket, admin)).toContain("cancel");
    expect(possibleOrders(ticket, admin)).not.toContain("close");
  });

  test("who may only look is offered nothing", () => {
    for (const role of roles.filter((one) => one === "viewer" || one === "customer"))
      for (const state of states)
        expect(possibleOrders(ticketIn(state), { role, actorId: "v" })).toEqual([]);
  });
});

function refusalOf(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
