import { type TProperties, Type } from "typebox";
import { SlaClock } from "./sla/sla-clock.ts";
import { Actor, closed, Instant } from "./vocabulary.ts";

const common = {
  seq: Type.Integer({ minimum: 1, description: "position in the timeline, from 1" }),
  at: Instant,
  actor: Actor,
  commandId: Type.String({ minLength: 1 }),
  clocks: Type.Optional(
    Type.Array(SlaClock, {
      description: "the clocks that changed with it, each in its whole new state",
    }),
  ),
};

/** One kind of event: the stamp that all have, and its own facts. */
export const eventOf = <const Name extends string, Facts extends TProperties>(
  type: Name,
  facts: Facts,
) => Type.Object({ ...common, type: Type.Literal(type), ...facts }, closed);

export const Note = Type.String({ minLength: 1, maxLength: 4000 });
