/**
 * An MQTT 3.1.1 broker in this process: known gateways and nobody else; the hub itself is
 * no client of it but in the same process. It keeps nothing on disk:
 * delivery is proven end to end by batch acknowledgements, never by PUBACK.
 */
import { TLSSocket } from "node:tls";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { packLengths } from "@firebreak/wire/packed-lengths.ts";
import { stateTopic } from "@firebreak/wire/topics.ts";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { createAttemptLimit } from "./attempt-limit.ts";
import type { Audit, Refusal } from "./audit.ts";
import { type BrokerTls, openDoor, remoteOfSocket } from "./door.ts";
import type { GatewayCredentials } from "./gateway-credentials.ts";
import type { TlsListener } from "./tls-listener.ts";
import { canPublish, canSubscribe } from "./topic-rights.ts";
import { type Admitted, watchAdmitted } from "./watch-admitted.ts";

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly credentials: GatewayCredentials;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
  /** A gateway was let in, and for which machines it may speak. */
  readonly onAdmit?: (gatewayId: string, machines: readonly string[]) => void;
  /** A gateway connected while another connection of that id was alive; that one is closed. */
  readonly onTakeover?: (gatewayId: string) => void;
  /** Longest packet in bytes; default 256 KiB. */
  readonly maxPacketBytes?: number;
  /** Default 20,000. */
  readonly maxConnections?: number;
  /** So many connections are let in per second; default 300. More of them wait, and more than those of 12 s come again. */
  readonly connectionsPerSecond?: number;
  /** A second port, with TLS, where gateways come in by certificate as well. */
  readonly tls?: BrokerTls;
  /** How often it is looked at whether those who are in may still be, ms; default 15 s. */
  readonly recheckMs?: number;
}

export interface EmbeddedBroker {
  readonly port: number;
  readonly tls: Pick<TlsListener, "port" | "show"> | undefined;
  /** Gateways that are connected now. */
  readonly online: ReadonlySet<string>;
  /** Calls back with what gateways publish under this filter, in their order; `take` must not throw. */
  listen(filter: string, take: (topic: string, payload: Uint8Array) => void): void;
  /** Resolves once it is with those who are connected and have subscribed. */
  publish(topic: string, payload: Uint8Array, how?: HowToPublish): Promise<void>;
  readonly connections: number;
  /** Connections that have come and wait for their turn. */
  readonly waiting: number;
  close(): Promise<void>;
}

export interface HowToPublish {
  /** Default 0. */
  readonly qos?: 0 | 1;
  /** Default false. */
  readonly retain?: boolean;
}

const badCredentials = 4;
const notAuthorized = 5;
const defaultRecheckMs = 15_000;

