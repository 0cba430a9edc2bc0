import { type Static, Type } from "typebox";

export const closed = { additionalProperties: false } as const;

/** One of these words. */
export const literals = <const Name extends string>(names: readonly Name[]) => Type.Enum(names);

export const Instant = Type.String({ description: "ISO 8601 UTC instant" });
export const TicketId = Type.String({ minLength: 1 });

export const ticketKinds = ["inspection", "repair", "parts"] as const;
export type TicketKind = (typeof ticketKinds)[number];

/** Most urgent first. */
export const priorities = ["emergency", "major", "general", "planned"] as const;
export type Priority = (typeof priorities)[number];

export const isMoreUrgent = (one: Priority, other: Priority): boolean =>
  priorities.indexOf(one) < priorities.indexOf(other);

/** Inspection and repair: the way to `closed`. */
const workStates = [
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
] as const;

const partsStates = [
  "requested",
  "approved",
  "sourcing",
  "backordered",
  "reserved",
  "in_transit",
  "ready",
  "loaned",
  "consumed",
  "returned",
] as const;

export const finalStates = ["closed", "cancelled", "merged"] as const;
export const ticketStates = [...workStates, ...partsStates, ...finalStates] as const;
export type TicketState = (typeof ticketStates)[number];

/** Open is every state before closed, cancelled or merged. */
export const isOpen = (state: TicketState): boolean =>
  !(finalStates as readonly TicketState[]).includes(state);

export const openStates: readonly TicketState[] = ticketStates.filter(isOpen);

export const ticketStages = [
  "report",
  "diagnose",
  "handle",
  "feedback",
  "follow_up",
  "done",
] as const;
export type TicketStage = (typeof ticketStages)[number];

export const stageOf: Readonly<Record<TicketState, TicketStage>> = {
  planned: "report",
  new: "report",
  acknowledged: "diagnose",
  remote_support: "diagnose",
  assigned: "handle",
  en_route: "handle",
  on_site: "handle",
  in_progress: "handle",
  waiting_parts: "handle",
  on_hold: "handle",
  work_done: "feedback",
  verifying: "feedback",
  follow_up: "follow_up",
  requested: "report",
  approved: "handle",
  sourcing: "handle",
  backordered: "handle",
  reserved: "handle",
  in_transit: "handle",
  ready: "handle",
  loaned: "handle",
  consumed: "feedback",
  returned: "feedback",
  closed: "done",
  cancelled: "done",
  merged: "done",
};

export const outcomes = [
  "fixed",
  "diagnosed_awaiting_parts",
  "not_fixed",
  "no_fault_found",
] as const;
export type Outcome = (typeof outcomes)[number];

export const CauseCategory = literals(["operator_misuse", "part_damage", "other"]);

/** Who did it: a person by user id (names live in erasable rows), or a part of the system. */
export const Actor = Type.Object(
  { kind: literals(["person", "system"]), id: Type.String({ minLength: 1 }) },
  closed,
);
export type Actor = Static<typeof Actor>;

export interface StationInCharge {
  readonly stationId: string;
  readonly regionId: string;
}
