import { gatewayDefaults } from "@firebreak/gateway/gateway-options.ts";
import type { EdgeNode } from "@firebreak/gateway/publish/edge-node.ts";
import type { BrokerAddress } from "@firebreak/gateway/publish/mqtt-link.ts";
import { Publisher } from "@firebreak/gateway/publish/publisher.ts";
import { createEdgeNode } from "@firebreak/gateway/publish/sparkplug-edge-node.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import type { NumberRange } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { MemorySpool } from "../load/memory-spool.ts";

export interface ScenarioGatewayOptions {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly dictionary: SignalDictionary;
  /** Asked before every try: a hub that was killed may come back elsewhere. Must not throw. */
  readonly address: () => Promise<BrokerAddress>;
}

/** Only the link is in real time, and nobody shall wait for it. */
const reconnect = { minMs: 50, capMs: 500 };
/** Nothing of a scenario may be dropped; a machine's day takes about 3 MB. */
const maxBytes = 512 * 1024 * 1024;
const tickMs = 100;
/** As many as a window of a gateway holds. Engineering default. */
const repeatable = 32;

/**
 * The gateway of one simulated machine: session, delivery and codec of a real one, over a spool in memory. Its machine's
 * time is the batches' own; the waits of its link are real.
 */
export class ScenarioGateway {
  readonly machineId: string;
  readonly #options: ScenarioGatewayOptions;
  readonly #spool: MemorySpool;
  readonly #edge: EdgeNode;
  readonly #publisher: Publisher;
  readonly #timer: NodeJS.Timeout;
  #bdSeq = 0;
  /** While its link is gone. */
  #outage: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  /** Outages that are not over: several may hold at a time, and the last one to end brings the link back. */
  #outages = 0;
  /** Samples that were lost: a fault of the scenario, never to be taken for one of the hub. */
  #lost = 0;
  #sessions = 0;
  /** Of each batch so far, by its number less one. */
  readonly #samples: number[] = [];
  /** The newest batches, whether they have arrived or not. */
  #newest: readonly Uint8Array[] = [];
  #repeated = 0;

  constructor(options: ScenarioGatewayOptions) {
    const { gatewayId, machineId } = options;
    this.machineId = machineId;
    this.#options = options;
    this.#spool = new MemorySpool({
      machineId,
      maxBytes,
      onAcknowledged: () => undefined,
      onLost: (_batches, samples) => {
        this.#lost += samples;
      },
      onTakenBack: (_batches, numbers) => {
        this.#lost += samplesIn(numbers, this.#samples);
      },
    });
    this.#edge = createEdgeNode({
      gatewayId,
      address: async () => {
        while (this.#outage) await this.#outage.over;
        return options.address();
      },
      nextBdSeq: () => this.#bdSeq++ % 256,
      births: () => ({ offer: this.#spool.offer(), devices: [this.#device()] }),
      reconnect,
      keepaliveSeconds: gatewayDefaults.keepaliveSeconds,
      clock: systemClock,
      log: silentLogger,
    });
    this.#publisher = new Publisher({
      store: this.#spool,
      edge: this.#edge,
      window: gatewayDefaults.window,
      openingMs: gatewayDefaults.openingMs,
      clock: systemClock,
      log: silentLogger,
    });
    this.#timer = setInterval(() => this.#publisher.tick(), tickMs);
  }

  connect(): void {
    this.#edge.events$.subscribe((event) => {
      if (event.kind === "session") this.#sessions++;
      this.#publisher.onEvent(event);
    });
  }

  get hasBeenConnected(): boolean {
    return this.#sessions > 0;
  }
  get isOffline(): boolean {
    return this.#outage !== undefined;
  }
  /** Batches that the hub has not acknowledged. */
  get waiting(): number {
    return this.#spool.held;
  }
  /** Samples of all batches so far. */
  get produced(): number {
    return this.#spool.produced;
  }
  get lost(): number {
    return this.#lost;
  }
  /** Batches that left more than once. */
  get sentAgain(): number {
    return this.#publisher.status().sentBatches - this.#spool.everSent + this.#repeated;
  }

  /** Numbers and keeps a batch; sends it when it can. */
  send({ samples, events, header: { lane } }: Batch): void {
    const { gatewayId, machineId, dictionary } = this.#options;
    const { epoch, next: number } = this.#spool;
    const produced = this.#spool.produced + samples.length;
    const content = { epoch, number, lane, dictionary, samples, events, produced, suppressed: 0 };
    const block = encodeBatch({ gatewayId, machineId }, content);
    this.#newest = [...this.#newest, block].slice(-repeatable);
    this.#samples.push(samples.length);
    const batch = { block, samples: samples.length, madeMs: 0, session: this.#sessions };
    if (!this.#spool.append(batch)) this.#edge.rebirth();
    this.#publisher.pump();
  }

  /** Sends the newest batches a second time, whatever the hub has said of them. */
  repeat(): void {
    for (const block of this.#newest)
      if (this.#edge.publishBatch(this.machineId, block, true)) this.#repeated++;
  }

  /** Its link is gone until `goOnline` has been called as often. */
  goOffline(): void {
    this.#outages++;
    if (this.#outage) return;
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#outage = { over, end };
    this.cut();
  }

  goOnline(): void {
    this.#outages = Math.max(0, this.#outages - 1);
    if (this.#outages > 0) return;
    this.#outage?.end();
    this.#outage = undefined;
  }

  /** Cuts the connection as a mobile network does; it comes again. */
  cut(): void {
    this.#edge.dropLink("cut by the scenario");
  }

  /** Says goodbye, for good. */
  async leave(): Promise<void> {
    this.#outages = 0;
    this.goOnline();
    clearInterval(this.#timer);
    await this.#edge.disconnect();
  }

  #device() {
    const { machineId, dictionary } = this.#options;
    const signals = dictionary.signals.map(({ name }) => ({ name, value: null }));
    return { machineId, signals, dictionaries: [dictionary] };
  }
}

/** @param samples of each batch, by its number less one */
export const samplesIn = (numbers: readonly NumberRange[], samples: readonly number[]): number =>
  numbers
    .flatMap(([first, last]) => samples.slice(first - 1, last))
    .reduce((sum, count) => sum + count, 0);
