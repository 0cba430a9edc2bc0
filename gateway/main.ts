import { systemClock } from "@firebreak/kit/clock.ts";
import { type Gateway, type GatewayOptions, gatewayDefaults } from "./gateway-options.ts";
import { RunningGateway } from "./running-gateway.ts";
import { Spool } from "./spool/spool.ts";

export type { Gateway, GatewayMachine, GatewayOptions } from "./gateway-options.ts";
export type { GatewayStatus } from "./gateway-status.ts";

/**
 * Starts a gateway: sources → shape → batches → spool → hub. Resolves as soon as the spool is open; whether the hub
 * is there does not matter.
 * @throws CodedError FOLDER_IN_USE (the spool has another user), LOG_VERSION_UNSUPPORTED; errors of reading the spool
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { gatewayId, spoolFolder, clock = systemClock } = options;
  const log = options.log.child({ gatewayId });
  const spool = await Spool.open({
    gatewayId,
    folder: spoolFolder,
    maxBytes: options.spoolBytes ?? gatewayDefaults.spoolBytes,
    syncIntervalMs: options.syncIntervalMs ?? gatewayDefaults.syncIntervalMs,
    ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
    ...(options.spoolDisk ? { disk: options.spoolDisk } : {}),
    clock,
    log: log.child({ component: "spool" }),
  });
  try {
    return new RunningGateway({ ...options, clock, log }, spool);
  } catch (error) {
    await spool.close();
    throw error;
  }
}
