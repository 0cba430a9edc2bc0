import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { tierOfProduct } from "@firebreak/plans/tier-entitlements.ts";
import { dayIn, loadMachineContext, loadRegionPath } from "../organisation/load-organisation.ts";
import { isInWarranty } from "../organisation/machine-file.ts";
import { isKeyRegion, zoneOf } from "../organisation/region.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketWork } from "../ticket-work.ts";
import type { Tier } from "./part.ts";

/** What a request for parts must know of the machine and its owner. */
export interface DemandContext {
  readonly tier: Tier;
  readonly isKeyCustomer: boolean;
  readonly isInWarranty: boolean;
  /** IANA time zone of the machine's region. */
  readonly zone: string;
}

const tierOfPlan = new Map<string, Tier>();

/** Of the plan that judged; a plan that does not come with Firebreak counts as the lowest tier. */
export function tierOf(planRef: string): Tier {
  const plan = planRef.split("@")[0] ?? "";
  const known = tierOfPlan.get(plan);
  if (known) return known;
  const tier = listPlans().includes(plan) ? loadPlan(plan).service.tier : "meet";
  tierOfPlan.set(plan, tier);
  return tier;
}

/** What is known of the machine a ticket is for; of its station's region when it is for none. */
export async function loadDemandContext(
  { tx, nowMs, planOf }: Pick<TicketWork, "tx" | "nowMs" | "planOf">,
  ticket: Pick<Ticket, "machineId" | "planRef" | "regionId">,
): Promise<DemandContext> {
  const { machineId, planRef, regionId } = ticket;
  if (machineId === undefined) {
    const path = await loadRegionPath(tx, regionId);
    return { tier: tierOf(planRef), isKeyCustomer: false, isInWarranty: false, zone: zoneOf(path) };
  }
  const { machine, customer, regionPath } = await loadMachineContext(tx, machineId, nowMs);
  const zone = zoneOf(regionPath);
  return {
    tier:
      planOf?.(machineId)?.service.tier ??
      tierOfProduct[machine?.productType ?? ""] ??
      tierOf(planRef),
    isKeyCustomer: customer?.keyAccount === true || isKeyRegion(regionPath),
    isInWarranty: machine !== undefined && isInWarranty(machine, dayIn(zone, nowMs)),
    zone,
  };
}
