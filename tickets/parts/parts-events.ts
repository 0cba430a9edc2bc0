import { Type } from "typebox";
import { eventOf } from "../event-shape.ts";
import { PartsLine } from "./parts-line.ts";

/** What happens to parts tickets alone. */
export const partsEvents = [
  eventOf("parts-requested", { lines: Type.Array(PartsLine, { minItems: 1 }) }),
  eventOf("parts-approved", { reason: Type.String() }),
  eventOf("parts-sourcing", {}),
  eventOf("parts-reserved", { lines: Type.Array(PartsLine, { minItems: 1 }) }),
  eventOf("parts-backordered", { lines: Type.Array(PartsLine, { minItems: 1 }) }),
] as const;
