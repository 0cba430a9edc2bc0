// The data elements of ISO 15143-3 as documents name them, in the order in which our documents give them.
import { type Iso15143Quantity, iso15143Units } from "@firebreak/plans/iso15143-schema.ts";

/** Where a document names the unit of a number, and what ours says there. */
interface UnitField {
  readonly names: readonly string[];
  readonly word: string;
}

/** One number of an element. */
export interface NumberField {
  readonly kind: "number";
  readonly name: string;
  /** In the words of plans; values of points are in it. */
  readonly unit: string;
  /** Name under which the store knows what other makers' machines say; absent: it is not stored. */
  readonly signal?: string;
  readonly unitField?: UnitField;
  readonly range: readonly [min: number, max: number];
  readonly decimals: number;
}

export interface FlagField {
  readonly kind: "flag";
  readonly name: string;
  readonly signal?: string;
}

export interface TextField {
  readonly kind: "text";
  readonly name: string;
}

export type ElementField = NumberField | FlagField | TextField;

export interface ElementShape {
  /** Further names that were seen in documents of other makers. */
  readonly aliases: readonly string[];
  /** Its name in the path of a time series. */
  readonly path: string;
  readonly fields: readonly ElementField[];
}

interface NumberOptions {
  readonly signal?: string;
  readonly unitField?: UnitField;
  readonly range?: NumberField["range"];
  readonly decimals?: number;
}

const number = (name: string, unit: string, options: NumberOptions = {}): NumberField => ({
  kind: "number",
  name,
  unit,
  range: [0, 1e12],
  decimals: 2,
  ...options,
});
const of = (name: string, quantity: Iso15143Quantity, options: NumberOptions = {}): NumberField =>
  number(name, iso15143Units[quantity], { signal: quantity, ...options });
const percent: NumberOptions = { range: [0, 100], decimals: 1 };
const unitField = (word: string, ...names: string[]) => ({ word, names });
const hours = (quantity: Iso15143Quantity): readonly NumberField[] => [
  of("Hour", quantity, { range: [0, 1e6] }),
];
const tank = (name: string, units: string): NumberField =>
  number(name, "L", { unitField: unitField("litre", units), decimals: 1 });
const consumed = (options: NumberOptions): NumberField =>
  number("FuelConsumed", "L", {
    unitField: unitField("litre", "FuelUnits"),
    decimals: 1,
    ...options,
  });

/** The 19 data points. @see ISO 15143-3, data elements */
export const elements = {
  Location: {
    path: "Locations",
    aliases: [],
    fields: [
      of("Latitude", "latitude", { range: [-90, 90], decimals: 6 }),
      of("Longitude", "longitude", { range: [-180, 180], decimals: 6 }),
      of("Altitude", "altitude", {
        range: [-500, 9_000],
        decimals: 1,
        unitField: unitField("metre", "AltitudeUnits"),
      }),
    ],
  },
  CumulativeOperatingHours: {
    path: "CumulativeOperatingHours",
    aliases: ["OperatingHours"],
    fields: hours("operatingHours"),
  },
  CumulativeIdleHours: {
    path: "CumulativeIdleHours",
    aliases: ["CumulativeIdleOperatingHours"],
    fields: hours("idleHours"),
  },
  CumulativeIdleNonOperatingHours: {
    path: "CumulativeIdleNonOperatingHours",
    aliases: [],
    fields: hours("idleNonOperatingHours"),
  },
  CumulativePowerTakeOffHours: {
    path: "CumulativePowerTakeOffHours",
    aliases: [],
    fields: hours("powerTakeOffHours"),
  },
  CumulativeActiveRegenerationHours: {
    path: "CumulativeActiveRegenerationHours",
    aliases: [],
    fields: hours("activeRegenerationHours"),
  },
  FuelUsed: {
    path: "FuelUsed",
    aliases: ["CumulativeFuelUsed"],
    fields: [consumed({ signal: "fuelUsed" })],
  },
  FuelUsedLast24: {
    path: "FuelUsedLast24",
    aliases: ["FuelUsedInThePreceding24Hours"],
    fields: [consumed({ signal: "fuelUsedLast24" })],
  },
  FuelRemaining: {
    path: "FuelRemaining",
    aliases: ["FuelRemainingRatio"],
    fields: [
      of("Percent", "fuelRemaining", percent),
      tank("FuelTankCapacity", "FuelTankCapacityUnits"),
    ],
  },
  DEFRemaining: {
    path: "DEFRemaining",
    aliases: ["DEFRemainingRatio"],
    fields: [
      of("Percent", "defRemaining", percent),
      tank("DEFTankCapacity", "DEFTankCapacityUnits"),
    ],
  },
  Distance: {
    path: "Distance",
    aliases: ["CumulativeDistance"],
    fields: [of("Odometer", "distance", { unitField: unitField("kilometre", "OdometerUnits") })],
  },
  AverageLoadFactorLast24: {
    path: "AverageLoadFactorLast24",
    aliases: ["AverageDailyLoadFactorLast24"],
    fields: [number("Percent", "%", { ...percent, signal: "averageLoadFactorLast24" })],
  },
  MaximumSpeedLast24: {
    path: "MaximumSpeedLast24",
    aliases: [],
    fields: [
      number("Speed", "km/h", {
        signal: "maximumSpeedLast24",
        unitField: unitField("km/hr", "SpeedUnits"),
        range: [0, 500],
        decimals: 1,
      }),
    ],
  },
  CumulativeLoadCount: {
    path: "CumulativeLoadCount",
    aliases: [],
    fields: [of("Count", "loadCount", { decimals: 0 })],
  },
  CumulativePayloadTotals: {
    path: "CumulativePayloadTotals",
    aliases: ["CumulativePayloadTotal"],
    fields: [
      of("Payload", "payloadTotal", {
        unitField: unitField("kilogram", "PayloadUnits", "WeightUnit"),
        decimals: 0,
      }),
    ],
  },
  EngineStatus: {
    path: "EngineStatus",
    aliases: ["EngineCondition"],
    fields: [
      { kind: "text", name: "EngineNumber" },
      { kind: "flag", name: "Running", signal: "engineRunning" },
    ],
  },
  AmbientTemperature: {
    path: "AmbientTemperature",
    aliases: ["AmbientAirTemperature"],
    fields: [
      of("Temperature", "ambientTemperature", {
        unitField: unitField("celsius", "TemperatureUnits"),
        range: [-100, 100],
        decimals: 1,
      }),
    ],
  },
  SwitchStatus: {
    path: "SwitchStatus",
    aliases: [],
    fields: [number("Number", "count", { decimals: 0 }), { kind: "flag", name: "Value" }],
  },
  FaultCode: {
    path: "Faults",
    aliases: ["Fault"],
    fields: [
      { kind: "text", name: "CodeIdentifier" },
      { kind: "text", name: "Description" },
      { kind: "text", name: "Severity" },
      { kind: "text", name: "Source" },
    ],
  },
} as const satisfies Record<string, ElementShape>;

export type ElementName = keyof typeof elements;
export const elementNames = Object.keys(elements) as ElementName[];
export const shapeOf = (name: ElementName): ElementShape => elements[name];

const byAnyName: ReadonlyMap<string, ElementName> = new Map(
  elementNames.flatMap((name) =>
    [name, shapeOf(name).path, ...shapeOf(name).aliases].map(
      (one) => [one.toLowerCase(), name] as const,
    ),
  ),
);

/** The element that a name means, in whatever case, as itself, as its path or as another maker calls it. */
export const elementOf = (name: string): ElementName | undefined =>
  byAnyName.get(name.toLowerCase());
