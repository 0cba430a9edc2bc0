import { approvedModes } from "@firebreak/plans/fault-catalogue.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { canopenNetworks } from "@firebreak/wire/machine-event.ts";

/** Failure mode of a trouble code that the plan does not know, or has not approved. */
export const uncatalogued = "uncatalogued";

export interface CodeName {
  /** Absent: the main J1939 network; from 128 on CANopen. */
  readonly network?: number;
  readonly sa: number;
  /** Of CANopen: the emergency error code. */
  readonly spn: number;
  readonly fmi: number;
}

/** The failure mode of one trouble code, or `uncatalogued`. */
export type DtcCatalogue = (code: CodeName) => string;

/**
 * Looks codes up among the approved entries of a plan (FC-5); an entry for one source address or node goes before one
 * for any.
 */
export function createDtcCatalogue(plan: Plan): DtcCatalogue {
  const modes = new Map<string, string>();
  for (const [id, { dtcs = [], emergencies = [] }] of approvedModes(plan)) {
    for (const { spn, fmis, sa = "any" } of dtcs)
      for (const fmi of fmis) modes.set(`${spn}-${fmi}-${sa}`, id);
    for (const { code, node = "any" } of emergencies) modes.set(`emcy-${code}-${node}`, id);
  }
  return ({ network = 0, sa, spn, fmi }) => {
    const code = network >= canopenNetworks ? `emcy-${spn}` : `${spn}-${fmi}`;
    return modes.get(`${code}-${sa}`) ?? modes.get(`${code}-any`) ?? uncatalogued;
  };
}

/** An emergency error code as CiA 301 prints it. */
export const hexCode = (code: number): string =>
  `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
