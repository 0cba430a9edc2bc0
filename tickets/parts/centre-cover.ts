import { slaConfig } from "../sla/sla-config.ts";
import { travelHours } from "./location.ts";
import { partsConfig } from "./parts-config.ts";
import { loadLocations, type Reader } from "./stock-locations.ts";

/** Whether some regional centre reaches a place within the time a delivery is promised in. */
export async function isCentreCovered(reader: Reader, destinationId: string): Promise<boolean> {
  const locations = await loadLocations(reader);
  const destination = locations.get(destinationId);
  if (!destination) return false;
  const hours = slaConfig.partsDeliveryMinutes / 60;
  return [...locations.values()].some(
    (location) =>
      location.kind === "regional_centre" &&
      travelHours(location, destination, { isGreen: true, config: partsConfig }) <= hours,
  );
}
