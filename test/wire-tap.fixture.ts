import { connect, createServer, type Server, type Socket } from "node:net";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { parseAcknowledgements } from "@firebreak/wire/session-codec.ts";
import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { createPacketReader, type Publish } from "./mqtt-packets.fixture.ts";

/** A batch as it passed by. */
export interface PassedBatch {
  readonly topic: string;
  readonly epoch: string;
  readonly number: number;
  readonly samples: number;
  readonly block: Uint8Array;
  /** How often it went out. */
  times: number;
}

/** Stands between gateways and a broker, passes everything on and counts: what was sent, what is acknowledged. */
export class WireTap {
  /** By epoch and number. */
  readonly batches = new Map<string, PassedBatch>();
  /** While true no acknowledgement and no other command reaches a gateway. */
  isLosingCommands = false;
  readonly #links = new Set<Link>();
  readonly #waiting = new Set<() => void>();
  readonly #server: Server;
  readonly #target: () => number;

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer((gateway) => this.#join(gateway));
  }

  /** `target`: the broker's port on this machine, asked for at each connection. */
  static async start(target: () => number): Promise<WireTap> {
    const tap = new WireTap(target);
    await new Promise<void>((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  get url(): string {
    const address = this.#server.address();
    return `mqtt://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  /** Batches under way on the connections that are open now: sent, and no acknowledgement has come by. */
  get inFlight(): number {
    return [...this.#links].reduce((sum, { unacknowledged }) => sum + unacknowledged.size, 0);
  }

  get resent(): number {
    return [...this.batches.values()].reduce((sum, { times }) => sum + times - 1, 0);
  }

  epochs(): Set<string> {
    return new Set([...this.batches.values()].map(({ epoch }) => epoch));
  }

  samplesOf(epoch: string): number {
    return [...this.batches.values()].reduce(
      (sum, batch) => sum + (batch.epoch === epoch ? batch.samples : 0),
      0,
    );
  }

  /** Resolves when the next batch goes by. */
  nextBatch(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** From now on nothing comes through on the connections that are open, to their end; new ones work. */
  swallow(): void {
    for (const link of this.#links) link.isSwallowing = true;
  }

  /** Cuts every connection; the gateways come back. */
  cut(): void {
    for (const { end } of this.#links) end();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(gateway: Socket): void {
    const broker = connect({ port: this.#target(), host: "127.0.0.1", noDelay: true });
    gateway.setNoDelay(true);
    const link: Link = {
      unacknowledged: new Map(),
      isSwallowing: false,
      end: () => {
        gateway.destroy();
        broker.destroy();
        this.#links.delete(link);
      },
    };
    this.#links.add(link);
    const fromGateway = createPacketReader((bytes, publish) => {
      if (!link.isSwallowing) broker.write(bytes);
      if (publish) this.#onSent(link, publish);
    });
    const fromBroker = createPacketReader((bytes, publish) => {
      const isCommand = publish?.topic.includes("/NCMD/") ?? false;
      if (link.isSwallowing || (isCommand && this.isLosingCommands)) return;
      if (publish && isCommand) onCommand(link, publish);
      gateway.write(bytes);
    });
    gateway.on("data", fromGateway);
    broker.on("data", fromBroker);
    for (const socket of [gateway, broker]) {
      socket.on("error", link.end);
      socket.on("close", link.end);
    }
  }

  #onSent(link: Link, { topic, payload }: Publish): void {
    if (!topic.includes("/DDATA/")) return;
    for (const { value } of decodePayload(payload).metrics) {
      if (!(value instanceof Uint8Array)) continue;
      const { epoch, number, sampleCount } = readBatchHeader(value);
      const key = `${epoch}/${number}`;
      const known = this.batches.get(key);
      if (known) known.times++;
      else
        this.batches.set(key, {
          topic,
          epoch,
          number,
          samples: sampleCount,
          block: value,
          times: 1,
        });
      link.unacknowledged.set(key, { epoch, number });
    }
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

interface Link {
  readonly unacknowledged: Map<string, { readonly epoch: string; readonly number: number }>;
  isSwallowing: boolean;
  readonly end: () => void;
}

function onCommand({ unacknowledged }: Link, { payload }: Publish): void {
  for (const { name, value } of decodePayload(payload).metrics) {
    if (name !== metricNames.acknowledge || typeof value !== "string") continue;
    for (const { epoch, through, ranges } of parseAcknowledgements(value)) {
      const settled = NumberRanges.from(through > 0 ? [[1, through], ...ranges] : ranges);
      for (const [key, batch] of unacknowledged)
        if (batch.epoch === epoch && settled.has(batch.number)) unacknowledged.delete(key);
    }
  }
}
