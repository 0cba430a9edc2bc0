import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { CertificateBook } from "../certificates/certificate-book.ts";
import { type HubTlsOptions, openHubTls } from "../certificates/hub-tls.ts";
import { openEmbeddedFeed } from "../feed/embedded-feed.ts";
import type { Feed } from "../feed/feed.ts";
import { type MqttFeedOptions, openMqttFeed } from "../feed/mqtt-feed.ts";
import type { IntakeAlarms } from "../host/alarms.ts";
import { createFloodLimit } from "../host/flood-limit.ts";
import { createAllowList } from "./allow-list.ts";
import type { Audit } from "./audit.ts";
import { type EmbeddedBroker, startEmbeddedBroker } from "./embedded-broker.ts";
import {
  findCredentialNow,
  type GatewayCredentials,
  openGatewayCredentials,
} from "./gateway-credentials.ts";

/** How to reach a broker, and as whom. */
export interface BrokerAccess {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

export interface OpenBrokerOptions {
  readonly dataFolder: string;
  readonly host: string;
  readonly mqttPort: number;
  readonly tls?: HubTlsOptions;
  readonly credentials?: GatewayCredentials;
  readonly recheckMs?: number;
  /** An external one instead of the embedded one. */
  readonly broker?: BrokerAccess;
}

export interface OpenBroker {
  /** With the credential of an external one, where the address has it. */
  readonly url: string;
  openFeed(options: Omit<MqttFeedOptions, keyof BrokerAccess>): Feed;
  /** Undefined with an external one. */
  readonly embedded: EmbeddedBroker | undefined;
  readonly book: CertificateBook | undefined;
  /** For which machines a gateway may speak; undefined where that is not known. */
  readonly machinesOf: (gatewayId: string) => readonly string[] | undefined;
  /** The same, read anew; undefined only for one that is not enrolled here. */
  readonly rightsOf: (gatewayId: string) => Promise<readonly string[] | undefined>;
}

const takeoversPerMinute = 4;

/** The broker gateways meet the hub at. What is to be closed goes to `closeLater`. @throws CodedError BROKER_LISTEN */
export async function openBroker(
  options: OpenBrokerOptions,
  parts: {
    readonly audit: Audit;
    readonly alarms: IntakeAlarms;
    readonly clock: Clock;
    readonly log: Logger;
    readonly closeLater: (close: () => Promise<void> | void) => void;
  },
): Promise<OpenBroker> {
  const { audit, alarms, clock, log, closeLater } = parts;
  const { dataFolder, broker } = options;
  const folder = join(dataFolder, "gateways");
  const credentials = options.credentials ?? openGatewayCredentials(folder, log);
  const rightsOf: OpenBroker["rightsOf"] = async (gatewayId) => {
    const found = await credentials.find(gatewayId);
    return found?.revoked ? [] : found?.machines;
  };
  if (broker) {
    const findNow = (gatewayId: string) => findCredentialNow(folder, gatewayId, log);
    const machinesOf = createAllowList({ credentials, findNow, clock, log });
    return {
      url: broker.url,
      openFeed: (feed) => openMqttFeed({ ...feed, ...broker }),
      embedded: undefined,
      book: undefined,
      machinesOf,
      rightsOf,
    };
  }
  const { tls } = options;
  const hubTls = tls && (await openHubTls({ dataFolder, tls, credentials, audit, clock, log }));
  if (hubTls) closeLater(() => hubTls.close());
  const admitted = new Map<string, readonly string[]>();
  const isCalm = createFloodLimit(() => clock.monotonicMs(), takeoversPerMinute);
  const embedded = await startEmbeddedBroker({
    host: options.host,
    port: options.mqttPort,
    credentials,
    audit,
    log,
    clock,
    ...(hubTls ? { tls: hubTls.brokerTls } : {}),
    ...(options.recheckMs === undefined ? {} : { recheckMs: options.recheckMs }),
    onAdmit: (gatewayId, machines) => admitted.set(gatewayId, machines),
    onTakeover: (gatewayId) => {
      if (!isCalm(gatewayId)) alarms.raise("alternating-sessions", gatewayId);
    },
  });
  closeLater(() => embedded.close());
  if (embedded.tls) hubTls?.keepFresh(embedded.tls);
  return {
    url: `mqtt://${urlHost(options.host)}:${embedded.port}`,
    openFeed: (feed) => openEmbeddedFeed({ ...feed, broker: embedded }),
    embedded,
    book: hubTls?.book,
    machinesOf: (gatewayId) => admitted.get(gatewayId),
    rightsOf,
  };
}

/** An address to listen on as one to connect to. */
function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
