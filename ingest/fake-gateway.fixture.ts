/** A gateway reduced to its half of the contract: births, batches kept until acknowledged, resending. For tests. */
import { encodeDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import { metricNames, type NumberRange } from "@firebreak/wire/session.ts";
import { encodeOffer, parseAcknowledgements } from "@firebreak/wire/session-codec.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { DataType, decodePayload, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, sparkplugTopic, stateTopic } from "@firebreak/wire/topics.ts";
import { connect, type MqttClient } from "mqtt";

export interface HeldBatch {
  readonly machineId: string;
  readonly number: number;
  readonly block: Uint8Array;
}

/** What survives of a gateway between connections: its spool. */
export interface FakeSpool {
  readonly gatewayId: string;
  readonly epoch: string;
  readonly dictionary: SignalDictionary;
  readonly machines: Map<string, { produced: number; suppressed: number }>;
  /** Everything not forgotten, acknowledged or not. */
  readonly held: Map<number, HeldBatch>;
  /** What the hub said last: a hub restored from a copy says less than before. */
  acknowledged: NumberRanges;
  next: number;
  bdSeq: number;
  storeId: string | null;
}

export const newSpool = (
  gatewayId: string,
  epoch: string,
  dictionary: SignalDictionary,
): FakeSpool => ({
  gatewayId,
  epoch,
  dictionary,
  machines: new Map(),
  held: new Map(),
  acknowledged: new NumberRanges(),
  next: 1,
  bdSeq: -1,
  storeId: null,
});

/** Puts a batch into the spool. */
export function keep(spool: FakeSpool, batch: HeldBatch, produced: number): void {
  spool.held.set(batch.number, batch);
  spool.next = Math.max(spool.next, batch.number + 1);
  spool.machines.set(batch.machineId, { produced, suppressed: produced * 2 });
}

export interface FakeGateway {
  readonly client: MqttClient;
  readonly rebirths: number;
  birth(): void;
  /** Sends everything that is not acknowledged and was not sent just before; nothing while the hub is away. */
  sendDue(): void;
  send(machineId: string, block: Uint8Array): void;
  raw(type: "NBIRTH" | "DBIRTH" | "DDATA" | "NDATA", payload: Uint8Array, machineId?: string): void;
  close(): Promise<void>;
}

/** Sent again sooner, batches would pile up before a hub on a busy computer, whatever it acknowledges. */
const patienceMs = 200;

/** Connects; resolves once connected and subscribed, rejects when refused. Gives birth at each "online" of the hub. */
export async function startFakeGateway(
  spool: FakeSpool,
  access: { url: string; password: string; clientId?: string },
): Promise<FakeGateway> {
  const { gatewayId } = spool;
  spool.bdSeq = (spool.bdSeq + 1) % 256;
  const topic = (type: "NBIRTH" | "NDEATH" | "NDATA" | "DBIRTH" | "DDATA", device?: string) =>
    sparkplugTopic({
      group: defaultGroup,
      type,
      edge: gatewayId,
      ...(device === undefined ? {} : { device }),
    });
  const bdSeq: Metric = {
    name: metricNames.sequence,
    datatype: DataType.Int64,
    value: spool.bdSeq,
  };
  const will = Buffer.from(encodePayload({ timestampMs: Date.now(), metrics: [bdSeq] }));
  const client = connect(access.url, {
    clientId: access.clientId ?? gatewayId,
    username: gatewayId,
    password: access.password,
    reconnectPeriod: 0,
    protocolVersion: 4,
    will: { topic: topic("NDEATH"), payload: will, qos: 1, retain: false },
  });
  client.on("error", () => {});
  const sentMs = new Map<number, number>();
  const counts = { seq: 0, rebirths: 0, hubStamp: 0, born: false };
  const raw: FakeGateway["raw"] = (type, payload, machineId) =>
    void client.publish(topic(type, machineId), Buffer.from(payload), { qos: 0 });
  const alias = (machineId: string) => 1 + [...spool.machines.keys()].indexOf(machineId);
  const nextSeq = () => {
    counts.seq = (counts.seq + 1) % 256;
    return counts.seq;
  };

  const birth = () => {
    const timestampMs = Date.now();
    counts.seq = 0;
    counts.born = true;
    sentMs.clear();
    // The hub says anew what it has: it may be another one, or one restored from a copy.
    spool.acknowledged = new NumberRanges();
    const held = NumberRanges.from(
      [...spool.held.keys()].map((number): NumberRange => [number, number]),
    );
    const { storeId, epoch, next } = spool;
    const machines = Object.fromEntries(spool.machines);
    const epochs = [{ epoch, next, held: held.toJSON(), machines }];
    const offer = encodeOffer({ protocol: 1, storeId, epochs });
    const node: Metric[] = [
      bdSeq,
      { name: metricNames.rebirth, datatype: DataType.Boolean, value: false },
      { name: metricNames.offer, datatype: DataType.String, value: offer },
    ];
    raw("NBIRTH", encodePayload({ timestampMs, seq: 0, metrics: node }));
    for (const machineId of spool.machines.keys()) {
      const dictionaries = encodeDictionaries([spool.dictionary]);
      const metrics: Metric[] = [
        { name: metricNames.dictionaries, datatype: DataType.Bytes, value: dictionaries },
        {
          name: metricNames.batch,
          alias: alias(machineId),
          datatype: DataType.Bytes,
          isNull: true,
        },
      ];
      raw("DBIRTH", encodePayload({ timestampMs, seq: nextSeq(), metrics }), machineId);
    }
  };
  const send = (machineId: string, block: Uint8Array) => {
    const metrics = [{ alias: alias(machineId), timestampMs: Date.now(), value: block }];
    raw("DDATA", encodePayload({ timestampMs: Date.now(), seq: nextSeq(), metrics }), machineId);
  };
  const onState = (text: string) => {
    const { online, timestamp } = JSON.parse(text) as { online: boolean; timestamp: number };
    if (!online || timestamp <= counts.hubStamp) return;
    counts.hubStamp = timestamp;
    birth();
  };

  client.on("message", (from, payload) => {
    if (from === stateTopic) return onState(payload.toString());
    for (const { name, value } of decodePayload(payload).metrics) {
      if (name === metricNames.rebirth) {
        counts.rebirths++;
        birth();
      }
      if (name !== metricNames.acknowledge || typeof value !== "string") continue;
      for (const { epoch, through, ranges, storeId } of parseAcknowledgements(value)) {
        spool.storeId ??= storeId;
        if (epoch !== spool.epoch) continue;
        const start: NumberRange[] = through > 0 ? [[1, through]] : [];
        spool.acknowledged = NumberRanges.from([...start, ...ranges]);
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => {
      const own = `spBv1.0/${defaultGroup}/NCMD/${gatewayId}`;
      client.subscribe([own, stateTopic], { qos: 1 }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    client.once("error", reject);
    client.once("close", () => reject(new Error("closed before it was connected")));
  });

  return {
    client,
    get rebirths() {
      return counts.rebirths;
    },
    birth,
    send,
    raw,
    sendDue() {
      if (!counts.born || !client.connected) return;
      const nowMs = performance.now();
      for (const { machineId, number, block } of spool.held.values()) {
        if (spool.acknowledged.has(number)) continue;
        if (nowMs - (sentMs.get(number) ?? Number.NEGATIVE_INFINITY) < patienceMs) continue;
        sentMs.set(number, nowMs);
        send(machineId, block);
      }
    },
    close: async () => {
      await client.endAsync(true);
    },
  };
}

/** Polls until `check` holds. @throws after `timeoutMs`, with what was waited for. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
