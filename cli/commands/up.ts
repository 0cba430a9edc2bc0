import { join } from "node:path";
import { type Gateway, startGateway } from "@firebreak/gateway/main.ts";
import { createSource } from "@firebreak/gateway/sources/registry.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import { createLogger, type Logger } from "@firebreak/kit/logger.ts";
import { demoFaultAfterSeconds, startDemoFleet } from "@firebreak/simulator/fleet/demo-fleet.ts";
import type { SimulatedMachine } from "@firebreak/simulator/fleet/simulated-machine.ts";
import { Command, InvalidArgumentError } from "commander";
import { type Hub, startHub } from "../hub/start-hub.ts";
import { untilToldToEnd } from "../until-told-to-end.ts";
import { announce, type HubArguments, toHubOptions, withHubOptions } from "./hub.ts";

type UpArguments = HubArguments & { readonly simulator: boolean; readonly faultAfter: number };

/** `firebreak up`: a hub and a simulated fleet in one process; the demo, and the product for a small fleet. */
export function create(): Command {
  return withHubOptions(new Command("up"))
    .option("--no-simulator", "without the simulated machines")
    .option(
      "--fault-after <seconds>",
      "when PUMP-002 begins to fail, counted from the start",
      parseSeconds,
      demoFaultAfterSeconds,
    )
    .addHelpText(
      "after",
      "\nThree simulated machines speak J1939 and Modbus TCP; PUMP-002 develops a fault within two minutes.",
    )
    .action(async (args: UpArguments) => {
      const log = createLogger(process.env.FIREBREAK_LOG ?? "warn");
      const hub = await startHub(toHubOptions(args, log));
      const endings: Ending[] = [() => hub.stop()];
      if (args.simulator) endings.push(await startFleet(hub, args, log));
      announce(hub);
      await untilToldToEnd();
      await endAll(endings);
    });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isFinite(seconds) || seconds < 0)
    throw new InvalidArgumentError("It is a number of seconds, 0 or more.");
  return seconds;
}

/** Each machine gets a gateway of its own, which reads its buses as it would read a real machine's. */
async function startFleet(hub: Hub, args: UpArguments, log: Logger): Promise<() => Promise<void>> {
  const machines = await startDemoFleet(args.faultAfter);
  const gateways: Gateway[] = [];
  for (const machine of machines) gateways.push(await startGatewayOf(machine, hub, args, log));
  return async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await Promise.all(machines.map((machine) => machine.stop()));
  };
}

async function startGatewayOf(
  { machineId, plan, canUrl, modbus }: SimulatedMachine,
  hub: Hub,
  args: HubArguments,
  log: Logger,
): Promise<Gateway> {
  const gatewayId = `sim-${machineId}`;
  const folder = join(hub.data, "simulator", machineId);
  const { broker } = toHubOptions(args, log);
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
