import type { BrokerAddress } from "@firebreak/gateway/publish/mqtt-link.ts";
import { createRandom } from "../random.ts";
import { LoadCounts } from "./load-counts.ts";
import type { LoadFigures } from "./load-figures.ts";
import { LoadGateway } from "./load-gateway.ts";
import { gatewayName, machineName, type WorkerOrder } from "./load-order.ts";
import { pumpValues } from "./pump-values.ts";

const tickMs = 10;
/** Each gateway looks for stalls once in so many ticks: every second. */
const ticksPerLook = 100;
/** About an hour of the reference profile (720 batches of 330 bytes). Engineering default. */
const defaultSpoolBytes = 256 * 1024;
/** So many goodbyes at a time. */
const leavingAtOnce = 200;

/** The gateways of one process: who comes when, what is due, who is cut off. Runs from its making until `leave`. */
export class LoadFleet {
  readonly counts: LoadCounts;
  readonly #order: WorkerOrder;
  readonly #random: () => number;
  /** By number, those that were switched on; with holes where other processes have theirs. */
  readonly #gateways = new Map<number, LoadGateway>();
  readonly #inOrder: LoadGateway[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #startedMs = performance.now();
  #nextAt: number;
  #looked = 0;
  #isMaking = false;
  #isResting = false;

  constructor(order: WorkerOrder) {
    this.#order = order;
    this.#random = createRandom(order.seed + order.part);
    const signals = order.data?.signals ?? 0;
    this.counts = new LoadCounts({
      values: pumpValues(order.dictionary, signals, this.#random),
      samplesPerBatch: order.data?.samplesPerBatch ?? 0,
      notesLinks: order.tellsLinks ?? false,
    });
    this.#nextAt = order.part;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** Every gateway begins to send, spread over the time between two batches. */
  start(): void {
    const { data } = this.#order;
    this.counts.beginMeasuring();
    if (!data) return;
    const nowMs = Date.now();
    for (const gateway of this.#inOrder) gateway.dueMs = nowMs + this.#random() * data.batchEveryMs;
    this.#isMaking = true;
  }

  /** Nothing more is made. */
  rest(): void {
    this.#isMaking = false;
    this.#isResting = true;
  }

  /** Cuts those of these gateways that are here and connected. */
  cut(numbers: readonly number[]): void {
    for (const at of numbers) this.#gateways.get(at)?.cut();
  }

  figures(): LoadFigures {
    let connected = 0;
    let everConnected = 0;
    let sentAgain = 0;
    for (const gateway of this.#inOrder) {
      if (gateway.isConnected) connected++;
      if (gateway.hasBeenConnected) everConnected++;
      sentAgain += gateway.sentAgain;
    }
    return this.counts.figures({ isResting: this.#isResting, connected, everConnected, sentAgain });
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    const gateways = [...this.#inOrder];
    while (gateways.length > 0)
      await Promise.all(gateways.splice(0, leavingAtOnce).map((gateway) => gateway.leave()));
  }

  #tick(): void {
    this.#connectDue();
    if (this.#isMaking) this.#makeDue();
    this.#lookAtSome();
  }

  #connectDue(): void {
    const { gateways, processes, rampMs } = this.#order;
    const passedMs = performance.now() - this.#startedMs;
    while (this.#nextAt < gateways && (this.#nextAt / gateways) * rampMs <= passedMs) {
      const gateway = this.#gatewayAt(this.#nextAt);
      this.#gateways.set(this.#nextAt, gateway);
      this.#inOrder.push(gateway);
      gateway.connect();
      this.#nextAt += processes;
    }
  }

  #gatewayAt(at: number): LoadGateway {
    const { name, spoolBytes = defaultSpoolBytes } = this.#order;
    const gatewayId = gatewayName(name, at);
    return new LoadGateway({
      gatewayId,
      machineId: machineName(name, at),
      address: addressOf(this.#order, at, gatewayId),
      spoolBytes,
      book: this.counts,
    });
  }

  #makeDue(): void {
    const { data } = this.#order;
    if (!data) return;
    const nowMs = Date.now();
    for (const gateway of this.#inOrder) {
      if (gateway.dueMs > nowMs) continue;
      this.counts.onMade(nowMs - gateway.dueMs);
      gateway.make(Date.now(), data);
      gateway.dueMs += data.batchEveryMs;
    }
  }

  #lookAtSome(): void {
    this.#looked = (this.#looked + 1) % ticksPerLook;
    for (let at = this.#looked; at < this.#inOrder.length; at += ticksPerLook)
      this.#inOrder[at]?.tick();
  }
}

function addressOf(
  { urls, access, part }: WorkerOrder,
  at: number,
  gatewayId: string,
): BrokerAddress {
  const { ca, username = gatewayId, password } = access;
  const keyed = access.certificates?.[at];
  const url = urls[part % urls.length] ?? "";
  const tls = { ...(ca === undefined ? {} : { ca }), ...keyed };
  return {
    url,
    ...(password === undefined ? {} : { username, password }),
    ...(url.startsWith("mqtts:") ? { tls } : {}),
  };
}
