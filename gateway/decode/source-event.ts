import type { Dtc, Lamps, MachineEvent } from "@firebreak/wire/machine-event.ts";

/** What the control unit itself lists besides the active codes; a step of the life cycle, not a message of its own. */
export interface DtcListing {
  readonly kind: "dtc-listing";
  readonly timeNs: bigint;
  readonly network?: number;
  readonly sa: number;
  readonly list: "previously-active" | "pending" | "emission-related";
  readonly lamps: Lamps;
  readonly dtcs: readonly Dtc[];
}

/** What a source may say: what travels as it is, and lists that only move the life cycle on. */
export type SourceEvent = MachineEvent | DtcListing;
