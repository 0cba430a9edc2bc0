import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { isKeyStage } from "@firebreak/plans/place-words.ts";
import { resolveService } from "@firebreak/plans/resolve-service.ts";
import { tierOfProduct } from "@firebreak/plans/tier-entitlements.ts";
import { layersOfContext } from "../organisation/layers-of-context.ts";
import { dayIn, loadMachineContext, loadRegionPath } from "../organisation/load-organisation.ts";
import { isInWarranty } from "../organisation/machine-file.ts";
import { marketStageOf, zoneOf } from "../organisation/region.ts";
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
  const context = await loadMachineContext(tx, machineId, nowMs);
  const { machine, customer, regionPath } = context;
  const plan = planOf?.(machineId);
  const zone = zoneOf(regionPath);
  // How far the market of a machine type has come may differ from that of all.
  const stage = plan && resolveService(plan.service, layersOfContext(context)).marketStage?.value;
  return {
    tier: plan?.service.tier ?? tierOfProduct[machine?.productType ?? ""] ?? tierOf(planRef),
    isKeyCustomer: customer?.keyAccount === true || isKeyStage(stage ?? marketStageOf(regionPath)),
    isInWarranty: machine !== undefined && isInWarranty(machine, dayIn(zone, nowMs)),
    zone,
  };
}
