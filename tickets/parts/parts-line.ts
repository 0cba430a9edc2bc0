import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { sourceKinds } from "./sourcing.ts";

export const lineStates = [
  "requested",
  "backordered",
  "reserved",
  "in_transit",
  "ready",
  "loaned",
  "consumed",
  "returned",
  "stocked",
  "released",
] as const;
export type LineState = (typeof lineStates)[number];

/** One part of a parts ticket: what, how many, and the place where they are kept for it. */
export const PartsLine = Type.Object(
  {
    partNo: Type.String({ minLength: 1 }),
    name: I18nText,
    quantity: Type.Integer({ minimum: 1 }),
    unitPriceFen: Type.Integer({ minimum: 0 }),
    leadTimeDays: Type.Integer({ minimum: 0 }),
    state: literals(lineStates),
    insteadOf: Type.Optional(
      Type.String({
        minLength: 1,
        description: "the part asked for, of which this is an alternate",
      }),
    ),
    reservation: Type.Optional(
      Type.Object(
        {
          reservationId: Type.String({ minLength: 1 }),
          stationId: Type.String({ minLength: 1, description: "stock location" }),
          stationName: I18nText,
          bin: Type.String({ minLength: 1, description: "place in the location's store" }),
        },
        closed,
      ),
    ),
    source: Type.Optional(
      Type.Object(
        {
          kind: literals(sourceKinds),
          etaAt: Type.String({ description: "at the destination; ISO 8601 UTC instant" }),
          isRisk: Type.Boolean({ description: "not in time (parts_risk)" }),
          isGreen: Type.Boolean({ description: "green channel" }),
        },
        closed,
      ),
    ),
    transferId: Type.Optional(Type.String({ minLength: 1 })),
    loanIds: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    usedQuantity: Type.Optional(Type.Integer({ minimum: 0 })),
    settledAt: Type.Optional(Instant),
  },
  closed,
);
export type PartsLine = Static<typeof PartsLine>;

/** The number a line was asked under, whatever is delivered. */
export const askedPartNo = ({ partNo, insteadOf }: PartsLine): string => insteadOf ?? partNo;
