import type { Service } from "./plan-schema.ts";

type Tier = Service["tier"];

/** What machines of a tier may be promised (O-16, PL-3, PL-4). */
export interface Entitlements {
  /** Inspections beside that of month 1, which every machine has (C-19). */
  readonly preventive: boolean;
  readonly premium: boolean;
  /** Parts kept back for these machines alone. */
  readonly reserve: boolean;
  readonly supplyTimeGuarantee: boolean;
  readonly dedicatedSpecialist: boolean;
}

export const entitlements: Readonly<Record<Tier, Entitlements>> = {
  exceed: {
    preventive: true,
    premium: true,
    reserve: true,
    supplyTimeGuarantee: true,
    dedicatedSpecialist: true,
  },
  above: {
    preventive: true,
    premium: false,
    reserve: false,
    supplyTimeGuarantee: true,
    dedicatedSpecialist: false,
  },
  meet: {
    preventive: false,
    premium: false,
    reserve: false,
    supplyTimeGuarantee: false,
    dedicatedSpecialist: false,
  },
};

/** The tier of each product type that the strategy names; of others the plan decides. @see domain.md O-16, C-17 */
export const tierOfProduct: Readonly<Record<string, Tier>> = {
  concrete_pump_truck: "exceed",
  paver: "exceed",
  milling_machine: "exceed",
  concrete_pump: "above",
  tower_crane: "above",
  truck_crane: "above",
  horizontal_directional_drill: "above",
  road_roller: "meet",
};
