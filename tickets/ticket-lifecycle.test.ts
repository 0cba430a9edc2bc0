import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVIDENCE_KEPT } from "./bound-evidence.ts";
import type { Evidence } from "./evidence.ts";
import { orderOf, problemOf } from "./from-finding.ts";
import type { Ticket } from "./ticket.ts";
import type { TicketFacts } from "./ticket-facts.ts";
import { decide, fold, type TicketCommand, type TicketOrder } from "./ticket-lifecycle.ts";
import { dispatcher, dtc, finding, plan } from "./tickets.fixture.ts";
import {
  finalStates,
  isMoreUrgent,
  priorities,
  type TicketState,
  ticketStates,
} from "./vocabulary.ts";

const evidence = (oc = 1): Evidence => ({
  ...dtc({ amberWarning: "on" }, oc),
  findingId: "f-1",
  planRef: "loader@1",
});

const opening = orderOf(finding(), problemOf(finding(), plan), undefined, () => ({
  ticketId: "T-1",
  progressCode: "x".repeat(22),
  nowMs: Date.parse("2026-03-01T08:01:00Z"),
  context: { stationId: "changsha", regionId: "hunan", billable: false },
})) as Extract<TicketOrder, { type: "open" }>;

let commands = 0;
const command = (order: TicketOrder, commandId = `c-${commands++}`): TicketCommand => ({
  ...order,
  commandId,
  actor: dispatcher,
  at: "2026-03-01T08:02:00.000Z",
});

const act = (ticket: Ticket | undefined, ...orders: TicketOrder[]): Ticket => {
  let now = ticket;
  for (const order of orders) {
    const events = decide(now, command(order));
    if (events.length > 0) now = fold(events, now);
  }
  return now as Ticket;
};

const opened = act(undefined, opening);
const partsFacts: TicketFacts = { ...opening.facts, ticketId: "T-2", kind: "parts" };
const line = {
  partNo: "P",
  name: { en: "P", "zh-CN": "P" },
  quantity: 1,
  unitPriceFen: 1,
  leadTimeDays: 1,
  state: "requested",
} as const;
const requestParts: TicketOrder = { type: "request-parts", facts: partsFacts, lines: [line] };
const reserved = { ...line, state: "reserved" } as const;

/** Those of every kind, of findings and of parts; `lifecycle/` has the rest. */
const orders = {
  open: opening,
  observe: {
    type: "observe",
    findingId: "f-2",
    machineAt: "2026-03-01T08:02:00.000Z",
    evidence: [evidence(2)],
    isOccurrence: true,
    priority: "general",
  },
  "note-cleared": {
    type: "note-cleared",
    findingId: "f-1",
    machineAt: "2026-03-01T08:02:00.000Z",
  },
  "raise-priority": { type: "raise-priority", priority: "emergency", reason: "as T-0" },
  "link-child": { type: "link-child", childId: "T-2" },
  acknowledge: { type: "acknowledge" },
  close: { type: "close", outcome: "fixed", note: "seated the plug" },
  cancel: { type: "cancel", reason: "double" },
  merge: { type: "merge", into: "T-9" },
  "request-parts": requestParts,
  "approve-parts": { type: "approve-parts", reason: "predicted" },
  "source-parts": { type: "source-parts" },
  "settle-parts": { type: "settle-parts", lines: [reserved] },
  "close-parts": { type: "close-parts", note: "used", lines: [{ ...line, state: "consumed" }] },
} satisfies Partial<Record<TicketOrder["type"], TicketOrder>>;

const open = ticketStates.filter((state) => !(finalStates as readonly string[]).includes(state));
const early: TicketState[] = ["planned", "new", "acknowledged", "assigned"];

