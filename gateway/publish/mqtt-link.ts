import { isIP, type Socket } from "node:net";
import { packLengths } from "@firebreak/wire/packed-lengths.ts";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { linkReason } from "./link-reasons.ts";

/** What a gateway shows of itself, and whom it trusts. */
export interface LinkAccess {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: LinkTls;
}

/** PEM. */
export interface LinkTls {
  /** The only authorities whose servers are trusted; absent: the public ones. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** How to reach a broker. */
export interface BrokerAddress extends LinkAccess {
  /** mqtt://host:port or mqtts://host:port */
  readonly url: string;
  /** IP address to dial; the name in `url` stays what the server's certificate must be for. */
  readonly dial?: string;
}

/** Why a connection ended, in clear text; `refused`: the broker said no, or is not the one it should be. */
export interface LinkEnd {
  readonly kind: "refused" | "lost";
  readonly reason: string;
}

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
export function openLink(options: LinkOptions): { destroy(reason?: string): void } {
  const { address, topics, onUp, onMessage, onEnd } = options;
  const where = whereOf(address);
  const client = connect(clientOptions(options));
  // Now that `writeCache` is off: before, it would fill the table of numbers first.
  packLengths();
  let end: LinkEnd = { kind: "lost", reason: `${where}: nothing answers` };
  let hasEnded = false;
  let writtenAtPing = 0;

  function finish(last: LinkEnd): void {
    if (hasEnded) return;
    hasEnded = true;
    client.end(true);
    onEnd(last);
  }

  client.on("connect", () => {
    end = { kind: "lost", reason: `${where}: the connection was cut` };
    client.subscribe([...topics], { qos: 1 }, (error, granted) => {
      const isRefused = granted?.some(({ qos }) => qos === 128) ?? false;
      if (error || isRefused) finish({ kind: "refused", reason: "the subscription was refused" });
      else if (!hasEnded) onUp(client);
    });
  });
  client.on("message", (topic, payload) => {
    // Whoever speaks is alive, and a ping would wait behind what is under way. But the broker must hear something too.
    const { bytesWritten = 0 } = client.stream as Partial<Socket>;
    if (bytesWritten > writtenAtPing) client.reschedulePing(true);
    writtenAtPing = bytesWritten;
    onMessage(topic, payload);
  });
  client.on("error", (error) => {
    const { isRefused, text } = linkReason(error, where);
    end = { kind: isRefused ? "refused" : "lost", reason: text };
    if (isRefused) finish(end);
  });
  client.on("close", () => finish(end));
  return { destroy: (reason = "given up") => finish({ kind: "lost", reason }) };
}

function clientOptions({ address, clientId, will, ...options }: LinkOptions): IClientOptions {
  const { protocol, hostname, port } = new URL(address.url);
  const isTls = protocol === "mqtts:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const { ca, certificate, key } = address.tls ?? {};
  return {
    protocol: isTls ? "mqtts" : "mqtt",
    host: address.dial ?? host,
    port: Number(port) || (isTls ? 8883 : 1883),
    // Certificates for an address are checked against the address that is dialled.
    ...(isTls && isIP(host) === 0 ? { servername: host } : {}),
    ...(isTls && ca !== undefined ? { ca } : {}),
    ...(isTls && certificate !== undefined && key !== undefined ? { cert: certificate, key } : {}),
    clientId,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    clean: true,
    protocolVersion: 4,
    keepalive: options.keepaliveSeconds,
    // Publishing into a line that is dead proves nothing, so it must not put a ping off.
    reschedulePings: false,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    // It would keep a buffer for each of the 65,536 packet numbers: 7 MB.
    writeCache: false,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
  };
}

/** `hub.example (10.0.0.7)`: what the user knows, and what was tried. */
function whereOf({ url, dial }: BrokerAddress): string {
  const { host, hostname } = new URL(url);
  return dial === undefined || dial === hostname.replace(/^\[|\]$/g, "")
    ? host
    : `${host} (${dial})`;
}
