import { nobody } from "./rollout-errors.ts";

/** A gateway as the hub has it enrolled, with the plans that its machines have. */
export interface FleetGateway {
  readonly gatewayId: string;
  readonly machines: readonly { readonly machineId: string; readonly plan: string | null }[];
}

/** Who is meant: these gateways, or all that have a machine with this plan; neither: all. */
export interface GatewayChoice {
  readonly gateways?: readonly string[] | undefined;
  readonly plan?: string | undefined;
}

/** The ids of those who are meant, in the order in which they get it. @throws CodedError ROLLOUT_NOBODY */
export function chooseGateways(
  fleet: readonly FleetGateway[],
  { gateways, plan }: GatewayChoice,
  isOnline: (gatewayId: string) => boolean,
): string[] {
  const enrolled = new Set(fleet.map(({ gatewayId }) => gatewayId));
  const unknown = gateways?.find((id) => !enrolled.has(id));
  if (unknown !== undefined) throw nobody(`there is no gateway ${unknown}`);
  const named = gateways && new Set(gateways);
  const ids = fleet
    .filter(
      ({ gatewayId, machines }) =>
        (named?.has(gatewayId) ?? true) &&
        (plan === undefined || machines.some((machine) => machine.plan === plan)),
    )
    .map(({ gatewayId }) => gatewayId)
    .toSorted();
  if (ids.length === 0) throw nobody("no gateway is meant");
  // A canary that is switched off would hold up all the others.
  const { near = [], away = [] } = Object.groupBy(ids, (id) => (isOnline(id) ? "near" : "away"));
  return [...near, ...away];
}
