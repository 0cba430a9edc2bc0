import { silentLogger } from "@firebreak/kit/logger.ts";
import { startGateway } from "./main.ts";
import { HandFedSource, tractorPlan } from "./test-source.fixture.ts";

/** What the process says of itself every 250 ms; memory after a collection, bytes. */
export interface StallReport {
  readonly stalls: number;
  readonly inFlight: number;
  readonly pendingBatches: number;
  readonly given: number;
  readonly rss: number;
  readonly heapUsed: number;
}

/**
 * A gateway in a process of its own, so that its memory can be told: reads without end and gives up on a hub
 * that is silent for 100 ms. Arguments: hub's url, spool folder. Needs `--expose-gc`.
 */
async function main(url: string, spoolFolder: string): Promise<void> {
  const source = new HandFedSource();
  const gateway = await startGateway({
    gatewayId: "gw-1",
    hub: { url, username: "gw-1", password: "secret" },
    spoolFolder,
    machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
    batchAgeMs: 50,
    syncIntervalMs: 20,
    reconnect: { minMs: 20, capMs: 100 },
    window: { stallMs: 100 },
    openingMs: 100,
    log: silentLogger,
  });
  setInterval(() => source.give(50), 10);
  setInterval(() => {
    globalThis.gc?.();
    const { link, spool } = gateway.status();
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({
      stalls: link.stalls,
      inFlight: link.inFlight,
      pendingBatches: spool.pendingBatches,
      given: source.given,
      rss,
      heapUsed,
    } satisfies StallReport);
  }, 250);
}

const [, script, url, folder] = process.argv;
if (script === import.meta.filename && url && folder) await main(url, folder);
