import { createBackoff } from "@firebreak/kit/backoff.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { packLengths } from "@firebreak/wire/packed-lengths.ts";
import { stateTopic } from "@firebreak/wire/topics.ts";
import { connect, type ISubscriptionMap, type MqttClient } from "mqtt";
import type { Feed, FeedHandler } from "./feed.ts";
import { encodeState, goodbye, takeMessage } from "./state-message.ts";

export interface MqttFeedOptions {
  /** mqtt://host:port or mqtts://host:port; a credential in it counts unless one is passed. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  /** Sparkplug groups to listen to. */
  readonly groups: readonly string[];
  readonly handler: FeedHandler;
  readonly clock: Clock;
  readonly log: Logger;
}

/** As far as dates go. */
const maxTimeMs = 8.64e15;
/** Somebody who says that this hub is offline, later than it said online, is believed by the gateways. */
const outbidSpacingMs = 60_000;

/**
 * The hub as a Sparkplug host over MQTT 3.1.1. Each connection subscribes first and then says that the hub is online,
 * with the stamp of its own will, so that gateways give birth only once somebody listens. To an "offline" of its own
 * topic it answers with the same "online"; where that has an older stamp, a new connection brings a newer one.
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
  let outbidAtMs = Number.NEGATIVE_INFINITY;
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
  const sayOnline = (on: MqttClient, timestamp: number) =>
    on.publish(stateTopic, encodeState(true, timestamp), { qos: 1, retain: true });

  const onOwnState = (on: MqttClient, { text, stamp }: { text: string; stamp: number }) => {
    const offlineSince = offlineStamp(text);
    if (offlineSince === undefined) return;
    if (isOnline) sayOnline(on, stamp);
    const now = clock.monotonicMs();
    if (offlineSince < stamp || now - outbidAtMs < outbidSpacingMs) return;
    outbidAtMs = now;
    lastStamp = Math.max(lastStamp, offlineSince);
    log.warn({ offlineSince }, "somebody says that this hub is offline");
    on.end();
  };
  packLengths();
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
      will: { topic: stateTopic, payload: encodeState(false, timestamp), qos: 1, retain: true },
    });
    client = one;
    one.on("message", (topic, payload) => {
      // Our own farewell comes back too, and is no news.
      if (closing) return;
      if (topic !== stateTopic) takeMessage(handler, counts, { topic, payload });
      else onOwnState(one, { text: payload.toString(), stamp: timestamp });
    });
    one.on("error", (error) => {
      if (closing) return;
      if (lastError !== error.message) log.error({ err: error }, "broker cannot be reached");
      lastError = error.message;
    });
    one.on("connect", () => {
      one.subscribe(subscriptions(options.groups), (error, granted) => {
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
        const said = last.publishAsync(stateTopic, encodeState(false, nextStamp()), {
          qos: 1,
          retain: true,
        });
        await goodbye(said);
      }
      // With a DISCONNECT, so that the broker does not send the will behind it.
      await goodbye(last.endAsync());
      // Not waited for: of a stream that has ended already the library never says so.
      last.end(true);
    },
  };
}

const subscriptions = (groups: readonly string[]): ISubscriptionMap => ({
  ...Object.fromEntries(groups.map((group) => [`spBv1.0/${group}/#`, { qos: 0 as const }])),
  [stateTopic]: { qos: 1 as const },
});

/** When somebody says that the hub went offline, ms; undefined for anything else. */
function offlineStamp(text: string): number | undefined {
  try {
    const { online, timestamp } = JSON.parse(text) as { online?: unknown; timestamp?: unknown };
    const isTime = typeof timestamp === "number" && Math.abs(timestamp) <= maxTimeMs;
    return online === false && isTime ? timestamp : undefined;
  } catch {
    return undefined;
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
