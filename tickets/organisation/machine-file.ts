import { type Static, Type } from "typebox";
import { closed, Instant } from "../vocabulary.ts";
import { ProductType } from "./engineer.ts";
import { Day, MachineId, OrganisationId, PeakPeriod, Place, ShortText } from "./fields.ts";

export const machineStates = [
  "commissioning",
  "in_service",
  "standby",
  "under_repair",
  "retired",
  "scrapped",
] as const;
export type MachineState = (typeof machineStates)[number];

const hours = Type.Number({ minimum: 0, maximum: 1_000_000 });

/** The hour meter: what it shows, and what earlier meters had counted (MA-4). */
export const HourMeter = Type.Object(
  {
    readingHours: hours,
    offsetHours: Type.Number({
      description: "added to the reading; negative if a meter began higher",
    }),
    at: Instant,
    replacements: Type.Array(
      Type.Object({ at: Instant, lastHours: hours, firstHours: hours, reason: ShortText }, closed),
      { maxItems: 50 },
    ),
  },
  closed,
);
export type HourMeter = Static<typeof HourMeter>;

/** The file of one machine (设备档案). */
export const MachineFile = Type.Object(
  {
    machineId: MachineId,
    serialNumber: ShortText,
    productType: ProductType,
    planId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    model: Type.Optional(ShortText),
    state: Type.Enum(machineStates),
    customerId: Type.Optional(OrganisationId),
    siteId: Type.Optional(OrganisationId),
    regionId: OrganisationId,
    stationId: Type.Optional(OrganisationId),
    gatewayId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    soldAt: Type.Optional(Day),
    handoverAt: Type.Optional(Day),
    warrantyEndsAt: Type.Optional(Day),
    plannedRetirementAt: Type.Optional(Day),
    meter: Type.Optional(HourMeter),
    location: Type.Optional(Place),
    responsibleEngineerId: Type.Optional(OrganisationId),
    demonstrationSite: Type.Boolean(),
    peakPeriods: Type.Array(PeakPeriod, { maxItems: 24 }),
  },
  closed,
);
export type MachineFile = Static<typeof MachineFile>;

export const partSources = ["default", "measured", "predicted"] as const;

/** A part that works in a machine (在装配件). MA-6: one per position. */
export const InstalledPart = Type.Object(
  {
    position: ShortText,
    partNo: ShortText,
    serial: Type.Optional(ShortText),
    installedAt: Instant,
    installedAtHours: hours,
    /** In the unit of its wear life: months, hours, strokes or cycles. */
    usedLife: Type.Optional(Type.Number({ minimum: 0 })),
    remainingLifePct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    source: Type.Enum(partSources),
  },
  closed,
);
export type InstalledPart = Static<typeof InstalledPart>;

/** MA-4: hours of the machine over all its meters; undefined when nobody read one yet. */
export const operatingHoursOf = ({
  meter,
}: {
  readonly meter?: HourMeter | undefined;
}): number | undefined => meter && meter.readingHours + meter.offsetHours;

/** MA-5: what counts as installed base; without what is retired or scrapped. */
export const installedBaseStates: readonly MachineState[] = [
  "commissioning",
  "in_service",
  "standby",
  "under_repair",
];
export const countsAsInstalled = (state: MachineState): boolean =>
  installedBaseStates.includes(state);

const nextStates: Readonly<Record<MachineState, readonly MachineState[]>> = {
  commissioning: ["in_service"],
  in_service: ["under_repair", "standby", "retired"],
  under_repair: ["in_service", "retired"],
  standby: ["in_service", "retired"],
  retired: ["scrapped"],
  scrapped: [],
};

export const mayBecome = (from: MachineState, to: MachineState): boolean =>
  from === to || nextStates[from].includes(to);

/** MA-1: the same number however it was typed: wide or narrow letters, upper or lower case, with or without blanks. */
export const serialKeyOf = (serialNumber: string): string =>
  serialNumber.normalize("NFKC").toUpperCase().replace(/\s/g, "");

export const isInWarranty = (
  { warrantyEndsAt }: Pick<MachineFile, "warrantyEndsAt">,
  day: string,
): boolean => warrantyEndsAt !== undefined && day <= warrantyEndsAt;
