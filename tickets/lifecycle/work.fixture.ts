import { serviceLevelOf } from "@firebreak/plans/service-promises.ts";
import { createCalendar, plainWeeks } from "../sla/calendar.ts";
import type { ClockKind, SlaClock } from "../sla/sla-clock.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import { decide, fold, type TicketCommand, type TicketOrder } from "../ticket-lifecycle.ts";
import { dispatcher } from "../tickets.fixture.ts";
import type { TicketState } from "../vocabulary.ts";
import type { ServiceTerms } from "./step.ts";
import type { WorkOrder } from "./work-order.ts";

export const startMs = Date.parse("2026-03-02T00:00:00.000Z");
const MINUTE_MS = 60_000;
export const after = (minutes: number): string =>
  new Date(startMs + minutes * MINUTE_MS).toISOString();

export const terms: ServiceTerms = {
  level: serviceLevelOf({}),
  calendar: createCalendar(plainWeeks),
};

export const facts: TicketFacts = {
  ticketId: "T-1",
  kind: "repair",
  priority: "major",
  trigger: "anomaly",
  channel: "machine",
  serviceType: "emergency",
  title: { en: "Oil pressure low", "zh-CN": "机油压力低" },
  machineId: "M-1",
  stationId: "changsha",
  regionId: "hunan",
  planRef: "loader@1",
  faultCode: "oil-pressure-low",
  component: "oil-pump",
  dedupeKey: "M-1:oil-pressure-low:repair",
  candidateFaults: [],
  checks: [],
  predictedParts: [],
  billable: false,
  progressCode: "x".repeat(22),
};

export const evidenceOf = (findingId = "f-1") => ({
  kind: "signal" as const,
  findingId,
  planRef: "loader@1",
  rule: "oil-pressure-low",
  from: after(-10),
  to: after(-1),
  signal: "engineOilPressure",
  unit: "kPa",
  observed: 80,
  limit: 100,
  quality: "good",
  context: null,
});

export const opening = (more: Partial<TicketFacts> = {}): Extract<WorkOrder, { type: "open" }> => ({
  type: "open",
  facts: { ...facts, ...more },
  findingId: "f-1",
  machineAt: after(-1),
  evidence: [evidenceOf()],
});

/** Not opened by a machine: nothing to show for it. */
export const openingWithout = (more: Partial<TicketFacts> = {}) => ({
  type: "open" as const,
  facts: { ...facts, ...more },
  evidence: [],
});

const assignment = {
  engineerId: "E-1",
  score: 0.8,
  reasons: [{ code: "own_station" }],
  standardHours: 2,
};
const fixed = { judgement: "pump worn", handling: "replaced", result: "fixed" } as const;

