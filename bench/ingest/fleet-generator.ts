/**
 * A fleet in one process, as a hub sees it: connections of their own, births, batches that are kept until they are
 * acknowledged and sent again when they are not. Takes one {@link FleetOrder} by IPC, and answers with {@link FleetReport}s.
 */
import { once } from "node:events";
import { seeded } from "@firebreak/ingest/example-machine.fixture.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { packLengths } from "@firebreak/wire/packed-lengths.ts";
import { type FleetBook, FleetGateway, type FleetOrder } from "./load-gateway.ts";
import { pumpValues } from "./pump-values.ts";

export interface FleetReport {
  readonly kind: "connected" | "progress" | "settled";
  readonly born: number;
  readonly sentBatches: number;
  readonly sentSamples: number;
  readonly sentAgain: number;
  readonly acknowledged: number;
  /** From sending to the acknowledgement, of those since the last report, ms. */
  readonly ackMs: { readonly median: number; readonly p99: number };
  readonly cpuSeconds: number;
}

const tickMs = 10;
const connectsPerSecond = 250;

class Fleet implements FleetBook {
  readonly values = pumpValues(loadPlan("concrete-pump-truck"), seeded(1));
  readonly #order: FleetOrder;
  readonly #gateways: FleetGateway[];
  readonly #counts = { sentBatches: 0, sentSamples: 0, sentAgain: 0, acknowledged: 0 };
  #ackMs: number[] = [];
  #isEnding = false;

  constructor(order: FleetOrder) {
    this.#order = order;
    this.#gateways = Array.from(
      { length: order.gateways },
      (_, at) => new FleetGateway(at, order, this),
    );
  }

  noteSent(samples: number): void {
    this.#counts.sentBatches++;
    this.#counts.sentSamples += samples;
  }

  noteAgain(): void {
    this.#counts.sentAgain++;
  }

  noteAcknowledged(ms: number): void {
    this.#counts.acknowledged++;
    this.#ackMs.push(ms);
  }

  fail(why: string): void {
    if (this.#isEnding) return;
    process.stderr.write(`${why}\n`);
    process.exit(1);
  }

  async connect(): Promise<void> {
    const startMs = performance.now();
    for (const [at, gateway] of this.#gateways.entries()) {
      const aheadMs = (at / connectsPerSecond) * 1_000 - (performance.now() - startMs);
      if (aheadMs > 5) await pause(aheadMs);
      void gateway.connect().catch((error: unknown) => this.fail(String(error)));
    }
    while (this.#gateways.some(({ isBorn }) => !isBorn)) await pause(100);
  }

  /** Sends until told to stop, evenly over the time between two batches. */
  start(): () => void {
    const { batchEveryMs } = this.#order;
    const startMs = Date.now();
    for (const [at, gateway] of this.#gateways.entries())
      gateway.dueMs = startMs + (at / this.#gateways.length) * batchEveryMs;
    const timer = setInterval(() => {
      const now = Date.now();
      for (const gateway of this.#gateways) {
        if (gateway.dueMs > now) continue;
        gateway.dueMs += batchEveryMs;
        gateway.send(now);
      }
    }, tickMs);
    const again = setInterval(() => {
      const now = Date.now();
      for (const gateway of this.#gateways) gateway.sendAgain(now);
    }, 1_000);
    return () => {
      clearInterval(timer);
      this.#isEnding = true;
      void this.#settled().then(() => clearInterval(again));
    };
  }

  async #settled(): Promise<void> {
    while (this.#gateways.some(({ held }) => held > 0)) await pause(50);
    this.report("settled");
  }

  report(kind: FleetReport["kind"]): void {
    const sorted = this.#ackMs.sort((one, other) => one - other);
    this.#ackMs = [];
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
    const { user, system } = process.cpuUsage();
    process.send?.({
      kind,
      born: this.#gateways.filter(({ isBorn }) => isBorn).length,
      ...this.#counts,
      ackMs: { median: at(0.5), p99: at(0.99) },
      cpuSeconds: (user + system) / 1e6,
    } satisfies FleetReport);
  }
}

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

if (import.meta.main) {
  packLengths();
  const [order] = (await once(process, "message")) as [FleetOrder];
  const fleet = new Fleet(order);
  await fleet.connect();
  fleet.report("connected");
  await once(process, "message");
  const stop = fleet.start();
  const reports = setInterval(() => fleet.report("progress"), 5_000);
  await once(process, "message");
  stop();
  clearInterval(reports);
}
