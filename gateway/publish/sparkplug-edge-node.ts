import { createBackoff } from "@firebreak/kit/backoff.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { type HealthEntry, healthName } from "@firebreak/wire/gateway-health.ts";
import { type Acknowledgement, metricNames, nodeOrders } from "@firebreak/wire/session.ts";
import { parseAcknowledgements } from "@firebreak/wire/session-codec.ts";
import { decodePayload, encodePayload, type Metric } from "@firebreak/wire/sparkplug-payload.ts";
import {
  defaultGroup,
  type MessageType,
  sparkplugTopic,
  stateTopic,
} from "@firebreak/wire/topics.ts";
import type { MqttClient } from "mqtt";
import { Observable, type Subscriber } from "rxjs";
import type { EdgeEvent, EdgeNode, EdgeNodeOptions } from "./edge-node.ts";
import {
  encodeBatchData,
  encodeDeath,
  encodeDeviceBirth,
  encodeHealth,
  encodeNodeBirth,
} from "./edge-payloads.ts";
import { createHostState } from "./host-state.ts";
import { type BrokerAddress, type LinkEnd, openLink } from "./mqtt-link.ts";
import { type Route, routeOf } from "./route.ts";

const defaultConnectTimeoutMs = 20_000;
/** A retained STATE comes right behind the subscription; without one births go out all the same. */
const stateWaitMs = 1_000;
const birthSpacingMs = 1_000;
const goodbyeMs = 2_000;
const refusedFactor = 5;

/**
 * A Sparkplug B edge node of our contract: MQTT 3.1.1, clean session, will, births, data with one batch each, rebirth
 * on demand, and the hub's acknowledgements. Sends what it is given and keeps nothing.
 */
export function createEdgeNode(options: EdgeNodeOptions): EdgeNode {
  return new SparkplugEdgeNode(options);
}

class SparkplugEdgeNode implements EdgeNode {
  readonly events$: Observable<EdgeEvent>;
  readonly #options: EdgeNodeOptions;
  readonly #backoff: ReturnType<typeof createBackoff>;
  readonly #refusedBackoff: ReturnType<typeof createBackoff>;
  #subscriber: Subscriber<EdgeEvent> | undefined;
  readonly #route: Route;
  #link: { destroy(reason?: string): void } | undefined;
  #hasWorked = false;
  #client: MqttClient | undefined;
  #host = createHostState();
  #timer: NodeJS.Timeout | undefined;
  #bdSeq = 0;
  #seq = 0;
  #bornAtMs = Number.NEGATIVE_INFINITY;
  #isRebirthDue = false;
  #isBorn = false;
  /** Alias of the batch metric, by machine; empty before the births. */
  readonly #batchAliases = new Map<string, number>();
  /** By name, as in the newest NBIRTH. */
  readonly #healthAliases = new Map<string, number>();
  /** When the births went out that the hub has not answered yet. */
  #unansweredMs: number | undefined;

  constructor(options: EdgeNodeOptions) {
    this.#options = options;
    this.#route = routeOf(options.address);
    const { minMs, capMs } = options.reconnect ?? { minMs: 1_000, capMs: 120_000 };
    this.#backoff = createBackoff(minMs, capMs);
    const slowMs = Math.min(capMs, minMs * refusedFactor);
    this.#refusedBackoff = createBackoff(slowMs, Math.max(slowMs, capMs));
    this.events$ = new Observable((subscriber) => {
      this.#subscriber = subscriber;
      void this.#connect();
      return () => this.#cut();
    });
  }

