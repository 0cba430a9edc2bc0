import { Type } from "typebox";
import { eventOf } from "../event-shape.ts";
import { Instant, literals } from "../vocabulary.ts";
import { PartsDemand } from "./parts-demand.ts";
import { PartsLine } from "./parts-line.ts";

const lines = Type.Array(PartsLine, { minItems: 1 });

/** Where a parts ticket can be once it is looked for. */
export const movingStates = [
  "sourcing",
  "backordered",
  "reserved",
  "in_transit",
  "ready",
  "loaned",
  "consumed",
  "returned",
] as const;
export type MovingState = (typeof movingStates)[number];

/** What can happen to lines that were found, each with the lines and the ticket's state after it. */
export const partsSteps = [
  "parts-sent",
  "parts-received",
  "parts-ready",
  "parts-loaned",
  "parts-used",
  "parts-returned",
  "parts-preempted",
  "parts-lost",
  "parts-released",
  "old-part-returned",
] as const;
export type PartsStep = (typeof partsSteps)[number];

const step = <const Name extends PartsStep>(name: Name) =>
  eventOf(name, { lines, state: literals(movingStates) });

/** What happens to parts tickets alone. */
export const partsEvents = [
  eventOf("parts-requested", { lines, demand: Type.Optional(PartsDemand) }),
  eventOf("parts-approved", { reason: Type.String() }),
  eventOf("parts-sourcing", {}),
  eventOf("parts-reserved", { lines }),
  eventOf("parts-backordered", { lines }),
  eventOf("parts-committed", { commitAt: Instant }),
  eventOf("parts-hurried", {}),
  step("parts-sent"),
  step("parts-received"),
  step("parts-ready"),
  step("parts-loaned"),
  step("parts-used"),
  step("parts-returned"),
  step("parts-preempted"),
  step("parts-lost"),
  step("parts-released"),
  step("old-part-returned"),
] as const;
