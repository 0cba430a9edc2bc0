import type { ElementName } from "./elements.ts";

/** Who a machine is, as a document says it. What is missing, empty or a word for nothing is absent. */
export interface EquipmentHeader {
  readonly unitInstallMs?: number;
  readonly oemName?: string;
  readonly model?: string;
  readonly equipmentId?: string;
  readonly serialNumber?: string;
  readonly pin?: string;
}

export type PointValue = number | boolean | string;

/** One element of a machine: values by field, in the units of `elements`, and when they were measured. */
export interface Point {
  readonly element: ElementName;
  /** Milliseconds since the Unix epoch. */
  readonly timeMs: number;
  readonly values: Readonly<Record<string, PointValue>>;
}

export interface Equipment {
  readonly header: EquipmentHeader;
  readonly points: readonly Point[];
}

export interface Link {
  readonly rel: string;
  readonly href: string;
}

/** One page of a snapshot or of a time series. */
export interface FleetDocument {
  readonly version: string;
  readonly snapshotMs?: number;
  readonly links: readonly Link[];
  readonly equipment: readonly Equipment[];
}

/** What was read, and what in it could not be used: how often, by reason. */
export interface ReadFleet extends FleetDocument {
  readonly skipped: ReadonlyMap<string, number>;
}
