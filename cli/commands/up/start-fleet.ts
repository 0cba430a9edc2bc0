import { join } from "node:path";
import { type Gateway, startGateway } from "@firebreak/gateway/main.ts";
import { createSource } from "@firebreak/gateway/sources/registry.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { shiftEndsAfterMs, startDemoMachine } from "@firebreak/simulator/fleet/demo-fleet.ts";
import type { DemoMachine } from "@firebreak/simulator/fleet/demo-machines.ts";
import type { SimulatedMachine } from "@firebreak/simulator/fleet/simulated-machine.ts";
import type { BrokerAccess } from "../../hub/hub-files.ts";
import type { Hub } from "../../hub/hub-options.ts";

export interface FleetOptions {
  readonly hub: Pick<Hub, "data" | "mqttUrl">;
  readonly broker: BrokerAccess | undefined;
  readonly log: Logger;
  readonly faultAfterSeconds: number;
  readonly tickMs?: number;
  /** No machine is begun any more. */
  readonly signal?: AbortSignal;
}

/**
 * Each machine gets a gateway of its own, which reads its buses as it would read a real machine's. Machines of types that
 * nobody simulates are left out. Gives the way to end it all.
 */
export async function startFleet(
  machines: readonly DemoMachine[],
  options: FleetOptions,
): Promise<Ending> {
  const endings: Ending[] = [];
  for (const machine of machines) {
    if (options.signal?.aborted) break;
    const started = await startDemoMachine(machine, options);
    if (!started) continue;
    endings.push(() => started.stop());
    const isOff = machine.duty === "off" || machine.duty === "offline";
    const gateway = await startGatewayOf(isOff ? withoutModbus(started) : started, options);
    const stop = once(() => gateway.stop());
    const leaving = machine.duty === "offline" ? setTimeout(stop, goesOfflineAfterMs) : undefined;
    endings.push(() => {
      clearTimeout(leaving);
      return stop();
    });
  }
  return () => endAll(endings);
}

/** Once what the machine said is delivered. */
const goesOfflineAfterMs = shiftEndsAfterMs + 5_000;

/** Registers of a machine without power would be asked for in vain, and its gateway shown as faulty, all the time. */
const withoutModbus = (machine: SimulatedMachine): SimulatedMachine => ({ ...machine, modbus: {} });

function once(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= end();
    return ended;
  };
}

async function startGatewayOf(
  { machineId, plan, canUrl, modbus }: SimulatedMachine,
  { hub, broker, log }: FleetOptions,
): Promise<Gateway> {
  const gatewayId = `sim-${machineId}`;
  const folder = join(hub.data, "simulator", machineId);
  const { password } = await createCredential(hub.data, gatewayId, [machineId]);
  const address = broker ?? { url: hub.mqttUrl, username: gatewayId, password };
  return startGateway({
    gatewayId,
    hub: address,
    spoolFolder: join(folder, "spool"),
    spoolBytes: 64 * 1024 * 1024,
    reconnect: { minMs: 250, capMs: 5_000 },
    machines: [
      {
        machineId,
        plan,
        sources: (context) => [
          createSource({ kind: "candump-stream", from: canUrl }, context),
          ...Object.entries(modbus).map(([device, { host, port }]) =>
            createSource(
              { kind: "modbus-tcp", host, port, devices: [device], timeoutMs: 1_000 },
              context,
            ),
          ),
        ],
      },
    ],
    log,
  });
}
