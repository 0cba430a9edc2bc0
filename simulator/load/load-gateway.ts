import { gatewayDefaults } from "@firebreak/gateway/gateway-options.ts";
import type { EdgeEvent, EdgeNode } from "@firebreak/gateway/publish/edge-node.ts";
import type { BrokerAddress } from "@firebreak/gateway/publish/mqtt-link.ts";
import { Publisher } from "@firebreak/gateway/publish/publisher.ts";
import { createEdgeNode } from "@firebreak/gateway/publish/sparkplug-edge-node.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { type HeldBatch, MemorySpool } from "./memory-spool.ts";
import type { PumpValues } from "./pump-values.ts";

/** What all gateways of one process share: their values, and the book that they count in. */
export interface LoadBook {
  readonly values: PumpValues;
  onTry(gatewayId: string): void;
  /** `isFirst`: the gateway had none before. */
  onSession(gatewayId: string, isFirst: boolean): void;
  onLinkEnd(how: "refused" | "turnedAway" | "cut" | "broken", reason: string): void;
  onAcknowledged(batch: HeldBatch, isWithinSession: boolean): void;
  onLost(batches: number, samples: number): void;
  onTakenBack(batches: number): void;
}

export interface LoadGatewayOptions {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly address: BrokerAddress;
  readonly spoolBytes: number;
  readonly book: LoadBook;
}

/**
 * One gateway of a load: the edge node and the delivery of a real one, with its waits and its window, over a spool in
 * memory; no buses, no health, no black box.
 */
export class LoadGateway {
  readonly #options: LoadGatewayOptions;
  readonly #spool: MemorySpool;
  readonly #edge: EdgeNode;
  readonly #publisher: Publisher;
  #isConnected = false;
  #isCutting = false;
  #isLeaving = false;
  #sessions = 0;
  #bdSeq = 0;
  /** When its next batch is due, ms by the computer's clock. */
  dueMs = Number.POSITIVE_INFINITY;

  constructor(options: LoadGatewayOptions) {
    const { gatewayId, machineId, book, address } = options;
    this.#options = options;
    this.#spool = new MemorySpool({
      machineId,
      maxBytes: options.spoolBytes,
      onAcknowledged: (batch) => book.onAcknowledged(batch, batch.session === this.#sessions),
      onLost: book.onLost,
      onTakenBack: book.onTakenBack,
    });
    this.#edge = createEdgeNode({
      gatewayId,
      address: async () => {
        book.onTry(gatewayId);
        return address;
      },
      nextBdSeq: () => this.#bdSeq++ % 256,
      births: () => ({ offer: this.#spool.offer(), devices: [this.#device()] }),
      reconnect: gatewayDefaults.reconnect,
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
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }
  get hasBeenConnected(): boolean {
    return this.#sessions > 0;
  }
  get sentAgain(): number {
    return this.#publisher.status().sentBatches - this.#spool.everSent;
  }

  connect(): void {
    this.#edge.events$.subscribe((event) => this.#onEvent(event));
  }

  /** Makes, keeps and sends the batch of the time up to `dueMs`. */
  make(nowMs: number, { batchEveryMs, samplesPerBatch }: BatchShape): void {
    const { values } = this.#options.book;
    const samples = values.next(this.dueMs - batchEveryMs, batchEveryMs, samplesPerBatch);
    const { gatewayId, machineId } = this.#options;
    const block = encodeBatch(
      { gatewayId, machineId },
      {
        epoch: this.#spool.epoch,
        number: this.#spool.next,
        lane: "live",
        dictionary: values.dictionary,
        samples,
        events: [],
        produced: this.#spool.produced + samples.length,
        suppressed: 0,
      },
    );
    const batch = { block, samples: samples.length, madeMs: nowMs, session: this.#sessions };
    if (!this.#spool.append(batch)) this.#edge.rebirth();
    this.#publisher.pump();
  }

  /** As often as stalls are to be noticed; a second is often enough. */
  tick(): void {
    this.#publisher.tick();
  }

  /** Cuts the connection as a mobile network does; false if there is none. */
  cut(): boolean {
    if (!this.#isConnected) return false;
    this.#isCutting = true;
    this.#edge.dropLink("cut by the load");
    return true;
  }

  /** Says goodbye, for good. */
  leave(): Promise<void> {
    this.#isLeaving = true;
    return this.#edge.disconnect();
  }

  #device() {
    const { machineId, book } = this.#options;
    const { dictionary } = book.values;
    const signals = dictionary.signals.map(({ name }) => ({ name, value: null }));
    return { machineId, signals, dictionaries: [dictionary] };
  }

  #onEvent(event: EdgeEvent): void {
    if (this.#isLeaving) return;
    // A birth that the hub asks for is no new connection.
    if (event.kind === "session" && !this.#isConnected) {
      this.#isConnected = true;
      this.#options.book.onSession(this.#options.gatewayId, this.#sessions === 0);
      this.#sessions++;
    }
    if (event.kind === "disconnected") this.#onDisconnected(event);
    this.#publisher.onEvent(event);
  }

  #onDisconnected({ isRefused, reason }: { isRefused: boolean; reason: string }): void {
    const ended = this.#isCutting ? "cut" : "broken";
    const failed = isRefused ? "refused" : "turnedAway";
    this.#options.book.onLinkEnd(this.#isConnected ? ended : failed, reason);
    this.#isConnected = false;
    this.#isCutting = false;
  }
}

interface BatchShape {
  readonly batchEveryMs: number;
  readonly samplesPerBatch: number;
}
