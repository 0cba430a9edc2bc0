import type { Static } from "typebox";
import type { Engineer, EngineerLevel, FaultClass } from "../organisation/engineer.ts";
import type { Place } from "../organisation/fields.ts";
import { type Region, regionPathOf } from "../organisation/region.ts";
import type { Priority } from "../vocabulary.ts";

export type GeoPlace = Static<typeof Place>;

/** Work that somebody has to go to, as dispatch sees it. */
export interface DispatchJob {
  readonly ticketId: string;
  readonly priority: Priority;
  readonly productType: string;
  /** Absent while nobody knows what is broken: any fault class will do. */
  readonly faultClass?: FaultClass | undefined;
  /** Of the plan and of the fault, the higher. */
  readonly minLevel: EngineerLevel;
  readonly standardHours: number;
  /** Of the machine, else of its site, else of its station. */
  readonly place?: GeoPlace | undefined;
  readonly stationId: string;
  readonly regionId: string;
  /** See `neighboursOf`. */
  readonly neighbourRegionIds: readonly string[];
  /** The plan gives machines of this type a specialist of their own (tier `exceed`). */
  readonly wantsSpecialist: boolean;
  /** Engineer stationed by a commitment: a named specialist too. */
  readonly stationedEngineerId?: string | undefined;
  readonly responsibleEngineerId?: string | undefined;
  /** Who did not take this ticket, or is out of the question for another reason. */
  readonly excludedEngineerIds: readonly string[];
  /** Due time of the arrival clock, ISO instant; absent: nothing is promised. */
  readonly arrivalDueAt?: string | undefined;
}

/** An engineer with what changes by the hour. */
export interface Candidate {
  readonly engineer: Engineer;
  /** Standard hours of the open tickets assigned to him, without this one. */
  readonly assignedHours: number;
  /** Share of the likely parts that lie in his vehicle, 0 to 1. */
  readonly partsOnBoardShare: number;
  /** Until he can leave where he works now; 0 or absent when he is free. */
  readonly busyMinutes?: number;
}

/** The region above, the regions below, and those that hang beside it. */
export function neighboursOf(regions: ReadonlyMap<string, Region>, regionId: string): string[] {
  const region = regions.get(regionId);
  if (region === undefined) return [];
  const parentId = regionPathOf(regions, regionId).at(-2)?.regionId;
  return [...regions.values()]
    .filter(
      (other) =>
        other.regionId !== regionId &&
        (other.regionId === parentId ||
          other.parentId === regionId ||
          other.parentId === region.parentId),
    )
    .map((other) => other.regionId);
}
