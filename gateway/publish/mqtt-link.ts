import { connect, type IClientOptions, type MqttClient } from "mqtt";

/** How to reach a broker. */
export interface BrokerAddress {
  /** mqtt://host:port or mqtts://host:port */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** Why a connection ended; `refused` is the broker's own word (wrong credentials, full, unavailable). */
export type LinkEnd =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string };

export interface LinkOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  readonly will: { readonly topic: string; readonly payload: Uint8Array };
  /** Subscribed with QoS 1 before `onUp`. */
  readonly topics: readonly string[];
  readonly keepaliveSeconds: number;
  readonly connectTimeoutMs: number;
  readonly onUp: (client: MqttClient) => void;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  readonly onEnd: (end: LinkEnd) => void;
}

/**
 * One try to connect and the connection that comes of it; `onEnd` is called exactly once. The library's own reconnect
 * is off: it knows no jitter, and gives up after a refusal.
 */
export function openLink(options: LinkOptions): { destroy(): void } {
  const { address, clientId, will, topics, onUp, onMessage, onEnd } = options;
  const client = connect(address.url, {
    clientId,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    clean: true,
    protocolVersion: 4,
    keepalive: options.keepaliveSeconds,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
  } satisfies IClientOptions);
  let reason = "the connection was closed";
  let hasEnded = false;

  function finish(end: LinkEnd): void {
    if (hasEnded) return;
    hasEnded = true;
    client.end(true);
    onEnd(end);
  }

  client.on("connect", () => {
    client.subscribe([...topics], { qos: 1 }, (error, granted) => {
      const isRefused = granted?.some(({ qos }) => qos === 128) ?? false;
      if (error || isRefused) finish({ kind: "refused", reason: "the subscription was refused" });
      else if (!hasEnded) onUp(client);
    });
  });
  client.on("message", (topic, payload) => onMessage(topic, payload));
  client.on("error", (error) => {
    reason = error.message || reason;
    // CONNACK codes 1 to 5: the broker answered, and said no.
    const code = "code" in error ? error.code : undefined;
    if (typeof code === "number") finish({ kind: "refused", reason });
  });
  client.on("close", () => finish({ kind: "lost", reason }));
  return { destroy: () => finish({ kind: "lost", reason: "given up" }) };
}
