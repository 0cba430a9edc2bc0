import { type Static, Type } from "typebox";
import { closed, SignalName } from "./schema-words.ts";

/** Quantities of ISO 15143-3 and the unit in which the standard gives them, in the words of plans. */
export const iso15143Units = {
  latitude: "deg",
  longitude: "deg",
  altitude: "m",
  operatingHours: "h",
  idleHours: "h",
  idleNonOperatingHours: "h",
  powerTakeOffHours: "h",
  activeRegenerationHours: "h",
  fuelUsed: "L",
  fuelRemaining: "%",
  defRemaining: "%",
  distance: "km",
  engineSpeed: "rpm",
  loadFactor: "%",
  speed: "km/h",
  loadCount: "count",
  payloadTotal: "kg",
  ambientTemperature: "°C",
} as const;
export type Iso15143Quantity = keyof typeof iso15143Units;
export const iso15143Quantities = Object.keys(iso15143Units) as Iso15143Quantity[];

const Litres = Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }));

/** Which signal tells what in ISO 15143-3; without it signals are found by their SPN. */
export const Iso15143 = Type.Object(
  {
    signals: Type.Optional(
      Type.Object(
        Object.fromEntries(
          iso15143Quantities.map((name) => [name, Type.Optional(SignalName)]),
        ) as Record<Iso15143Quantity, ReturnType<typeof Type.Optional<typeof SignalName>>>,
        closed,
      ),
    ),
    switches: Type.Optional(
      Type.Array(SignalName, {
        maxItems: 32,
        description: "signals that are on when they are not zero, in the order of their numbers",
      }),
    ),
    fuelTankLitres: Litres,
    defTankLitres: Litres,
  },
  { ...closed, description: "what ISO 15143-3 (AEMP 2.0) tells of these machines" },
);
export type Iso15143 = Static<typeof Iso15143>;
