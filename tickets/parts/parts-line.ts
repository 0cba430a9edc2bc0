import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed, literals } from "../vocabulary.ts";

/** One part of a parts ticket: what, how many, and the place where they are kept for it. */
export const PartsLine = Type.Object(
  {
    partNo: Type.String({ minLength: 1 }),
    name: I18nText,
    quantity: Type.Integer({ minimum: 1 }),
    unitPriceFen: Type.Integer({ minimum: 0 }),
    leadTimeDays: Type.Integer({ minimum: 0 }),
    state: literals(["requested", "reserved", "backordered", "consumed", "released"]),
    reservation: Type.Optional(
      Type.Object(
        {
          reservationId: Type.String({ minLength: 1 }),
          stationId: Type.String({ minLength: 1 }),
          stationName: I18nText,
          bin: Type.String({ minLength: 1, description: "place in the station's store" }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type PartsLine = Static<typeof PartsLine>;
