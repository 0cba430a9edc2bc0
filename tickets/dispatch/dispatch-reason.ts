import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { reasonTexts } from "./reason-texts.ts";

export type DispatchReasonCode = keyof typeof reasonTexts;

export const dispatchReasonCodes = Object.keys(reasonTexts) as DispatchReasonCode[];

export const DispatchReason = Type.Object(
  {
    code: Type.Enum(dispatchReasonCodes),
    params: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
        description: "what the text names",
      }),
    ),
  },
  closed,
);
export type DispatchReason = Static<typeof DispatchReason>;
