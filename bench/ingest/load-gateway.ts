/** One gateway of a load, as a hub sees it; no spool on disk and no machine, but the whole session. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { encodeDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { encodeOffer, parseAcknowledgements } from "@firebreak/wire/session-codec.ts";
import { DataType, decodePayload, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, sparkplugTopic, stateTopic } from "@firebreak/wire/topics.ts";
import { generate, parser } from "mqtt-packet";
import type { PumpValues } from "./pump-values.ts";

export interface FleetOrder {
  readonly port: number;
  readonly password: string;
  readonly gateways: number;
  /** Of each gateway, and how many samples are in it. */
  readonly batchEveryMs: number;
  readonly samplesPerBatch: number;
}

/** Told by the gateway's number, the same on both sides. */
export const gatewayName = (at: number): string => `load-${at}`;
export const machineName = (at: number): string => `LOAD-${at}`;

/** What all gateways of a load share. */
export interface FleetBook {
  readonly values: PumpValues;
  noteSent(samples: number): void;
  noteAgain(): void;
  noteAcknowledged(ms: number): void;
  /** Ends the load. */
  fail(why: string): void;
}

interface Held {
  readonly packet: Buffer;
  sentMs: number;
}

const againAfterMs = 15_000;
const bdSeq: Metric = { name: metricNames.sequence, datatype: DataType.Int64, value: 0 };

export class FleetGateway {
  readonly #order: FleetOrder;
  readonly #id: string;
  readonly #machineId: string;
  readonly #epoch: string;
  readonly #fleet: FleetBook;
  readonly #held = new Map<number, Held>();
  #socket: Socket | undefined;
  #seq = 0;
  #next = 1;
  #produced = 0;
  isBorn = false;
  dueMs = 0;

  constructor(at: number, order: FleetOrder, fleet: FleetBook) {
    this.#order = order;
    this.#fleet = fleet;
    this.#id = gatewayName(at);
    this.#machineId = machineName(at);
    this.#epoch = randomBytes(16).toString("hex");
  }

  get held(): number {
    return this.#held.size;
  }

