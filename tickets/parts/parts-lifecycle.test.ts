import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Ticket } from "../ticket.ts";
import { decide, fold, type TicketOrder } from "../ticket-lifecycle.ts";
import { type TicketState, ticketStates } from "../vocabulary.ts";
import { stateOfLines } from "./parts-lifecycle.ts";
import { type LineState, lineStates, type PartsLine } from "./parts-line.ts";

const line = (state: LineState, partNo = "P"): PartsLine => ({
  partNo,
  name: { en: "P", "zh-CN": "P" },
  quantity: 1,
  unitPriceFen: 1,
  leadTimeDays: 1,
  state,
});

let number = 0;
const act = (ticket: Ticket | undefined, order: TicketOrder): Ticket => {
  const stamp = { commandId: `c-${++number}`, at: "2026-03-01T08:00:00.000Z" } as const;
  const actor = { kind: "system", id: "parts" } as const;
  return fold(decide(ticket, { ...order, ...stamp, actor }), ticket);
};

const requested = act(undefined, {
  type: "request-parts",
  lines: [line("requested"), line("requested", "Q")],
  facts: {
    ticketId: "T-1",
    kind: "parts",
    priority: "general",
    trigger: "parts_demand",
    channel: "machine",
    serviceType: "emergency",
    title: { en: "Parts", "zh-CN": "配件" },
    regionId: "hunan",
    stationId: "changsha",
    planRef: "loader@1",
    dedupeKey: "T-0:parts",
    candidateFaults: [],
    checks: [],
    predictedParts: [],
    billable: false,
    progressCode: "0123456789012345678901",
  },
});

/** As if it had come to this state, with both lines in it. */
const inState = (state: TicketState, lines: LineState): Ticket => ({
  ...requested,
  state,
  parts: [line(lines), line(lines, "Q")],
});

describe("a parts ticket", () => {
  test.each<{ name: string; order: TicketOrder; from: readonly TicketState[]; to: TicketState }>([
    {
      name: "is approved",
      order: { type: "approve-parts", reason: "small" },
      from: ["requested"],
      to: "approved",
    },
    {
      name: "is looked for",
      order: { type: "source-parts" },
      from: ["approved", "backordered"],
      to: "sourcing",
    },
    {
      name: "is found",
      order: { type: "settle-parts", lines: [line("reserved"), line("reserved", "Q")] },
      from: ["sourcing"],
      to: "reserved",
    },
    {
      name: "is cancelled",
      order: {
        type: "cancel-parts",
        reason: "not needed",
        lines: [line("released"), line("released", "Q")],
      },
      from: ["requested", "approved", "sourcing", "backordered", "reserved", "in_transit", "ready"],
      to: "cancelled",
    },
  ])("$name from the right states only", ({ order, from, to }) => {
    for (const state of ticketStates) {
      const give = () => act(inState(state, "requested"), order);
      if (from.includes(state)) expect(give().state).toBe(to);
      else expect(give, state).toThrow(expect.objectContaining({ code: "TICKET_TRANSITION" }));
    }
  });

  test("is backordered while one line is", () => {
    const lines = [line("reserved"), line("backordered", "Q")];
    const order = { type: "settle-parts", lines } as const;
    expect(act(inState("sourcing", "requested"), order).state).toBe("backordered");
  });

  const way: readonly [LineState, readonly LineState[]][] = [
    ["requested", ["reserved", "backordered", "released"]],
    ["backordered", ["requested", "reserved", "released", "stocked"]],
    ["reserved", ["in_transit", "ready", "requested", "released"]],
    ["in_transit", ["ready", "requested", "released", "stocked"]],
    ["ready", ["loaned", "released", "stocked"]],
    ["loaned", ["consumed", "returned"]],
    ["consumed", []],
    ["returned", []],
    ["stocked", []],
    ["released", []],
  ];
  test.each(way)("lets a line that is %s become %j only", (from, to) => {
    for (const next of lineStates) {
      const before = { ...inState("reserved", from), parts: [line(from), line("reserved", "Q")] };
      const lines = [line(next), line("reserved", "Q")];
      const give = () => act(before, { type: "move-parts", step: "parts-ready", lines });
      if (next === from || to.includes(next)) expect(give().parts[0]?.state).toBe(next);
      else expect(give, next).toThrow(expect.objectContaining({ code: "TICKET_TRANSITION" }));
    }
  });

  test("knows the lines it was asked for and no others", () => {
    const lines = [line("reserved", "X")];
    expect(() => act(inState("sourcing", "requested"), { type: "settle-parts", lines })).toThrow(
      "X cannot go from nowhere",
    );
  });
});

describe("stateOfLines", () => {
  test("is that of the slowest line that is not over", () => {
    const state = (...states: LineState[]) => stateOfLines(states.map((one) => line(one)));
    expect(state("ready", "in_transit", "consumed")).toBe("in_transit");
    expect(state("requested", "loaned")).toBe("sourcing");
    expect(state("consumed", "returned", "released")).toBe("consumed");
    expect(state("returned", "released")).toBe("returned");
    expect(state("released", "stocked")).toBeUndefined();
  });

  test("does not depend on the order of the lines", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lineStates)), (states) => {
        const lines = states.map((one) => line(one));
        expect(stateOfLines(lines.toReversed())).toBe(stateOfLines(lines));
      }),
    );
  });
});