/** Resolves when it listens. @throws {CodedError} `BROKER_LISTEN`. */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { audit, credentials, clock, log, maxPacketBytes = 256 * 1024 } = options;
  const perAddress = createAttemptLimit(clock, { failures: 60, windowMs: 60_000 });
  const perIdentity = createAttemptLimit(clock, { failures: 10, windowMs: 60_000 });
  const admitted = new Map<Client, Admitted>();
  const willTopics = new WeakMap<Client, string>();
  const live = new Map<string, Client>();
  const refusedBefore = new WeakSet<Client>();

  const enter = (client: Client, right: Admitted) => {
    // It has gone while it was judged: no end of it will be told any more.
    if (client.closed) return;
    const { credential } = right;
    if (client.id !== credential.gatewayId) throw refused("client-id", notAuthorized);
    const will = willTopics.get(client);
    if (will !== undefined && !canPublish(client.id, credential.machines, will))
      throw refused("will-topic", notAuthorized);
    admitted.set(client, right);
    options.onAdmit?.(credential.gatewayId, credential.machines);
    if (live.has(client.id)) options.onTakeover?.(client.id);
    live.set(client.id, client);
  };

  const admit = async (client: Client, username: string | undefined, password: string) => {
    const certificate = certificateOf(client);
    if (certificate && options.tls) {
      const verdict = await options.tls.gate.judge(certificate);
      if (!verdict.isAdmitted) throw refused(verdict.what, notAuthorized, verdict.detail);
      enter(client, { credential: verdict.credential, certificate });
      return;
    }
    const address = addressOf(client);
    const credential = await credentials.find(username ?? "");
    if (!credential) {
      // Nothing is hashed for a name that is nobody's, but the log and the audit are not to be flooded either.
      throw perAddress.take(address)
        ? refused("bad-credentials", badCredentials)
        : refused("too-many-attempts", notAuthorized);
    }
    // By name: a crowd of strangers behind the same address does not lock a gateway out.
    const key = `${address} ${credential.gatewayId}`;
    if (!perIdentity.take(key)) throw refused("too-many-attempts", notAuthorized);
    if (!(await credentials.verify(credential, password)))
      throw refused("bad-credentials", badCredentials);
    perIdentity.giveBack(key);
    if (credential.revoked) throw refused("revoked", notAuthorized);
    enter(client, { credential });
  };

  packLengths();
  const broker = await Aedes.createBroker({
    // No queue inside: it is unbounded, and emptied by recursion, which ends the process when a fleet is lost at once
    // (RangeError). What is in flight is bounded for each client below. https://github.com/mcollina/mqemitter/pull/204
    concurrency: 0,
    connectTimeout: 10_000,
    drainTimeout: 15_000,
    queueLimit: 64,
    maxInflightInbound: 16,
    maxTopicLevels: 8,
    preConnect(client, packet, done) {
      packet.clean = true; // a session kept for an absent client would be memory without a bound
      // What came right behind waits until it is known whose it is; else it may be looked at before it has a client id.
      if (canPause(client)) client.pause();
      if (packet.will) willTopics.set(client, packet.will.topic);
      done(null, true);
    },
    authenticate(client, username, password, done) {
      admit(client, username, password?.toString("utf8") ?? "").then(
        () => done(null, true),
        (error: AuthenticateError & { what?: Refusal; detail?: string }) => {
          refusedBefore.add(client);
          const detail = error.detail ?? username ?? "";
          if (error.what) audit.refuse(error.what, client.id, remoteOf(client), detail);
          else log.error({ err: error }, "credentials cannot be checked");
          done(error, false);
        },
      );
    },
    authorizePublish(client, packet, done) {
      if (!client) return done(null);
      const right = admitted.get(client)?.credential;
      const allowed = right && canPublish(right.gatewayId, right.machines, packet.topic);
      if (allowed && !packet.retain) return done(null);
      refusedBefore.add(client);
      const what = allowed ? "publish-retained" : "publish-topic";
      audit.refuse(what, right?.gatewayId ?? "", remoteOf(client), packet.topic);
      done(new Error("publish refused"));
    },
    authorizeSubscribe(client, subscription, done) {
      const gatewayId = admitted.get(client)?.credential.gatewayId;
      if (gatewayId !== undefined && canSubscribe(gatewayId, subscription.topic))
        return done(null, subscription);
      audit.refuse("subscribe-topic", gatewayId ?? "", remoteOf(client), subscription.topic);
      done(null, null);
    },
    authorizeForward: (client, packet) =>
      packet.topic === stateTopic || canSubscribe(client.id, packet.topic) ? packet : null,
  });

  broker.on("clientDisconnect", (client: Client) => {
    admitted.delete(client);
    if (live.get(client.id) === client) live.delete(client.id);
  });
  broker.on("clientError", (client: Client, error: Error) => {
    if (!refusedBefore.delete(client) && !isHangUp(error))
      audit.refuse("protocol-error", client.id ?? "", remoteOf(client), error.message);
  });
  broker.on("connectionError", (client: Client, error: Error) => {
    if (refusedBefore.delete(client) || isHangUp(error)) return;
    const isLate = error.message === "connect did not arrive in time";
    const what = isLate ? "connect-timeout" : "protocol-error";
    audit.refuse(what, client.id ?? "", remoteOf(client), error.message);
  });

  const door = await openDoor({
    host: options.host,
    port: options.port,
    maxPacketBytes,
    maxConnections: options.maxConnections ?? 20_000,
    connectionsPerSecond: options.connectionsPerSecond ?? 300,
    audit,
    clock,
    ...(options.tls ? { tls: options.tls } : {}),
    onMqtt: (socket) => broker.handle(socket),
  }).catch(async (error: unknown) => {
    // Its heartbeat would keep the process from ending.
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    throw error;
  });
  const watch = watchAdmitted({
    admitted,
    credentials,
    gate: options.tls?.gate,
    intervalMs: options.recheckMs ?? defaultRecheckMs,
    onEnded(client, what, detail) {
      audit.refuse(what, client.id, remoteOf(client), detail);
      log.warn({ gatewayId: client.id, what }, "a connection was cut, its right has ended");
      client.close();
    },
    log,
  });

  return {
    tls: door.tls,
    get online() {
      return new Set(live.keys());
    },
    port: door.port,
    listen(filter, take) {
      broker.subscribe(
        filter,
        ({ topic, payload }, done) => {
          take(topic, Buffer.from(payload));
          done();
        },
        () => {},
      );
    },
    publish(topic, payload, { qos = 0, retain = false } = {}) {
      const packet = { cmd: "publish", topic, qos, retain, dup: false } as const;
      return new Promise((resolve, reject) => {
        broker.publish({ ...packet, payload: Buffer.from(payload) }, (error) =>
          error ? reject(error) : resolve(),
        );
      });
    },
    get connections() {
      return door.connections;
    },
    get waiting() {
      return door.waiting;
    },
    async close() {
      watch.stop();
      const closed = door.stopListening();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      door.cut();
      await closed;
    },
  };
}

/** What the types of aedes leave out: reading goes on by itself once the client is let in. */
const canPause = (client: object): client is { pause(): void } =>
  "pause" in client && typeof client.pause === "function";

/** Without the port, which is another one for each connection. */
const addressOf = (client: Client) => remoteOf(client).replace(/:\d+$/, "");
const remoteOf = (client: Client) => remoteOfSocket(client.conn);
const isHangUp = (error: Error & { code?: string }) =>
  error.code === "ECONNRESET" ||
  error.code === "EPIPE" ||
  error.code === "ERR_STREAM_PREMATURE_CLOSE" ||
  error.message === "keep alive timeout";

function refused(what: Refusal, returnCode: number, detail?: string): AuthenticateError {
  return Object.assign(new Error("connect refused"), { what, returnCode, detail });
}

/** DER of what the other side has shown and proven to hold; undefined without TLS or certificate. */
function certificateOf({ conn }: Client): Uint8Array | undefined {
  return conn instanceof TLSSocket ? conn.getPeerX509Certificate()?.raw : undefined;
}
