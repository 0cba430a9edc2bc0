import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import { decodeBatch, readBatchHeader, verifyBatch } from "@firebreak/wire/batch-block.ts";
import { parseDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import { type Acknowledgement, metricNames, type Offer } from "@firebreak/wire/session.ts";
import { encodeAcknowledgements, parseOffer } from "@firebreak/wire/session-codec.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { decodePayload, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { DataType } from "@firebreak/wire/sparkplug-types.ts";
import { parseTopic, sparkplugTopic, stateTopic } from "@firebreak/wire/topics.ts";
import { Aedes } from "aedes";

/** How a fake hub behaves; change it while it runs. */
export interface HubManners {
  storeId: string;
  /** False: takes batches and says nothing. */
  doesAcknowledge: boolean;
  /** Added to `through` of every acknowledgement: a hub that claims too much. */
  exaggerates: number;
  /** Share of data messages that vanish before the hub sees them, 0 to 1. */
  loses: number;
  random: () => number;
  /** CONNACK code that it answers everybody with; 0: lets them in. */
  refusesWith: number;
}

export interface ReceivedMessage {
  readonly type: string;
  readonly edge: string;
  readonly device?: string;
  readonly seq?: number;
  readonly qos: number;
  readonly bdSeq?: number;
  readonly isHistorical?: boolean;
}

/** Keeps what gateways send, once per number, and acknowledges like the real one; all state is in memory. */
export class FakeHub {
  readonly manners: HubManners = {
    storeId: "store-1",
    doesAcknowledge: true,
    exaggerates: 0,
    loses: 0,
    random: Math.random,
    refusesWith: 0,
  };
  /** Everything on its topics, in order. */
  readonly messages: ReceivedMessage[] = [];
  /** Blocks by `<epoch>/<number>`. */
  readonly blocks = new Map<string, { readonly machineId: string; readonly block: Uint8Array }>();
  readonly dictionaries = new Map<string, SignalDictionary>();
  readonly offers: Offer[] = [];
  duplicates = 0;
  /** Connects that came, let in or not. */
  attempts = 0;
  /** Same number, other content: must never happen. */
  clones = 0;
  port = 0;
  readonly #broker: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #has = new Map<string, NumberRanges>();
  readonly #aliases = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #edges = new Set<string>();

  private constructor(broker: Aedes) {
    this.#broker = broker;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
  }

  static async start(port = 0, password?: string): Promise<FakeHub> {
    const broker = await Aedes.createBroker();
    const hub = new FakeHub(broker);
    broker.authenticate = (_client, _name, given, done) => {
      hub.attempts++;
      const isWrong = password !== undefined && given?.toString() !== password;
      const returnCode = isWrong ? 4 : hub.manners.refusesWith;
      if (returnCode === 0) return done(null, true);
      done(Object.assign(new Error("no"), { returnCode }) as never, null);
    };
    broker.on("publish", (packet) => hub.#onPublish(packet));
    hub.port = await listen(hub.#server, port);
    hub.#timer = setInterval(() => hub.acknowledgeAll(), 1_000);
    hub.state(true);
    return hub;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  state(online: boolean, timestamp = Date.now()): void {
    this.#publish(stateTopic, Buffer.from(JSON.stringify({ online, timestamp })), true);
  }

  command(edge: string, name: string, value: boolean | string): void {
    const datatype = typeof value === "boolean" ? DataType.Boolean : DataType.String;
    const payload = encodePayload({
      timestampMs: Date.now(),
      metrics: [{ name, datatype, value }],
    });
    this.#publish(sparkplugTopic({ group: "firebreak", type: "NCMD", edge }), payload, false);
  }

  acknowledge(edge: string, acknowledgements: readonly Acknowledgement[]): void {
    this.command(edge, metricNames.acknowledge, encodeAcknowledgements(acknowledgements));
  }

  acknowledgeAll(): void {
    if (!this.manners.doesAcknowledge || this.#has.size === 0) return;
    const { storeId, exaggerates } = this.manners;
    const all = [...this.#has].map(([epoch, has]) => ({
      storeId,
      epoch,
      through: has.through + exaggerates,
      ranges: exaggerates > 0 ? [] : has.above,
    }));
    for (const edge of this.#edges) this.acknowledge(edge, all);
  }

  /** Forgets batches as a hub does whose data were replaced by an older copy. */
  forget(isForgotten: (number: number, epoch: string) => boolean): void {
    for (const key of [...this.blocks.keys()]) {
      const [epoch = "", number = "0"] = key.split("/");
      if (isForgotten(Number(number), epoch)) this.blocks.delete(key);
    }
    for (const [epoch, has] of this.#has)
      this.#has.set(
        epoch,
        NumberRanges.from(
          numbersOf(has)
            .filter((number) => !isForgotten(number, epoch))
            .map((number) => [number, number] as const),
        ),
      );
  }

  cutLinks(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Keeps the connections open and reads nothing any more, as behind a dead mobile link. */
  freezeLinks(): void {
    for (const socket of this.#sockets) {
      socket.pause();
      socket.removeAllListeners("data");
      socket.removeAllListeners("readable");
    }
  }

  get linkCount(): number {
    return this.#sockets.size;
  }

  batches(): (Batch & { readonly machineId: string })[] {
    return [...this.blocks.values()].map(({ machineId, block }) => {
      const dictionary = this.dictionaries.get(readBatchHeader(block).dictionary);
      if (dictionary === undefined) throw new Error("a batch names an unknown dictionary");
      return { machineId, ...decodeBatch(block, dictionary) };
    });
  }

  numbers(epoch: string): number[] {
    return [...this.blocks.keys()]
      .filter((key) => key.startsWith(epoch))
      .map((key) => Number(key.split("/")[1]))
      .sort((a, b) => a - b);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.cutLinks();
    await new Promise<void>((resolve) => this.#broker.close(resolve));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #publish(topic: string, payload: Uint8Array, retain: boolean): void {
    this.#broker.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos: 1, retain, dup: false },
      () => {},
    );
  }

  #onPublish(packet: { topic: string; payload: Buffer | string; qos: number }): void {
    const topic = parseTopic(packet.topic);
    if (topic === undefined || topic.type === "STATE" || topic.type === "NCMD") return;
    const payload = decodePayload(Buffer.from(packet.payload as Buffer));
    const metric = (name: string) => payload.metrics.find((one) => one.name === name)?.value;
    const { type, edge, device } = topic;
    const bdSeq = metric(metricNames.sequence);
    const isHistorical = payload.metrics[0]?.isHistorical;
    this.messages.push({
      type,
      edge,
      qos: packet.qos,
      ...(device === undefined ? {} : { device }),
      ...(payload.seq === undefined ? {} : { seq: payload.seq }),
      ...(typeof bdSeq === "number" ? { bdSeq } : {}),
      ...(isHistorical === undefined ? {} : { isHistorical }),
    });
    this.#edges.add(edge);
    if (type === "NBIRTH") {
      const offer = parseOffer(String(metric(metricNames.offer)));
      this.offers.push(offer);
      for (const { epoch } of offer.epochs)
        if (!this.#has.has(epoch)) this.#has.set(epoch, new NumberRanges());
      setTimeout(() => this.acknowledgeAll(), 5);
    }
    if (type === "DBIRTH") {
      const bytes = metric(metricNames.dictionaries) as Uint8Array;
      for (const dictionary of parseDictionaries(bytes))
        this.dictionaries.set(dictionary.hash, dictionary);
      const batch = payload.metrics.find(({ name }) => name === metricNames.batch);
      this.#aliases.set(`${edge}/${device}`, batch?.alias ?? -1);
    }
    if (type === "DDATA" && this.manners.random() >= this.manners.loses)
      for (const { alias, value } of payload.metrics)
        if (alias === this.#aliases.get(`${edge}/${device}`))
          this.#take(edge, device ?? "", Uint8Array.from(value as Uint8Array));
  }

  #take(edge: string, machineId: string, block: Uint8Array): void {
    if (!verifyBatch({ gatewayId: edge, machineId }, block)) throw new Error("a damaged batch");
    const { epoch, number } = readBatchHeader(block);
    const key = `${epoch}/${number}`;
    const known = this.blocks.get(key);
    if (known && Buffer.compare(known.block, block) !== 0) this.clones++;
    if (known) this.duplicates++;
    this.blocks.set(key, known ?? { machineId, block });
    const has = this.#has.get(epoch) ?? new NumberRanges();
    has.add(number);
    this.#has.set(epoch, has);
    setTimeout(() => this.acknowledgeAll(), 5);
  }
}

/** Not of those that the system gives to whoever asks for any: a hub that comes back finds its port still free. */
const ports = { from: 20_000, count: 12_000 };

async function listen(server: Server, port: number): Promise<number> {
  for (;;) {
    const tried = port || ports.from + Math.floor(Math.random() * ports.count);
    try {
      await once(server.listen(tried, "127.0.0.1"), "listening");
      return tried;
    } catch (error) {
      if (port !== 0 || errorCode(error) !== "EADDRINUSE") throw error;
    }
  }
}

function numbersOf(ranges: NumberRanges): number[] {
  return ranges
    .toJSON()
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
}
