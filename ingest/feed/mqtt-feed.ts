import { createBackoff } from "@firebreak/kit/backoff.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { defaultGroup, stateTopic } from "@firebreak/wire/topics.ts";
import { connect, type MqttClient } from "mqtt";
import type { Feed, FeedHandler } from "./feed.ts";

export interface MqttFeedOptions {
  /** mqtt://host:port or mqtts://host:port; a credential in it counts unless one is passed. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly handler: FeedHandler;
  readonly clock: Clock;
  readonly log: Logger;
}

const topics = [`spBv1.0/${defaultGroup}/#`, stateTopic];

/**
 * The hub as a Sparkplug host over MQTT 3.1.1. Each connection subscribes first and then says that the hub is online,
 * with the stamp of its own will, so that gateways give birth only once somebody listens.
 * @see Sparkplug 3.0, host application: STATE, QoS 1, retained
 */
export function openMqttFeed(options: MqttFeedOptions): Feed {
  const { handler, clock, log } = options;
  const address = splitUrl(options);
  const backoff = createBackoff(250, 30_000);
  const counts = { received: 0, bytes: 0, deferred: 0, connects: 0 };
  let client: MqttClient | undefined;
  let isOnline = false;
  let lastError: string | null = null;
  let closing = false;
  let lastStamp = 0;
  let timer: NodeJS.Timeout | undefined;
  let tellReady = () => {};
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });

  /** Grows always: a gateway takes a newer "online" for a hub that knows nothing of its session. */
  const nextStamp = () => {
    lastStamp = Math.max(clock.nowMs(), lastStamp + 1);
    return lastStamp;
  };
  const state = (online: boolean, timestamp: number) =>
    Buffer.from(JSON.stringify({ online, timestamp }));
  const sayOnline = (on: MqttClient, timestamp: number) =>
    on.publish(stateTopic, state(true, timestamp), { qos: 1, retain: true });

  const take = (on: MqttClient, topic: string, payload: Buffer) => {
    if (topic === stateTopic) {
      if (isOffline(payload) && isOnline) sayOnline(on, nextStamp());
      return;
    }
    counts.received++;
    counts.bytes += payload.length;
    if (!handler.canTake() && !topic.includes("BIRTH/") && !topic.includes("DEATH/")) {
      counts.deferred++;
      return;
    }
    handler.take(topic, payload);
  };

  const open = () => {
    const timestamp = nextStamp();
    const one = connect(address.url, {
      ...address.credential,
      clientId: options.clientId,
      clean: true,
      protocolVersion: 4,
      keepalive: 20,
      connectTimeout: 10_000,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: stateTopic, payload: state(false, timestamp), qos: 1, retain: true },
    });
    client = one;
    one.on("message", (topic, payload) => take(one, topic, payload));
    one.on("error", (error) => {
      if (lastError !== error.message) log.error({ err: error }, "broker cannot be reached");
      lastError = error.message;
    });
    one.on("connect", () => {
      one.subscribe([...topics], { qos: 0 }, (error, granted) => {
        if (error || granted?.some(({ qos }) => qos > 2)) {
          lastError = "the broker refuses the subscription";
          log.error({ err: error }, "the broker refuses the subscription");
          one.end(true);
          return;
        }
        counts.connects++;
        isOnline = true;
        lastError = null;
        backoff.reset();
        sayOnline(one, timestamp);
        log.info({ connects: counts.connects }, "hub is connected to the broker");
        tellReady();
      });
    });
    one.on("close", () => {
      if (client !== one) return;
      client = undefined;
      if (isOnline) handler.onOffline();
      isOnline = false;
      one.removeAllListeners("close").end(true);
      if (!closing) timer = setTimeout(open, backoff.nextMs());
    });
  };
  open();

  return {
    counts,
    get isOnline() {
      return isOnline;
    },
    get lastError() {
      return lastError;
    },
    ready: () => ready,
    publish(topic, payload) {
      if (!client || !isOnline) return false;
      client.publish(topic, Buffer.from(payload), { qos: 0 });
      return true;
    },
    async close() {
      closing = true;
      clearTimeout(timer);
      const last = client;
      client = undefined;
      if (!last) return;
      if (isOnline) {
        isOnline = false;
        const said = last.publishAsync(stateTopic, state(false, nextStamp()), {
          qos: 1,
          retain: true,
        });
        await Promise.race([said.catch(() => undefined), wait(1_000)]);
      }
      await last.endAsync(true);
    },
  };
}

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });

function isOffline(payload: Uint8Array): boolean {
  try {
    const state: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return typeof state === "object" && state !== null && "online" in state && !state.online;
  } catch {
    return false;
  }
}

/** The credential out of the address, so that no log line shows it. */
function splitUrl({ url, username, password }: MqttFeedOptions) {
  const parsed = new URL(url);
  const user = username ?? decodeURIComponent(parsed.username);
  const secret = password ?? decodeURIComponent(parsed.password);
  parsed.username = "";
  parsed.password = "";
  return {
    url: parsed.href,
    credential:
      user === "" ? {} : { username: user, ...(secret === "" ? {} : { password: secret }) },
  };
}