  publishBatch(machineId: string, block: Uint8Array, isHistorical: boolean): boolean {
    const alias = this.#batchAliases.get(machineId);
    if (alias === undefined || !this.#client?.connected || !this.#host.isOnline) return false;
    const timestampMs = this.#options.clock.nowMs();
    const seq = this.#nextSeq();
    const payload = encodeBatchData(block, { alias, seq, isHistorical, timestampMs });
    this.#publish("DDATA", payload, machineId);
    return true;
  }

  publishHealth(entries: readonly HealthEntry[], isHistorical: boolean): number {
    if (!this.#client?.connected || !this.#host.isOnline) return 0;
    const named = entries.flatMap((entry) => {
      const alias = this.#healthAliases.get(healthName(entry.path));
      return alias === undefined ? [] : [{ entry, alias }];
    });
    if (named.length < entries.length) return 0;
    const timestampMs = this.#options.clock.nowMs();
    const payload = encodeHealth(named, { seq: this.#nextSeq(), isHistorical, timestampMs });
    this.#publish("NDATA", payload);
    return payload.length;
  }

  publishNode(metrics: readonly Metric[]): boolean {
    if (!this.#isBorn || !this.#client?.connected || !this.#host.isOnline) return false;
    const timestampMs = this.#options.clock.nowMs();
    const stamped = metrics.map((metric) => ({ ...metric, timestampMs }));
    const payload = encodePayload({ timestampMs, seq: this.#nextSeq(), metrics: stamped });
    this.#publish("NDATA", payload);
    return true;
  }

  rebirth(): void {
    if (this.#isRebirthDue || !this.#client) return;
    const waitMs = this.#bornAtMs + birthSpacingMs - this.#options.clock.monotonicMs();
    this.#isRebirthDue = true;
    this.#after(Math.max(0, waitMs), () => this.#giveBirth());
  }

  dropLink(reason?: string): void {
    this.#link?.destroy(reason);
  }

  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client?.connected) {
      const payload = Buffer.from(encodeDeath(this.#bdSeq, this.#options.clock.nowMs()));
      const sent = client.publishAsync(this.#topic("NDEATH"), payload, { qos: 1 });
      await Promise.race([sent.catch(() => undefined), delay(goodbyeMs)]);
      await Promise.race([client.endAsync().catch(() => undefined), delay(goodbyeMs)]);
    }
    const subscriber = this.#subscriber;
    this.#cut();
    subscriber?.complete();
  }

  async #connect(): Promise<void> {
    const { gatewayId, nextBdSeq, clock, keepaliveSeconds = 20 } = this.#options;
    const address = await this.#nextAddress();
    if (this.#subscriber === undefined || address === undefined) return;
    this.#hasWorked = false;
    this.#bdSeq = nextBdSeq();
    this.#host = createHostState();
    this.#link = openLink({
      address,
      clientId: gatewayId,
      will: { topic: this.#topic("NDEATH"), payload: encodeDeath(this.#bdSeq, clock.nowMs()) },
      topics: [this.#topic("NCMD"), stateTopic],
      keepaliveSeconds,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? defaultConnectTimeoutMs,
      onUp: (client) => this.#onUp(client),
      onMessage: (topic, payload) => this.#onMessage(topic, payload),
      onEnd: (end) => this.#onEnd(end),
    });
  }

  async #nextAddress(): Promise<BrokerAddress | undefined> {
    try {
      return await this.#route.next();
    } catch (error) {
      this.#onEnd({ kind: "lost", reason: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  #onUp(client: MqttClient): void {
    this.#client = client;
    if (this.#host.isOnline) this.#giveBirth();
    else this.#after(stateWaitMs, () => this.#giveBirth());
  }

  #onEnd({ kind, reason }: LinkEnd): void {
    this.#client = undefined;
    this.#link = undefined;
    this.#isBorn = false;
    this.#batchAliases.clear();
    this.#healthAliases.clear();
    this.#isRebirthDue = false;
    if (this.#subscriber === undefined) return;
    const isRefused = kind === "refused";
    this.#subscriber.next({ kind: "disconnected", isRefused, reason });
    // Another address of the same round is no new try: a dead one must not cost a wait.
    if (!this.#hasWorked && this.#route.failed()) {
      this.#after(0, () => void this.#connect());
      return;
    }
    const waitMs = isRefused ? this.#refusedBackoff.nextMs() : this.#backoff.nextMs();
    this.#after(waitMs, () => void this.#connect());
  }

  #onMessage(topic: string, payload: Uint8Array): void {
    if (topic === stateTopic) {
      this.#onState(Buffer.from(payload).toString());
      return;
    }
    try {
      const { metrics, timestampMs } = decodePayload(payload);
      for (const { name, value } of metrics) {
        if (name === metricNames.rebirth && value === true) this.rebirth();
        if (name === metricNames.acknowledge && typeof value === "string")
          this.#onAcknowledge(parseAcknowledgements(value), timestampMs);
        if (name !== undefined && nodeOrders.includes(name) && typeof value === "string")
          this.#subscriber?.next({ kind: "order", metric: name, text: value });
      }
    } catch (error) {
      this.#options.log.warn(
        { err: error, code: errorCode(error) },
        "a command was not understood",
      );
    }
  }

  #onAcknowledge(acknowledgements: readonly Acknowledgement[], hubMs: number | undefined): void {
    this.#tellHubTime(hubMs);
    // Only now is it certain that the whole way works; a broker that accepts and drops must not be hammered.
    this.#backoff.reset();
    this.#refusedBackoff.reset();
    if (!this.#hasWorked) this.#route.worked();
    this.#hasWorked = true;
    this.#subscriber?.next({ kind: "acknowledged", acknowledgements });
  }

  #tellHubTime(hubMs: number | undefined): void {
    if (this.#unansweredMs === undefined || hubMs === undefined) return;
    const roundTripMs = this.#options.clock.monotonicMs() - this.#unansweredMs;
    this.#unansweredMs = undefined;
    this.#subscriber?.next({ kind: "hub-time", hubMs, roundTripMs });
  }

  #onState(text: string): void {
    const change = this.#host.take(text);
    if (change === "came-online" && this.#client) this.#giveBirth();
    if (change === "went-offline") this.#subscriber?.next({ kind: "hub-away" });
  }

  /** NBIRTH and every DBIRTH, at once: no data can come between them. */
  #giveBirth(): void {
    if (!this.#client?.connected) return;
    clearTimeout(this.#timer);
    this.#isRebirthDue = false;
    this.#bornAtMs = this.#options.clock.monotonicMs();
    this.#unansweredMs = this.#bornAtMs;
    const { offer, devices, health = [] } = this.#options.births();
    const timestampMs = this.#options.clock.nowMs();
    this.#seq = 0;
    this.#batchAliases.clear();
    this.#healthAliases.clear();
    for (const [at, { path }] of health.entries())
      this.#healthAliases.set(healthName(path), at + 1);
    const birth = encodeNodeBirth(this.#bdSeq, { offer, health }, timestampMs);
    this.#publish("NBIRTH", birth);
    this.#options.onBirth?.(birth.length);
    let firstAlias = health.length + 1;
    for (const device of devices) {
      const place = { seq: this.#nextSeq(), firstAlias, timestampMs };
      const { payload, batchAlias } = encodeDeviceBirth(device, place);
      this.#publish("DBIRTH", payload, device.machineId);
      this.#options.onBirth?.(payload.length, device.machineId);
      this.#batchAliases.set(device.machineId, batchAlias);
      firstAlias = batchAlias + 1;
    }
    this.#isBorn = true;
    this.#subscriber?.next({ kind: this.#host.isOnline ? "session" : "hub-away" });
  }

  /** Numbers are given at the moment of sending: one given to a message that is then dropped would look like a gap. */
  #nextSeq(): number {
    this.#seq = (this.#seq + 1) % 256;
    return this.#seq;
  }

  #publish(type: MessageType, payload: Uint8Array, device?: string): void {
    this.#client?.publish(this.#topic(type, device), Buffer.from(payload), { qos: 0 }, () => {
      // A failed write ends the connection, and what was in it goes out again.
    });
  }

  #topic(type: MessageType, device?: string): string {
    const { group = defaultGroup, gatewayId } = this.#options;
    return sparkplugTopic({ group, type, edge: gatewayId, ...(device ? { device } : {}) });
  }

  #after(waitMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, waitMs);
  }

  #cut(): void {
    this.#subscriber = undefined;
    clearTimeout(this.#timer);
    this.#link?.destroy();
  }
}

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
