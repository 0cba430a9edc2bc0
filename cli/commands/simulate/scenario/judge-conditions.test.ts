import type { ScenarioCondition } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { describe, expect, test } from "vitest";
import { compareWithTruth } from "./compare-truth.ts";
import { judgeCondition } from "./judge-conditions.ts";
import type { MachineOutcome, Outcome, Storage } from "./outcome.ts";

const at = (hour: number) => new Date(hour * 3_600_000).toISOString();
const whole: Storage = {
  ...{ sent: 10, produced: 10, stored: 10, quarantined: 0, lost: 0 },
  ...{ readBack: 10, unordered: 0, differing: [] },
};
const problem = {
  ...{ what: "bearing", faultCode: "bearing-hot", component: "bearing", onsets: 1 },
  ...{ from: at(1), visibleAt: at(2), failedAt: at(40), repairedAt: null, stopsTheMachine: true },
};
const sick: MachineOutcome = {
  ...{ machineId: "A-001", group: "A", problems: [problem], sent: 10, storage: whole },
};
const sound: MachineOutcome = { ...sick, machineId: "B-001", group: "B", problems: [] };
const evidence = { from: at(4), to: at(5) };
const clock = { kind: "response", status: "running", dueAt: at(9) };
const facts = {
  ...{ ticketId: "T-1", machineId: "A-001", kind: "repair", trigger: "anomaly" },
  ...{ faultCode: "bearing-hot", createdAt: at(5), state: "new", priority: "major" },
  ...{ occurrenceCount: 3, detectionLagMs: 3_600_000, evidence: [evidence], sla: [clock] },
  timeline: [{ actor: { kind: "system", id: "rules" } }],
};
/** What is looked at of a ticket. */
const ticketOf = (other: object = {}): Ticket => ({ ...facts, ...other }) as unknown as Ticket;

const outcomeOf = (tickets: readonly Ticket[], machines = [sick, sound]): Outcome => ({
  ...{ machines, tickets, sentAgain: 1, orders: [], stock: {} },
});
const judge = (condition: ScenarioCondition, outcome: Outcome, undisturbed?: Outcome) =>
  judgeCondition(condition, { outcome, undisturbed, compared: compareWithTruth(outcome) });

describe("compareWithTruth", () => {
  const count = (tickets: readonly Ticket[], machines?: MachineOutcome[]) => {
    const { found, missed, ...rest } = compareWithTruth(outcomeOf(tickets, machines));
    return [found.length, missed.length, rest.false.length, rest.others.length];
  };

  test.each([
    { name: "found", ticket: {}, counts: [1, 0, 0, 0] },
    {
      name: "another failure mode may follow",
      ticket: { faultCode: "slow" },
      counts: [0, 1, 0, 1],
    },
    { name: "before anything was wrong", ticket: { createdAt: at(0) }, counts: [0, 1, 1, 0] },
    {
      name: "by its component, where it names no failure mode",
      ticket: { faultCode: undefined, component: "bearing" },
      counts: [1, 0, 0, 0],
    },
    {
      name: "another component",
      ticket: { faultCode: undefined, component: "brake" },
      counts: [0, 1, 0, 1],
    },
    { name: "on a sound machine", ticket: { machineId: "B-001" }, counts: [0, 1, 1, 0] },
    { name: "a machine of somebody else", ticket: { machineId: "C-001" }, counts: [0, 1, 0, 0] },
    { name: "no claim about a fault", ticket: { trigger: "calendar" }, counts: [0, 1, 0, 0] },
  ])("$name", ({ ticket, counts }) => {
    expect(count([ticketOf(ticket)])).toEqual(counts);
  });

  test("what never showed is not missed", () => {
    const hidden = { ...sick, problems: [{ ...problem, visibleAt: null, failedAt: null }] };
    expect(count([], [hidden])).toEqual([0, 0, 0, 0]);
  });

  test("gives the lead time to the failure", () => {
    expect(compareWithTruth(outcomeOf([ticketOf()])).found[0]?.leadHours).toBe(35);
  });
});