  async connect(): Promise<void> {
    const socket = connect(this.#order.port, "127.0.0.1");
    this.#socket = socket;
    socket.setNoDelay(true);
    await once(socket, "connect");
    const answers = parser({ protocolVersion: 4 });
    const opened = new Promise<void>((resolve, reject) => {
      answers.on("packet", (packet) => {
        if (packet.cmd === "connack" && packet.returnCode !== 0)
          reject(new Error(`${this.#id} is refused: ${packet.returnCode}`));
        if (packet.cmd === "suback") resolve();
        if (packet.cmd === "publish") this.#take(packet.topic, packet.payload as Buffer);
        if (packet.cmd === "publish" && packet.qos === 1)
          socket.write(generate({ cmd: "puback", messageId: packet.messageId ?? 0 }));
      });
      socket.on("error", reject);
    });
    socket.on("data", (data) => answers.parse(data));
    socket.on("close", () => this.#fleet.fail(`${this.#id} was cut off`));
    socket.write(
      generate({
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clean: true,
        keepalive: 0,
        clientId: this.#id,
        username: this.#id,
        password: Buffer.from(this.#order.password),
        will: {
          topic: this.#topic("NDEATH"),
          payload: Buffer.from(encodePayload({ timestampMs: Date.now(), metrics: [bdSeq] })),
          qos: 1,
          retain: false,
        },
      }),
    );
    const own = `spBv1.0/${defaultGroup}/NCMD/${this.#id}`;
    const subscriptions = [own, stateTopic].map((topic) => ({ topic, qos: 1 as const }));
    socket.write(generate({ cmd: "subscribe", messageId: 1, subscriptions }));
    await opened;
  }

  /** Everything of one batch: made, kept, sent. */
  send(nowMs: number): void {
    const { batchEveryMs, samplesPerBatch } = this.#order;
    const { values } = this.#fleet;
    const samples = values.next(nowMs - batchEveryMs, batchEveryMs, samplesPerBatch);
    this.#produced += samples.length;
    const number = this.#next++;
    const block = encodeBatch(
      { gatewayId: this.#id, machineId: this.#machineId },
      {
        epoch: this.#epoch,
        number,
        lane: "live",
        dictionary: values.dictionary,
        samples,
        events: [],
        produced: this.#produced,
        suppressed: 0,
      },
    );
    this.#held.set(number, { packet: Buffer.from(block), sentMs: nowMs });
    this.#publishBlock(block);
    this.#fleet.noteSent(samples.length);
  }

  /** What is not acknowledged for long. */
  sendAgain(nowMs: number): void {
    for (const held of this.#held.values()) {
      if (nowMs - held.sentMs < againAfterMs) return;
      held.sentMs = nowMs;
      this.#publishBlock(held.packet);
      this.#fleet.noteAgain();
    }
  }

  #publishBlock(block: Uint8Array): void {
    this.#seq = (this.#seq + 1) % 256;
    const metrics = [{ alias: 1, timestampMs: Date.now(), value: block }];
    const payload = encodePayload({ timestampMs: Date.now(), seq: this.#seq, metrics });
    this.#publish(this.#topic("DDATA", this.#machineId), payload);
  }

  #take(topic: string, payload: Buffer): void {
    if (topic === stateTopic) {
      if ((JSON.parse(payload.toString()) as { online: boolean }).online) this.#birth();
      return;
    }
    for (const { name, value } of decodePayload(payload).metrics) {
      if (name === metricNames.rebirth) this.#birth();
      if (name === metricNames.acknowledge && typeof value === "string") this.#settle(value);
    }
  }

  #settle(text: string): void {
    const now = Date.now();
    for (const { epoch, through, ranges } of parseAcknowledgements(text)) {
      if (epoch !== this.#epoch) continue;
      for (const [number, { sentMs }] of this.#held) {
        const isTaken =
          number <= through || ranges.some(([from, to]) => from <= number && number <= to);
        if (!isTaken) continue;
        this.#held.delete(number);
        this.#fleet.noteAcknowledged(now - sentMs);
      }
    }
  }

  #birth(): void {
    const timestampMs = Date.now();
    const machines = { [this.#machineId]: { produced: this.#produced, suppressed: 0 } };
    const numbers = [...this.#held.keys()];
    const held = numbers.map((number): [number, number] => [number, number]);
    const epochs = [{ epoch: this.#epoch, next: this.#next, held, machines }];
    const node: Metric[] = [
      bdSeq,
      { name: metricNames.rebirth, datatype: DataType.Boolean, value: false },
      {
        name: metricNames.offer,
        datatype: DataType.String,
        value: encodeOffer({ protocol: 1, storeId: null, epochs }),
      },
    ];
    this.#seq = 0;
    this.#publish(this.#topic("NBIRTH"), encodePayload({ timestampMs, seq: 0, metrics: node }));
    this.#seq = 1;
    const metrics: Metric[] = [
      {
        name: metricNames.dictionaries,
        datatype: DataType.Bytes,
        value: encodeDictionaries([this.#fleet.values.dictionary]),
      },
      { name: metricNames.batch, alias: 1, datatype: DataType.Bytes, isNull: true },
    ];
    const device = encodePayload({ timestampMs, seq: 1, metrics });
    this.#publish(this.#topic("DBIRTH", this.#machineId), device);
    this.isBorn = true;
  }

  #publish(topic: string, payload: Uint8Array): void {
    const packet = { cmd: "publish", topic, qos: 0, dup: false, retain: false } as const;
    this.#socket?.write(generate({ ...packet, payload: Buffer.from(payload) }));
  }

  #topic(type: "NBIRTH" | "NDEATH" | "DBIRTH" | "DDATA", device?: string): string {
    const named = device === undefined ? {} : { device };
    return sparkplugTopic({ group: defaultGroup, type, edge: this.#id, ...named });
  }
}
