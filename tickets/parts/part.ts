import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed, Instant, literals } from "../vocabulary.ts";

export const partCategories = [
  "bearing",
  "drivetrain",
  "non_standard",
  "consumable",
  "standard",
  "tool",
  "auxiliary",
  "component",
] as const;

const difficulties = ["low", "medium", "high"] as const;
export const abcClasses = ["A", "B", "C"] as const;
export type AbcClass = (typeof abcClasses)[number];

/** Machines are served by tiers: exceed, above or meet what their owner expects. Highest first. */
export const tiers = ["exceed", "above", "meet"] as const;
export type Tier = (typeof tiers)[number];

/** What the parts master says of a part; the file and the database hold the same. */
export const partFacts = {
  name: Type.Object(I18nText.properties, { ...closed, description: "name in both languages" }),
  spec: Type.Optional(Type.String({ maxLength: 200, description: "model and specification" })),
  category: Type.Enum(partCategories, { description: "class of part" }),
  unitPriceFen: Type.Integer({ minimum: 0, description: "price of one, in fen" }),
  leadTimeDays: Type.Integer({ minimum: 0, maximum: 3650, description: "calendar days" }),
  imported: Type.Optional(Type.Boolean({ description: "false when left out" })),
  outsourced: Type.Optional(Type.Boolean({ description: "false when left out" })),
  isRepairable: Type.Optional(Type.Boolean({ description: "false when left out" })),
  repairDifficulty: Type.Optional(literals(difficulties)),
  replacementDifficulty: Type.Optional(literals(difficulties)),
  abcClass: Type.Optional(Type.Enum(abcClasses, { description: "B when left out" })),
  alternates: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: "part numbers that may be fitted instead, best first",
    }),
  ),
  discontinuedAt: Type.Optional(Instant),
  isWearPart: Type.Optional(Type.Boolean({ description: "false when left out" })),
  onWearList: Type.Optional(
    Type.Boolean({ description: "promised within 5 working days; false when left out" }),
  ),
};

export const PartFacts = Type.Object(partFacts, closed);
export const Part = Type.Object({ partNo: Type.String({ minLength: 1 }), ...partFacts }, closed);
export type Part = Static<typeof Part>;
