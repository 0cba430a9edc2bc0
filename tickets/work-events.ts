import { Type } from "typebox";
import { eventOf, Note } from "./event-shape.ts";
import { Evidence } from "./evidence.ts";
import { Instant } from "./vocabulary.ts";

const FindingRef = { findingId: Type.String({ minLength: 1 }), machineAt: Instant };

/** What happens to inspections and repairs alone. */
export const workEvents = [
  eventOf("evidence-added", {
    ...FindingRef,
    evidence: Type.Array(Evidence),
    isOccurrence: Type.Boolean({ description: "a new onset: counts as an occurrence" }),
  }),
  eventOf("finding-cleared", FindingRef),
  eventOf("acknowledged", { note: Type.Optional(Note) }),
] as const;
