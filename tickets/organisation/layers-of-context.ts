import type { ServiceLayers } from "@firebreak/plans/service-layers.ts";
import type { MachineContext } from "./load-organisation.ts";

/** Where a machine works and for whom, as plans tell places apart; without what headquarters changed of a plan. */
export const layersOfContext = ({
  regionPath,
  customer,
  commitment,
}: Pick<MachineContext, "regionPath" | "customer" | "commitment">): ServiceLayers => ({
  regionIds: regionPath.map(({ regionId }) => regionId),
  segment: customer?.segment,
  commitment,
});
