import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { locationKinds } from "./location.ts";
import { Part, tiers } from "./part.ts";
import { sourceKinds } from "./sourcing.ts";
import { movementKinds } from "./stock-tables.ts";

const pieces = Type.Integer({ minimum: 0 });
const perTier = Type.Object(
  Object.fromEntries(tiers.map((tier) => [tier, pieces])) as Record<
    (typeof tiers)[number],
    typeof pieces
  >,
  closed,
);

/** One part at one place, with names and where it stands in its band. */
export const StockView = Type.Object(
  {
    partNo: Type.String(),
    partName: I18nText,
    unitPriceFen: Type.Integer({ minimum: 0 }),
    locationId: Type.String(),
    locationName: I18nText,
    locationKind: literals(locationKinds),
    regionId: Type.String(),
    bin: Type.String(),
    onHand: pieces,
    reserved: pieces,
    inTransitIn: pieces,
    available: perTier,
    ringFenced: perTier,
    plannedQty: pieces,
    min: pieces,
    target: pieces,
    max: pieces,
    band: literals(["below", "within", "above"]),
  },
  closed,
);
export type StockView = Static<typeof StockView>;

/** One line of the ledger. */
export const MovementView = Type.Object(
  {
    movementId: Type.String(),
    kind: literals(movementKinds),
    partNo: Type.String(),
    locationId: Type.String(),
    quantity: Type.Integer({ description: "added to what is on hand here" }),
    amount: Type.Integer({ description: "pieces moved" }),
    fromId: Type.Optional(Type.String({ description: "where it came from" })),
    toId: Type.Optional(Type.String({ description: "where it went" })),
    ticketId: Type.Optional(Type.String()),
    transferId: Type.Optional(Type.String()),
    loanId: Type.Optional(Type.String()),
    reportLine: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
    actor: Type.String(),
    at: Instant,
  },
  closed,
);
export type MovementView = Static<typeof MovementView>;

/** A part with what follows from it. */
export const PartView = Type.Object(
  {
    ...Part.properties,
    planningPolicy: literals([
      "hq_central_with_margin",
      "region_extra_stock",
      "hq_regular_region_emergency",
      "region_or_third_party",
    ]),
    planClass: literals(["core", "non_core"]),
    stockingEchelon: literals(["regional_centre", "station", "hq"]),
    onHand: pieces,
    reserved: pieces,
  },
  closed,
);
export type PartView = Static<typeof PartView>;

/** Where a part for a job may come from: place, bin, how many are free, and when it could be there. */
export const PartPlace = Type.Object(
  {
    partNo: Type.String(),
    isAlternate: Type.Boolean(),
    kind: literals(sourceKinds),
    locationId: Type.Optional(Type.String()),
    locationName: Type.Optional(I18nText),
    bin: Type.Optional(Type.String()),
    free: pieces,
    etaAt: Instant,
    transfers: pieces,
  },
  closed,
);
export type PartPlace = Static<typeof PartPlace>;

export const PartWithPlaces = Type.Object(
  {
    partNo: Type.String(),
    name: I18nText,
    quantity: Type.Integer({ minimum: 1 }),
    unitPriceFen: Type.Integer({ minimum: 0 }),
    leadTimeDays: Type.Integer({ minimum: 0 }),
    alternates: Type.Array(Type.String()),
    isRisk: Type.Boolean({ description: "nothing is there in time" }),
    places: Type.Array(PartPlace, { description: "best first" }),
  },
  closed,
);
export type PartWithPlaces = Static<typeof PartWithPlaces>;
