import { closed, outcomes } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { OneOf } from "./schemas.ts";

export const commandId = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 100,
    description: "the same id a second time changes nothing",
  }),
);

const commandFields = {
  commandId,
  note: Type.Optional(Type.String({ maxLength: 4000 })),
};

export const AcknowledgeBody = Type.Object(commandFields, closed);
export const CloseBody = Type.Object(
  {
    ...commandFields,
    outcome: Type.Optional(OneOf(outcomes, "what was found; `fixed` when left out")),
    partsUsed: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 100,
        description: "part numbers that were fitted; every other reservation is given back",
      }),
    ),
  },
  closed,
);
