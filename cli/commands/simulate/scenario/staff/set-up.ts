import { drawn, seedFor } from "@firebreak/simulator/random.ts";
import type { Organisation } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { ScenarioGroup } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { GeoPoint } from "@firebreak/tickets/parts/location.ts";
import type { Counter } from "./counter.ts";

const kmPerDegree = 111.2;

/** Where a machine of a group works: by the seed, the same for every organisation. */
export function placeOf(
  { home }: ScenarioGroup,
  { machineId, seed }: { readonly machineId: string; readonly seed: number },
): GeoPoint | undefined {
  if (!home) return undefined;
  const own = seedFor(seed, `place of ${machineId}`);
  const km = home.spreadKm * Math.sqrt(drawn(own, 1));
  const angle = 2 * Math.PI * drawn(own, 2);
  const lat = home.lat + (km * Math.cos(angle)) / kmPerDegree;
  const perDegree = kmPerDegree * Math.cos((home.lat * Math.PI) / 180);
  return { lat, lon: home.lon + (km * Math.sin(angle)) / perDegree };
}

/** Registers a machine of a group. It was handed over long ago and is out of warranty, so that no other work is due. */
export async function registerMachine(
  counter: Counter,
  { home, plan }: ScenarioGroup,
  of: { readonly machineId: string; readonly productType: string; readonly place: GeoPoint },
): Promise<void> {
  if (!home) return;
  const { customerId, siteId, regionId, stationId } = home;
  await counter.must("organisation/machines", {
    ...{ machineId: of.machineId, serialNumber: `SN-${of.machineId}`, state: "in_service" },
    ...{ productType: of.productType, planId: plan, customerId, siteId, regionId, stationId },
    ...{ handoverAt: "2022-01-10", warrantyEndsAt: "2023-01-10", location: of.place },
    ...{ demonstrationSite: false, peakPeriods: [] },
  });
}

interface Level {
  readonly partNo: string;
  readonly locationId: string;
  readonly onHand: number;
  readonly min: number;
}

/** Puts so many pieces everywhere, and none of anything elsewhere. */
export async function layOutStock(
  counter: Counter,
  { stock, stockSource: reason }: Organisation,
): Promise<void> {
  const there = new Set<string>();
  for (const { partNo, locationId, onHand, min } of await counter.all<Level>("stock?limit=500")) {
    there.add(`${locationId} ${partNo}`);
    // Nothing is stocked up by itself: what comes in is the organisation's to say.
    if (min > 0) {
      const none = { min: 0, target: 0, max: Math.max(1, onHand) };
      await counter.must(`stock/${partNo}/${locationId}/policy`, none);
    }
    const counted = stock[locationId]?.[partNo] ?? 0;
    if (counted !== onHand)
      await counter.must(`stock/${partNo}/${locationId}/count`, { counted, reason });
  }
  for (const { locationId, partNo, quantity } of itemsOf(stock))
    if (quantity > 0 && !there.has(`${locationId} ${partNo}`))
      await counter.must(`stock/${partNo}/${locationId}/receive`, { quantity, reason });
}

const itemsOf = (stock: Organisation["stock"]) =>
  Object.entries(stock).flatMap(([locationId, pieces]) =>
    Object.entries(pieces).map(([partNo, quantity]) => ({ locationId, partNo, quantity })),
  );

/** Fills every place up to what it had in the beginning. */
export async function restock(counter: Counter, { stock }: Organisation): Promise<void> {
  const levels = await counter.all<Level>("stock?limit=500");
  for (const { locationId, partNo, quantity } of itemsOf(stock)) {
    const level = levels.find((one) => one.locationId === locationId && one.partNo === partNo);
    const missing = quantity - (level?.onHand ?? 0);
    if (missing > 0)
      await counter.post(`stock/${partNo}/${locationId}/receive`, {
        ...{ quantity: missing, reason: "ordered" },
      });
  }
}