/** One of every order, as it would be given at the right moment. */
export const orders = {
  open: opening(),
  observe: {
    type: "observe",
    findingId: "f-2",
    machineAt: after(1),
    evidence: [evidenceOf("f-2")],
    isOccurrence: true,
    priority: "general",
  },
  "note-cleared": { type: "note-cleared", findingId: "f-1", machineAt: after(1) },
  "note-returned": { type: "note-returned", findingId: "f-1", machineAt: after(1) },
  "note-flapping": { type: "note-flapping", onsetCount: 5 },
  "attach-report": { type: "attach-report", report: { channel: "hotline", text: "It beeps" } },
  absorb: {
    type: "absorb",
    ticketId: "T-8",
    occurrenceCount: 1,
    evidence: [evidenceOf("f-8")],
    clocks: [],
    why: "stronger_need",
  },
  "rank-candidates": { type: "rank-candidates", candidateFaults: [], predictedParts: [] },
  merge: { type: "merge", into: "T-9", root: { state: "new", machineId: "M-1" } },
  release: { type: "release" },
  acknowledge: { type: "acknowledge" },
  assign: { type: "assign", assignment },
  accept: { type: "accept" },
  reject: { type: "reject", reason: "ill" },
  withdraw: { type: "withdraw", reason: "needed elsewhere" },
  "time-out-acceptance": { type: "time-out-acceptance" },
  "note-nobody": { type: "note-nobody", why: [{ code: "nobody_eligible" }] },
  "start-remote": { type: "start-remote", contact: "operator, by telephone" },
  "remote-fixed": { type: "remote-fixed", mode: "remote_guidance", note: "reset" },
  "remote-failed": { type: "remote-failed", note: "still low", predictedParts: [] },
  "change-owner": { type: "change-owner", ownerId: "user-2" },
  note: { type: "note", note: "the gate is locked at night" },
  "lower-priority": { type: "lower-priority", priority: "planned", reason: "machine parked" },
  reschedule: {
    type: "reschedule",
    dueWindow: { from: after(1440), to: after(14_400) },
  },
  "share-visit": { type: "share-visit", visitId: "V-1" },
  depart: { type: "depart" },
  arrive: { type: "arrive", distanceKm: 0.3 },
  "start-work": { type: "start-work", isSafetyChecked: true },
  consult: { type: "consult", consult: { mode: "expert", question: "which pump?" } },
  "miss-parts": {
    type: "miss-parts",
    lines: [{ partNo: "P-1", quantity: 1 }],
    leavesSite: true,
  },
  "leave-site": { type: "leave-site" },
  "parts-ready": { type: "parts-ready" },
  hold: { type: "hold", reason: "customer_postponed" },
  "remind-hold": { type: "remind-hold" },
  resume: { type: "resume" },
  "receive-in-workshop": { type: "receive-in-workshop", isInWarranty: true },
  "request-loaner": { type: "request-loaner" },
  finish: {
    type: "finish",
    attempts: [fixed],
    isMachineChecked: true,
    inspection: { isAnswered: true, isSurveyed: true, failedSteps: [] },
  },
  "not-fixed": {
    type: "not-fixed",
    attempts: [{ ...fixed, result: "not_fixed" }],
    consult: { mode: "expert", question: "what else?" },
  },
  "submit-report": {
    type: "submit-report",
    reportId: "R-1",
    cause: "worn",
    solution: "new pump",
    preventionAdvice: "change the oil in time",
  },
  "verification-passed": { type: "verification-passed", detail: "62 min under load" },
  "verification-confirmed": { type: "verification-confirmed", detail: "by telephone" },
  "verification-not-applicable": { type: "verification-not-applicable", detail: "no signal" },
  "verification-inconclusive": { type: "verification-inconclusive", detail: "no data for 72 h" },
  "verification-failed": { type: "verification-failed", detail: "active again" },
  "follow-up-done": { type: "follow-up-done", note: "content", blockers: [] },
  "auto-close": { type: "auto-close", note: "nobody answered", blockers: [] },
  "note-blocked": { type: "note-blocked", blockers: ["T-7"] },
  close: { type: "close", outcome: "fixed", note: "seated the plug" },
  reopen: { type: "reopen", cause: "recurrence", reason: "f-3" },
  "advance-clocks": { type: "advance-clocks" },
} as const satisfies Record<WorkOrder["type"], WorkOrder>;

let commands = 0;
export const command = (
  order: TicketOrder,
  at: string,
  more: Partial<Pick<TicketCommand, "actor" | "role" | "commandId">> = {},
): TicketCommand => ({
  ...order,
  commandId: `c-${commands++}`,
  actor: dispatcher,
  at,
  terms,
  ...more,
});

export function act(ticket: Ticket | undefined, order: TicketOrder, at: string, more = {}): Ticket {
  const events = decide(ticket, command(order, at, more));
  if (events.length === 0 && ticket) return ticket;
  return fold(events, ticket);
}

/** Gives orders one minute apart, the first at minute 0. */
export function walk(first: TicketOrder, ...names: readonly (keyof typeof orders)[]): Ticket {
  let ticket = act(undefined, first, after(0));
  names.forEach((name, index) => {
    ticket = act(ticket, orders[name], after(index + 1));
  });
  return ticket;
}

const toWork = ["acknowledge", "assign", "accept", "depart", "arrive", "start-work"] as const;
export const wayTo: Readonly<Record<string, readonly (keyof typeof orders)[]>> = {
  new: [],
  acknowledged: ["acknowledge"],
  remote_support: ["acknowledge", "start-remote"],
  assigned: ["acknowledge", "assign"],
  en_route: toWork.slice(0, 4),
  on_site: toWork.slice(0, 5),
  in_progress: toWork,
  waiting_parts: [...toWork, "miss-parts"],
  on_hold: [...toWork, "hold"],
  work_done: [...toWork, "finish"],
  verifying: [...toWork, "finish", "submit-report"],
  follow_up: [...toWork, "finish", "submit-report", "verification-passed"],
  closed: [...toWork, "finish", "submit-report", "verification-passed", "follow-up-done"],
  cancelled: [],
  merged: ["merge"],
};

export const dueWindow = { from: after(1440), to: after(2880) };

/** A repair that has come to a state by the shortest way; an inspection for `planned`. */
export function ticketIn(state: TicketState): Ticket {
  if (state === "planned")
    return walk(
      openingWithout({ kind: "inspection", trigger: "calendar", priority: "planned", dueWindow }),
    );
  const ticket = walk(opening(), ...(wayTo[state] ?? []));
  return state === "cancelled"
    ? act(ticket, { type: "cancel", reason: "double" }, after(1))
    : ticket;
}

/** The newest clock of that kind. */
export const clock = (ticket: Ticket, kind: ClockKind): SlaClock | undefined =>
  ticket.sla.findLast((one) => one.kind === kind);
