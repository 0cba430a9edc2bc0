import { approvedModes } from "@firebreak/plans/fault-catalogue.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";

/** Failure mode of a trouble code that the plan does not know, or has not approved. */
export const uncatalogued = "uncatalogued";

/** The failure mode of one trouble code, or `uncatalogued`. */
export type DtcCatalogue = (spn: number, fmi: number, sa: number) => string;

/**
 * Looks trouble codes up among the approved entries of a plan (FC-5); an entry for one source address goes before one
 * for any.
 */
export function createDtcCatalogue(plan: Plan): DtcCatalogue {
  const modes = new Map<string, string>();
  for (const [id, { dtcs = [] }] of approvedModes(plan))
    for (const { spn, fmis, sa = "any" } of dtcs)
      for (const fmi of fmis) modes.set(`${spn}-${fmi}-${sa}`, id);
  return (spn, fmi, sa) =>
    modes.get(`${spn}-${fmi}-${sa}`) ?? modes.get(`${spn}-${fmi}-any`) ?? uncatalogued;
}
