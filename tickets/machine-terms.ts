import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { resolveService } from "@firebreak/plans/resolve-service.ts";
import { serviceLevelOf } from "@firebreak/plans/service-promises.ts";
import { tierOfProduct } from "@firebreak/plans/tier-entitlements.ts";
import type { ServiceTerms } from "./lifecycle/step.ts";
import { layersOfContext } from "./organisation/layers-of-context.ts";
import {
  dayIn,
  loadMachineContext,
  loadOverrides,
  type MachineContext,
} from "./organisation/load-organisation.ts";
import { isInWarranty } from "./organisation/machine-file.ts";
import { zoneOf } from "./organisation/region.ts";
import { createCalendar, type HolidayTable } from "./sla/calendar.ts";
import type { TicketFacts } from "./ticket-facts.ts";
import type { Reader } from "./ticket-store.ts";

/** What is known of a machine when something is to be done for it. */
export interface MachineSetting {
  readonly context: MachineContext;
  readonly terms: ServiceTerms;
}

export async function loadMachineSetting(
  reader: Reader,
  machineId: string,
  of: {
    readonly plan: Plan | undefined;
    readonly nowMs: number;
    readonly holidays: HolidayTable;
  },
): Promise<MachineSetting> {
  const context = await loadMachineContext(reader, machineId, of.nowMs);
  const { plan } = of;
  const level = plan
    ? resolveService(plan.service, {
        ...layersOfContext(context),
        overrides: (await loadOverrides(reader)).filter(({ planId }) => planId === plan.plan),
      }).level
    : serviceLevelOf({ commitment: context.commitment });
  const calendar = createCalendar(of.holidays, zoneOf(context.regionPath));
  return { context, terms: { level, calendar } };
}

export type ContextFacts = Pick<
  TicketFacts,
  "stationId" | "regionId" | "billable" | "customerId" | "siteId" | "productType" | "tier"
>;

/** What a new ticket says of the machine's place, owner and warranty. */
export function factsOfContext(
  { machine, customer, site, station, regionPath }: MachineContext,
  plan: Plan | undefined,
  nowMs: number,
): ContextFacts {
  const productType = machine?.productType ?? plan?.service.productType;
  const tier = plan?.service.tier ?? tierOfProduct[productType ?? ""];
  return {
    stationId: station.stationId,
    regionId: regionPath.at(-1)?.regionId ?? station.regionId,
    // Who pays is open while nobody entered the warranty: then nothing is billed.
    billable:
      machine?.warrantyEndsAt !== undefined &&
      !isInWarranty(machine, dayIn(zoneOf(regionPath), nowMs)),
    ...(customer ? { customerId: customer.customerId } : {}),
    ...(site ? { siteId: site.siteId } : {}),
    ...(productType === undefined ? {} : { productType }),
    ...(tier === undefined ? {} : { tier }),
  };
}