describe("judgeCondition", () => {
  const one = {
    condition: "one-ticket-each",
    group: "A",
    faultCode: "bearing-hot",
    kind: "repair",
    trigger: "anomaly",
    occurrences: 3,
    lagHours: 1,
  } as const;

  test.each([
    { name: "one", tickets: [ticketOf()], isMet: true },
    {
      name: "one and its parts ticket",
      tickets: [ticketOf(), ticketOf({ kind: "parts" })],
      isMet: true,
    },
    { name: "none", tickets: [], isMet: false },
    { name: "two", tickets: [ticketOf(), ticketOf({ ticketId: "T-2" })], isMet: false },
    { name: "another kind", tickets: [ticketOf({ kind: "inspection" })], isMet: false },
    { name: "another trigger", tickets: [ticketOf({ trigger: "manual" })], isMet: false },
    {
      name: "a person's hand",
      tickets: [ticketOf({ timeline: [{ actor: { kind: "person", id: "x" } }] })],
      isMet: false,
    },
    { name: "no evidence", tickets: [ticketOf({ evidence: [] })], isMet: false },
    { name: "too few onsets", tickets: [ticketOf({ occurrenceCount: 2 })], isMet: false },
    { name: "too little lag", tickets: [ticketOf({ detectionLagMs: 1 })], isMet: false },
  ])("one-ticket-each: $name", ({ tickets, isMet }) => {
    expect(judge(one, outcomeOf(tickets)).isMet).toBe(isMet);
  });

  test.each([
    { leadHours: 35, isMet: true },
    { leadHours: 36, isMet: false },
  ])("all-found: 35 h before are enough for $leadHours h: $isMet", ({ leadHours, isMet }) => {
    expect(judge({ condition: "all-found", leadHours }, outcomeOf([ticketOf()])).isMet).toBe(isMet);
  });

  test("all-found: nothing to find is no success", () => {
    expect(judge({ condition: "all-found" }, outcomeOf([], [sound])).isMet).toBe(false);
  });

  test("no-false-tickets: names the machine", () => {
    const { isMet, detail } = judge(
      { condition: "no-false-tickets" },
      outcomeOf([ticketOf({ machineId: "B-001" })]),
    );
    expect([isMet, detail]).toEqual([false, "B-001: bearing-hot"]);
  });

  test.each<{ name: string; storage: Partial<Storage>; isMet: boolean }>([
    { name: "all of it", storage: {}, isMet: true },
    { name: "one stored twice", storage: { stored: 11, readBack: 11 }, isMet: false },
    { name: "one not read back", storage: { readBack: 9 }, isMet: false },
    { name: "in quarantine", storage: { quarantined: 1 }, isMet: false },
    { name: "out of order", storage: { unordered: 1 }, isMet: false },
    { name: "two signals mixed up", storage: { differing: ["a", "b"] }, isMet: false },
    {
      name: "nothing at all",
      storage: { sent: 0, produced: 0, stored: 0, readBack: 0 },
      isMet: false,
    },
  ])("stored-once: $name", ({ storage, isMet }) => {
    const machine = { ...sick, storage: { ...whole, ...storage } };
    expect(judge({ condition: "stored-once" }, outcomeOf([], [machine])).isMet).toBe(isMet);
  });

  test.each([
    { name: "all as expected", orders: [{ order: "get a", against: [] }], isMet: true },
    { name: "one refused", orders: [{ order: "get a", against: ["404"] }], isMet: false },
    { name: "none", orders: [], isMet: false },
  ])("orders-answered: $name", ({ orders, isMet }) => {
    const outcome = { ...outcomeOf([]), orders };
    expect(judge({ condition: "orders-answered" }, outcome).isMet).toBe(isMet);
  });

  test.each([
    { name: "adds up", book: { pieces: 4, wrong: [] }, isMet: true },
    { name: "one is lost", book: { pieces: 3, wrong: [] }, isMet: false },
    { name: "the ledger differs", book: { pieces: 4, wrong: ["hq"] }, isMet: false },
  ])("stock-consistent: $name", ({ book, isMet }) => {
    const outcome = { ...outcomeOf([]), stock: { P: book } };
    const condition = { condition: "stock-consistent", partNo: "P", pieces: 4 } as const;
    expect(judge(condition, outcome).isMet).toBe(isMet);
  });

  test("stored-once: what was to go out twice did", () => {
    const once = outcomeOf([]);
    const need = (sentAgain: number) => judge({ condition: "stored-once", sentAgain }, once).isMet;
    expect([need(1), need(2)]).toEqual([true, false]);
  });

  test.each([
    { name: "the same but for ids", tickets: [ticketOf({ ticketId: "T-9" })], isMet: true },
    { name: "twice", tickets: [ticketOf(), ticketOf()], isMet: false },
    { name: "lost", tickets: [], isMet: false },
    {
      name: "another due time",
      tickets: [ticketOf({ sla: [{ ...clock, dueAt: at(10) }] })],
      isMet: false,
    },
  ])("as-undisturbed: $name", ({ tickets, isMet }) => {
    const condition = { condition: "as-undisturbed" } as const;
    expect(judge(condition, outcomeOf(tickets), outcomeOf([ticketOf()])).isMet).toBe(isMet);
  });

  test("as-undisturbed: what disturbed nothing shows nothing", () => {
    const calm = { ...outcomeOf([ticketOf()]), sentAgain: 0 };
    expect(judge({ condition: "as-undisturbed" }, calm, calm).isMet).toBe(false);
  });
});
