import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { describe, expect, test } from "vitest";
import { judgeFigure } from "./judge-figure.ts";
import type { MachineOutcome, Outcome } from "./outcome.ts";
import { figure, figuresOf, unionHours } from "./service-figures.ts";

const at = (hour: number) => new Date(hour * 3_600_000).toISOString();
const organisation = { name: "some", title: { en: "some", "zh-CN": "某" } };
const visit = { arrivedAt: at(30), startedAt: at(31), leftAt: at(34) };
const facts = {
  ...{ ticketId: "T-1", machineId: "A-001", kind: "repair", trigger: "customer_report" },
  ...{ state: "closed", priority: "general", visits: 1, faultCode: "worn", createdAt: at(12) },
  ...{ visitLog: [visit], childIds: ["T-2"], timeline: [{ type: "parts-missing", at: at(32) }] },
};
const child = {
  ...{
    ticketId: "T-2",
    parentId: "T-1",
    kind: "parts",
    trigger: "parts_demand",
    createdAt: at(32),
  },
  ...{ parts: [{ partNo: "CORE" }], visitLog: [], childIds: [] },
  timeline: [
    { type: "parts-sent", state: "in_transit", at: at(33) },
    { type: "parts-received", state: "ready", at: at(42) },
  ],
};
/** What is looked at of a ticket. */
const ticketOf = (given: object): Ticket => given as unknown as Ticket;
const worn = {
  ...{
    what: "wears",
    faultCode: "worn",
    component: "pump",
    onsets: 1,
    from: at(0),
    visibleAt: at(5),
  },
  ...{ failedAt: at(10), repairedAt: at(50), stopsTheMachine: true },
};
const sick: MachineOutcome = { machineId: "A-001", group: "A", problems: [worn], sent: 0 };
const sound: MachineOutcome = { ...sick, machineId: "A-002", problems: [] };
const call = { machineId: "A-001", fault: "wears", stoppedAt: at(10), calledAt: at(12) };

const outcome = (tickets: readonly object[] = [facts, child]): Outcome => ({
  ...{
    machines: [sick, sound],
    tickets: tickets.map(ticketOf),
    sentAgain: 0,
    orders: [],
    stock: {},
  },
  service: {
    ...{ calls: [{ ...call, ticketId: "T-1" }], refused: {}, coreParts: ["CORE"] },
    ...{ turnover: 0.5, firstTimeFixRate: null },
  },
});
const figures = (tickets?: readonly object[], failures = new Map<string, string>()) =>
  figuresOf(organisation, outcome(tickets), { endMs: 100 * 3_600_000, failures }).figures;

describe("figuresOf", () => {
  test("times from tickets, stops from the truth", () => {
    expect(figures()).toMatchObject({
      arrivalHours: { mean: 18, count: 1 },
      emergencyArrivalHours: { mean: 18, count: 1 },
      emergencySlaMet: { mean: 0 },
      partsHours: { mean: 10 },
      corePartsHours: { mean: 10 },
      waitingShare: { mean: 1 },
      downtimeHours: { mean: 20, p50: 0, p90: 40, count: 2 },
      failures: { mean: 0.5 },
      turnover: { mean: 0.5 },
      firstTimeFixRate: { mean: null, count: 0 },
    });
  });

  test("somebody who is there already when the machine stops arrives at once", () => {
    const early = { ...visit, arrivedAt: at(11), startedAt: at(11) };
    expect(figures([{ ...facts, visitLog: [early] }]).emergencyArrivalHours.mean).toBe(0);
    const gone = { ...early, leftAt: at(11.5) };
    expect(figures([{ ...facts, visitLog: [gone, visit] }]).emergencyArrivalHours.mean).toBe(18);
  });

  test("an emergency that the machine told of itself counts from its ticket, and a merged one with its root", () => {
    const own = { ...facts, ticketId: "T-3", priority: "emergency", createdAt: at(27) };
    expect(figures([facts, own]).emergencyArrivalHours).toMatchObject({ mean: 10.5, count: 2 });
    const raised = { type: "priority-raised", to: "emergency", at: at(28) };
    expect(figures([{ ...own, timeline: [raised] }]).emergencyArrivalHours.mean).toBe(2);
    const merged = { ...facts, state: "merged", visits: 0, visitLog: [], mergedInto: "T-3" };
    expect(figures([merged, own]).emergencyArrivalHours).toMatchObject({ mean: 18, count: 1 });
  });

  test("routine work and its parts are left out", () => {
    const routine = { ...facts, trigger: "calendar" };
    expect(figures([routine, child])).toMatchObject({
      arrivalHours: { count: 0 },
      partsHours: { count: 0 },
    });
  });

  test("a warning counts to the day on which the machine fails where nobody acts", () => {
    const failures = new Map([["A-001/wears", at(252)]]);
    expect(figures(undefined, failures)).toMatchObject({
      leadDays: { mean: 10 },
      partsBeforeFailure: { mean: 1 },
    });
    const early = new Map([["A-001/wears", at(40)]]);
    expect(figures(undefined, early).partsBeforeFailure.mean).toBe(0);
  });
});

test("unionHours counts each instant once", () => {
  const hours = (...pairs: [number, number][]) =>
    unionHours(pairs.map(([from, to]) => [from * 3_600_000, to * 3_600_000]));
  expect(hours([5, 9], [0, 2], [1, 3], [6, 7])).toBe(7);
  expect(hours()).toBe(0);
});

test("figure gives nearest-rank percentiles, and nothing of nothing", () => {
  expect(figure([4, 1, 3, 2])).toEqual({ mean: 2.5, least: 1, p50: 2, p90: 4, count: 4 });
  expect(figure([])).toEqual({ mean: null, least: null, p50: null, p90: null, count: 0 });
});

describe("judgeFigure", () => {
  const two = [
    figuresOf({ ...organisation, name: "one" }, outcome(), { endMs: 0, failures: new Map() }),
    figuresOf({ ...organisation, name: "two" }, outcome([]), { endMs: 0, failures: new Map() }),
  ];
  const judge = (given: object) =>
    judgeFigure({ condition: "figure", of: "one", figure: "arrivalHours", ...given }, two).against;

  test.each([
    { name: "within", given: { atLeast: 18, atMost: 18 }, isMet: true },
    { name: "too high", given: { atMost: 17 }, isMet: false },
    { name: "too low", given: { atLeast: 19 }, isMet: false },
    {
      name: "the least of many",
      given: { figure: "downtimeHours", stat: "least", atMost: 0 },
      isMet: true,
    },
    { name: "the mean of many", given: { figure: "downtimeHours", atMost: 0 }, isMet: false },
    { name: "per another", given: { figure: "turnover", per: "two", atMost: 1 }, isMet: true },
    { name: "of nothing", given: { of: "two", atMost: 1 }, isMet: false },
    { name: "per nothing", given: { per: "two", atMost: 1 }, isMet: false },
  ])("$name", ({ given, isMet }) => {
    expect(judge(given)).toHaveLength(isMet ? 0 : 1);
  });
});