describe("decide", () => {
  test.each<{ order: keyof typeof orders; from: readonly TicketState[]; to?: TicketState }>([
    { order: "open", from: [] },
    { order: "observe", from: open },
    { order: "note-cleared", from: open },
    { order: "raise-priority", from: open },
    { order: "link-child", from: open },
    { order: "acknowledge", from: ["new"], to: "acknowledged" },
    { order: "close", from: ["acknowledged"], to: "closed" },
    {
      order: "cancel",
      from: [...early, "requested", "approved", "sourcing", "backordered", "reserved"],
      to: "cancelled",
    },
    { order: "merge", from: early, to: "merged" },
    { order: "request-parts", from: [] },
  ])("allows $order from the right states only", ({ order, from, to }) => {
    for (const state of ticketStates) {
      const ticket: Ticket = { ...opened, state };
      const give = () => act(ticket, orders[order]);
      if (from.includes(state)) expect(give().state).toBe(to ?? state);
      else
        expect(give, state).toThrow(
          expect.objectContaining({ code: "TICKET_TRANSITION", retryable: false }),
        );
    }
  });

  test("allows nothing on a ticket that is not there, but opening it", () => {
    expect(() => act(undefined, orders.acknowledge)).toThrow(
      expect.objectContaining({ code: "TICKET_TRANSITION" }),
    );
  });

  test("does a command once", () => {
    const order = command(orders.acknowledge, "same");
    const ticket = fold(decide(opened, order), opened);
    expect(decide(ticket, order)).toEqual([]);
    expect(() => decide(ticket, { ...order, commandId: "another" })).toThrow("acknowledged");
  });

  test("writes down evidence that says something new, and every occurrence", () => {
    const observe = orders.observe as Extract<TicketOrder, { type: "observe" }>;
    const same = { ...observe, evidence: [evidence(1)], isOccurrence: false };
    expect(act(opened, same)).toBe(opened);
    const newer = act(opened, { ...same, evidence: [evidence(1), evidence(2)] });
    expect([newer.evidenceCount, newer.occurrenceCount]).toEqual([2, 1]);
    const again = act(opened, { ...same, isOccurrence: true });
    expect([again.evidenceCount, again.occurrenceCount]).toEqual([2, 2]);
  });

  test("raises the priority, never lowers it (TK-4)", () => {
    const observe = orders.observe as Extract<TicketOrder, { type: "observe" }>;
    for (const from of priorities)
      for (const to of priorities) {
        const ticket = act({ ...opened, priority: from }, { ...observe, priority: to });
        expect(ticket.priority).toBe(isMoreUrgent(to, from) ? to : from);
      }
  });
});

describe("fold", () => {
  test("gives a new ticket its facts, evidence and one occurrence", () => {
    expect(opened).toMatchObject({
      ticketId: "T-1",
      state: "new",
      stage: "report",
      priority: "major",
      occurrenceCount: 1,
      evidenceCount: 1,
      version: 2,
      createdAt: "2026-03-01T08:02:00.000Z",
    });
    expect(opened).not.toHaveProperty("closedAt");
  });

  test("tells who owns a ticket and how it ended", () => {
    const ticket = act(opened, { type: "acknowledge", note: "mine" }, orders.close);
    expect(ticket).toMatchObject({
      ownerId: "user-1",
      state: "closed",
      stage: "done",
      outcome: "fixed",
      closedAt: "2026-03-01T08:02:00.000Z",
    });
  });

  test("shows the first and the newest evidence, and counts all", () => {
    let ticket = opened;
    const observe = orders.observe as Extract<TicketOrder, { type: "observe" }>;
    for (let oc = 2; oc <= 60; oc++)
      ticket = act(ticket, { ...observe, evidence: [evidence(oc)], isOccurrence: false });
    const counts = ticket.evidence.map((piece) => piece.kind === "dtc" && piece.oc);
    expect(counts).toHaveLength(EVIDENCE_KEPT);
    expect([counts[0], counts[1], counts.at(-1)]).toEqual([1, 42, 60]);
    expect(ticket.evidenceCount).toBe(60);
  });

  test("is the same in one go and step by step, whatever was ordered (TK-2)", () => {
    const anyOrder = fc.constantFrom(...Object.values(orders));
    fc.assert(
      fc.property(fc.constantFrom(opening, requestParts), fc.array(anyOrder), (first, rest) => {
        let ticket = act(undefined, first);
        for (const order of rest)
          try {
            ticket = act(ticket, order);
          } catch (error) {
            expect(error).toMatchObject({ code: "TICKET_TRANSITION" });
          }
        expect(fold(ticket.timeline)).toEqual(ticket);
        expect(ticket.version).toBe(ticket.timeline.length);
      }),
    );
  });

  test("refuses a timeline that does not begin with its opening", () => {
    expect(() => fold(opened.timeline.slice(1))).toThrow("begins with its opening");
    expect(() => fold([])).toThrow("at least one event");
  });
});
