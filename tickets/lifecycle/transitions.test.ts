import { describe, expect, test } from "vitest";
import type { TicketState } from "../vocabulary.ts";
import { act, after, orders, ticketIn, walk } from "./work.fixture.ts";

const open = [
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
] as const satisfies TicketState[];
const beforeDone = open.slice(0, 9);
const states: readonly TicketState[] = [...open, "closed", "cancelled", "merged"];

type To = TicketState | "same";
/** Where every order leads from every state that allows it; all others are refused. By domain.md §3.9. */
const table: Record<keyof typeof orders, Partial<Record<TicketState, To>>> = {
  open: {},
  observe: all(open, "same"),
  "note-cleared": all(open, "same"),
  "note-returned": all(open, "same"),
  "note-flapping": all(open, "same"),
  "attach-report": all(open, "same"),
  absorb: all(open, "same"),
  "rank-candidates": all(open, "same"),
  "change-owner": all(open, "same"),
  note: all(open, "same"),
  "lower-priority": all(open, "same"),
  "share-visit": all(open, "same"),
  "advance-clocks": all(open, "same"),
  release: { planned: "new" },
  acknowledge: { new: "acknowledged" },
  assign: all(["planned", "new", "acknowledged", "assigned"], "assigned"),
  accept: { assigned: "same" },
  reject: { assigned: "acknowledged" },
  withdraw: { assigned: "acknowledged" },
  "time-out-acceptance": { assigned: "acknowledged" },
  "note-nobody": all(["planned", "new", "acknowledged"], "same"),
  "start-remote": { acknowledged: "remote_support" },
  "remote-fixed": { remote_support: "work_done" },
  "remote-failed": { remote_support: "acknowledged" },
  reschedule: all(["planned", "new", "acknowledged", "assigned", "on_hold"], "same"),
  depart: { assigned: "en_route" },
  arrive: { en_route: "on_site" },
  "start-work": { on_site: "in_progress" },
  consult: all(["on_site", "in_progress"], "same"),
  "miss-parts": { in_progress: "waiting_parts" },
  "leave-site": { waiting_parts: "same" },
  "parts-ready": { waiting_parts: "assigned" },
  hold: all(beforeDone, "on_hold"),
  "remind-hold": { on_hold: "same" },
  resume: { on_hold: "in_progress" },
  "receive-in-workshop": all([...beforeDone, "on_hold"], "same"),
  "request-loaner": all([...beforeDone, "on_hold"], "same"),
  finish: { in_progress: "work_done" },
  "not-fixed": { in_progress: "assigned" },
  "submit-report": { work_done: "verifying" },
  "verification-passed": { verifying: "follow_up" },
  "verification-confirmed": { verifying: "follow_up" },
  "verification-not-applicable": { verifying: "follow_up" },
  "verification-inconclusive": { verifying: "same" },
  "verification-failed": { verifying: "assigned" },
  "follow-up-done": { follow_up: "closed" },
  "auto-close": { follow_up: "closed" },
  "note-blocked": { follow_up: "same" },
  close: { acknowledged: "closed" },
  merge: all(["planned", "new", "acknowledged", "assigned"], "merged"),
  reopen: { closed: "assigned", follow_up: "assigned" },
};

function all(from: readonly TicketState[], to: To) {
  return Object.fromEntries(from.map((state) => [state, to]));
}

const names = Object.keys(orders) as (keyof typeof orders)[];
/** Legal, but this very ticket lacks what it needs: a due window, or a priority below its own. */
const guarded = (name: string, state: TicketState): boolean =>
  state === "planned" ? name === "lower-priority" : name === "reschedule";

describe("every order from every state", () => {
  test.each(states)("%s", (state) => {
    const ticket = ticketIn(state);
    expect(ticket.state).toBe(state);
    for (const name of names) {
      const to = table[name][state];
      const give = () => act(ticket, orders[name], after(120));
      if (to === undefined)
        expect(give, name).toThrow(
          expect.objectContaining({ code: "TICKET_TRANSITION", retryable: false }),
        );
      else if (guarded(name, state))
        expect(give, name).toThrow(expect.objectContaining({ code: "TICKET_GUARD" }));
      else expect([name, give().state]).toEqual([name, to === "same" ? state : to]);
    }
  });
});

describe("where a step leads depends on what came before", () => {
  test("parts that come while the engineer waits on site are fitted at once", () => {
    const waiting = act(
      ticketIn("in_progress"),
      { ...orders["miss-parts"], leavesSite: false },
      after(20),
    );
    expect(act(waiting, orders["parts-ready"], after(30)).state).toBe("in_progress");
    const left = act(waiting, orders["leave-site"], after(25));
    expect(act(left, orders["parts-ready"], after(30)).state).toBe("assigned");
  });

  test.each(beforeDone)("a hold in %s ends where it began", (state) => {
    const held = act(ticketIn(state), orders.hold, after(20));
    expect(held.hold?.previousState).toBe(state);
    const resumed = act(held, orders.resume, after(30));
    expect(resumed.state).toBe(state);
    expect(resumed).not.toHaveProperty("hold");
  });

  test("a ticket closed without anybody sent opens again for the dispatcher", () => {
    const reopened = walk(orders.open, "acknowledge", "close", "reopen");
    expect(reopened).toMatchObject({ state: "acknowledged", reopenCount: 1, outcome: "not_fixed" });
    expect(reopened).not.toHaveProperty("closedAt");
  });

  test.each(["no_fault_found", "fixed"] as const)(
    "a planned inspection that ends with %s has nothing to prove",
    (result) => {
      const finish = { ...orders.finish, attempts: [{ ...orders.finish.attempts[0], result }] };
      let ticket = ticketIn("planned");
      for (const name of [
        "release",
        "acknowledge",
        "assign",
        "depart",
        "arrive",
        "start-work",
      ] as const)
        ticket = act(ticket, orders[name], after(1500));
      ticket = act(ticket, finish, after(1560));
      ticket = act(ticket, orders["submit-report"], after(1570));
      expect(ticket).toMatchObject({
        state: "follow_up",
        verification: { status: "not_applicable" },
        restoredAt: after(1560),
      });
    },
  );
});
