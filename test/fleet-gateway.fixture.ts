import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Gateway, startGateway } from "@firebreak/gateway/main.ts";
import { createReplay } from "@firebreak/gateway/sources/replay/replay-kind.ts";
import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { temporaryFolder } from "./product.fixture.ts";

/** One gateway that plays a recording as each of its machines, all at the same time. */
export async function playFleet(options: {
  /** Data folder of the hub. */
  readonly data: string;
  /** Recording by machine. */
  readonly machines: ReadonlyMap<string, string>;
  readonly speed?: number | "max";
  /** While false it finds no hub; asked at each connection. */
  readonly hasHub?: () => boolean;
  /** By whose clock it plays it; default: that of the computer. */
  readonly clock?: Clock;
}): Promise<Gateway> {
  const { data, machines, speed = "max", hasHub = () => true, clock } = options;
  const gatewayId = `fleet-${randomUUID()}`;
  const { password } = await createCredential(data, gatewayId, [...machines.keys()]);
  const plan = loadPlan("loader-tractor");
  return startGateway({
    gatewayId,
    hub: async () => ({ url: hasHub() ? brokerOf(data) : nowhere, username: gatewayId, password }),
    spoolFolder: temporaryFolder("fleet-spool"),
    machines: Array.from(machines, ([machineId, file]) => ({
      machineId,
      plan,
      sources: (context) => [createReplay({ kind: "replay", file, speed }, context)],
    })),
    batchAgeMs: 500,
    syncIntervalMs: 200,
    reconnect: { minMs: 200, capMs: 1_000 },
    // A recording is past as a whole: what began in it must be judged in its order.
    window: { smallBacklogBytes: Number.POSITIVE_INFINITY },
    log: silentLogger,
    ...(clock === undefined ? {} : { clock }),
  });
}

/** The clock of a computer on which it is `startMs` now, whatever day the test is run on. */
export function clockFrom(startMs: number): Clock {
  const aheadMs = startMs - Date.now();
  return { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
}

/** Nobody listens there. */
const nowhere = "mqtt://127.0.0.1:1";

function brokerOf(data: string): string {
  try {
    return (JSON.parse(readFileSync(join(data, "hub.json"), "utf8")) as { mqtt: string }).mqtt;
  } catch {
    return nowhere; // it is down, or about to write the file
  }
}

/** Waits until the hub has acknowledged everything, and ends the gateway. */
export async function deliverAll(gateway: Gateway): Promise<void> {
  await gateway.ended();
  await gateway.drained();
  await gateway.stop();
}
