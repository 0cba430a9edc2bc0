/** Composition of everything between the broker and the telemetry store. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { encodeAcknowledgements } from "@firebreak/wire/session-codec.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, sparkplugTopic } from "@firebreak/wire/topics.ts";
import { type AempSources, openAempSources } from "./aemp/aemp-sources.ts";
import { createAempWriter } from "./aemp/aemp-writer.ts";
import type { AempSource } from "./aemp/source-config.ts";
import { type Audit, createAudit } from "./broker/audit.ts";
import type { GatewayCredentials } from "./broker/gateway-credentials.ts";
import { type BrokerAccess, openBroker } from "./broker/open-broker.ts";
import type { CaptureLimits } from "./captures/capture-quota.ts";
import { type CaptureDesk, openCaptures } from "./captures/open-captures.ts";
import type { HubTlsOptions } from "./certificates/hub-tls.ts";
import { type GatewayEntry, type GatewayPage, listGateways } from "./certificates/list-gateways.ts";
import { type ControllerReader, openControllerBook } from "./controllers/controller-book.ts";
import { createAcknowledger } from "./delivery/acknowledger.ts";
import { openDelivery } from "./delivery/delivery.ts";
import type { IntakeQueries } from "./delivery/intake-queries.ts";
import { openMqttFeed } from "./feed/mqtt-feed.ts";
import { HealthBook, type HealthReader } from "./health/health-book.ts";
import { createLinks } from "./health/links.ts";
import { noteLoss } from "./health/note-loss.ts";
import { createAlarms, type IntakeAlarm } from "./host/alarms.ts";
import type { ArrivedBatch, HostOptions } from "./host/host-options.ts";
import type { NodeName } from "./host/node-name.ts";
import { createRetry, type RetryResult } from "./host/retry-quarantined.ts";
import { SparkplugHost } from "./host/sparkplug-host.ts";
import { type IngestStatus, ingestStatus, type LinksStatus } from "./ingest-status.ts";
import { type Journal, type JournalOptions, openJournal } from "./journal/journal.ts";
import { createLedger, type LedgerPort } from "./ledger.ts";
import { type LiveView, LiveViewKeeper } from "./live/live-view.ts";
import { seedLive } from "./live/seed-live.ts";
import { gatewayFactsOf, hasBatchSince } from "./rollout/gateway-facts.ts";
import type { GatewayFacts } from "./rollout/rollout.ts";
import { openStore, type SealOptions, type TelemetryAccess } from "./store/open-store.ts";
import type { FollowingStore } from "./store/store.ts";

export interface IngestOptions {
  readonly dataFolder: string;
  /** Gateways free batches for this store only. */
  readonly storeId: string;
  /** Address the embedded broker listens on. */
  readonly host: string;
  /** 0: any free port. */
  readonly mqttPort: number;
  /** A second port of the embedded broker, with TLS and certificates. */
  readonly tls?: HubTlsOptions;
  /** Who may come in at the embedded broker; default: the files of the data folder. */
  readonly credentials?: GatewayCredentials;
  /** How often the rights of those who are connected are looked at, ms. */
  readonly recheckMs?: number;
  /** An external broker instead of the embedded one. */
  readonly broker?: BrokerAccess;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly journal?: Pick<JournalOptions, "maxBytes" | "keepMs" | "syncIntervalMs">;
  /** Default: a file in the data folder. */
  readonly telemetry?: TelemetryAccess;
  readonly store?: SealOptions;
  readonly sparkplug?: Pick<HostOptions, "groups" | "reorderTimeoutMs">;
  /** What recordings of raw frames may take on the disk; what is left out has its default. */
  readonly captures?: Partial<CaptureLimits>;
  /** Servers of other makers to read. */
  readonly aempSources?: readonly AempSource[];
  readonly acknowledge?: { readonly spacingMs?: number; readonly repeatMs?: number };
}

export interface Ingest {
  readonly store: FollowingStore;
  readonly live: LiveView;
  readonly ledger: LedgerPort;
  /** Machines that are read from servers of other makers. */
  readonly aemp: AempSources;
  /** For further consumers: read from it, and join with `addConsumer` so that it waits for them. */
  readonly journal: Journal;
  readonly intake: IntakeQueries;
  readonly audit: Audit;
  /** What gateways say of themselves. */
  readonly health: HealthReader;
  /** Recordings of raw frames. */
  readonly captures: CaptureDesk;
  /** Who the control units of machines say they are. */
  readonly controllers: ControllerReader;
  /** Both learn by this of what came in batches, from whoever reads the journal. Never throws. */
  noteEvents(gatewayId: string, machineId: string, events: readonly MachineEvent[]): void;
  /** What gateways are like now, for whoever rolls something out to them. */
  readonly gatewayFacts: GatewayFacts;
  hasBatchSince(gatewayId: string, since: { epoch: string; number: number }): boolean;
  /** Sends an order (a metric of `nodeOrders`) to a gateway, at most once; false when it has no session. */
  order(gatewayId: string, metric: string, text: string): boolean;
  /** Calls back with what comes in NDATA; the listener must not throw. */
  onNodeData(listener: (gatewayId: string, metrics: readonly Metric[]) => void): void;
  /** Tries again what could not be used, by its place in the journal. @throws CodedError QUARANTINE_UNKNOWN, LOG_FULL */
  retryQuarantined(position: number): Promise<RetryResult>;
  alarms(): readonly IntakeAlarm[];
  /** The allow-list or a page of it, with certificates and who is connected. */
  gateways(page?: GatewayPage): Promise<readonly GatewayEntry[]>;
  status(): IngestStatus;
  /** Cheaper than the whole status. */
  links(): LinksStatus;
  /** Without credential; the embedded broker's own when there is no external one. */
  readonly mqttUrl: string;
  /** Of the embedded broker's TLS port; undefined without one. */
  readonly mqttsPort: number | undefined;
  /** True while it is connected to its broker. */
  hears(): boolean;
  /** True while what arrives is taken, kept and stored. */
  ready(): boolean;
  /** Says goodbye to the gateways and leaves everything on disk. */
  stop(): Promise<void>;
}

/** Resolves once connected to its broker. @throws CodedError BROKER_LISTEN, FOLDER_IN_USE, STORE_OPEN */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { dataFolder, storeId, log, clock = systemClock } = options;
  mkdirSync(dataFolder, { recursive: true });
  const cleanUp: Ending[] = [];
  const stop = () => endAll(cleanUp);
  try {
    const folder = join(dataFolder, "journal");
    const journal = await openJournal({ folder, log, clock, ...options.journal });
    cleanUp.push(() => journal.close());
    const { telemetry: access, store: sqlite } = options;
    const store = await openStore({ access, dataFolder, journal, log, sqlite });
    cleanUp.push(() => store.close());
    const live = new LiveViewKeeper(clock);
    cleanUp.push(() => live.close());
    const acknowledger = createAcknowledger({
      clock,
      ...options.acknowledge,
      send: (gatewayId, epochs) => sendAcknowledgement(gatewayId, epochs),
    });
    cleanUp.push(() => acknowledger.close());
    const alarms = createAlarms(clock, ({ kind, gatewayId, machineId }) =>
      log.warn({ code: kind, gatewayId, machineId }, "alarm about a gateway"),
    );
    const delivery = openDelivery({
      path: join(dataFolder, "delivery.sqlite"),
      journal,
      storeId,
      clock,
      log,
      onSettled: acknowledger.due,
      onQuarantineCut: (gatewayId) => alarms.raise("quarantine-full", gatewayId ?? "*"),
    });
    cleanUp.push(() => delivery.close());
    cleanUp.push(seedLive(live, { delivery, store, log }));

    const health = new HealthBook(join(dataFolder, "health.sqlite"), { clock, log });
    cleanUp.push(() => health.close());
    const controllers = openControllerBook(join(dataFolder, "controllers.sqlite"), { clock, log });
    cleanUp.push(() => controllers.close());
    const audit = createAudit(clock);
    const broker = await openBroker(options, {
      audit,
      alarms,
      clock,
      log,
      closeLater: (close) => void cleanUp.push(close),
    });
    const { embedded, machinesOf, rightsOf } = broker;

    const nodeListeners: ((gatewayId: string, metrics: readonly Metric[]) => void)[] = [];
    const onBatch = (arrived: ArrivedBatch) => {
      live.take(arrived);
      noteLoss(health, arrived);
    };
    const host = new SparkplugHost({
      storeId,
      delivery,
      acknowledger,
      alarms,
      clock,
      log,
      machinesOf,
      ...options.sparkplug,
      requestRebirth: (node) =>
        command(node, { name: metricNames.rebirth, datatype: DataType.Boolean, value: true }),
      onBatch,
      onHealth: (arrived) => {
        health.take(arrived);
        live.touchGateway(arrived.gatewayId);
      },
      onSession: (gatewayId, change) => health.session(gatewayId, change),
      onMachine: (state) => live.setOnline(state),
      onNodeData: (gatewayId, metrics) => {
        captures.take(gatewayId, metrics);
        for (const listener of nodeListeners) listener(gatewayId, metrics);
      },
    });
    cleanUp.push(() => host.close());
    const captures = openCaptures({
      dataFolder,
      limits: options.captures,
      isOnline: (gatewayId) => host.isOnline(gatewayId),
      gatewayOf: (machineId) => live.machine(machineId)?.gatewayId ?? undefined,
      send: (gatewayId, metric) => send(gatewayId, metric),
      alarm: (gatewayId, machineId) => alarms.raise("capture-quota", gatewayId, machineId),
      clock,
      log,
    });
    cleanUp.push(() => captures.close());
    const write = createAempWriter({
      ...{ delivery, journal, clock },
      onBatch: (arrived) => live.take(arrived),
    });
    const aemp = openAempSources({ sources: options.aempSources ?? [], store, write, clock, log });
    cleanUp.push(() => aemp.close());
    const feed = openMqttFeed({
      ...broker.access,
      groups: options.sparkplug?.groups ?? [defaultGroup],
      clientId: `firebreak-hub-${storeId.slice(0, 12)}`,
      clock,
      log,
      handler: {
        canTake: () => journal.canTake(),
        take: (topic, payload) => host.take(topic, payload),
        onOffline: () => host.goOffline(),
      },
    });
    const command = (node: NodeName, metric: Metric) => {
      const timestampMs = clock.nowMs();
      const metrics = [{ ...metric, timestampMs }];
      const payload = encodePayload({ timestampMs, metrics });
      feed.publish(sparkplugTopic({ ...node, type: "NCMD" }), payload);
    };
    const send = (gatewayId: string, metric: Metric) =>
      command({ group: defaultGroup, edge: gatewayId }, metric);
    const sendAcknowledgement = (gatewayId: string, epochs: ReadonlySet<string>) => {
      if (epochs.size === 0) return;
      const value = encodeAcknowledgements(delivery.acknowledgements(gatewayId, epochs));
      send(gatewayId, { name: metricNames.acknowledge, datatype: DataType.String, value });
    };
    cleanUp.push(() =>
      journal.sync().then(
        () => undefined,
        () => undefined,
      ),
    );
    cleanUp.push(() => feed.close());
    if (embedded) await feed.ready();

    return {
      store,
      live,
      ledger: createLedger(delivery, store),
      journal,
      intake: delivery,
      audit,
      health,
      captures,
      aemp,
      controllers,
      noteEvents(gatewayId, machineId, events) {
        captures.note(gatewayId, machineId, events);
        controllers.note(machineId, events);
      },
      gatewayFacts: gatewayFactsOf({ host, live, delivery }),
      hasBatchSince: (gatewayId, since) => hasBatchSince(delivery, gatewayId, since),
      order: (gatewayId, name, value) => {
        if (!host.isOnline(gatewayId)) return false;
        send(gatewayId, { name, datatype: DataType.String, value });
        return true;
      },
      onNodeData: (listener) => void nodeListeners.push(listener),
      retryQuarantined: createRetry({ delivery, clock, rightsOf, onBatch }),
      alarms: () => alarms.list(),
      gateways: (page) =>
        listGateways(
          dataFolder,
          { book: broker.book, online: embedded?.online ?? new Set() },
          page,
        ),
      links: createLinks({ host, health, clock }),
      status: () =>
        ingestStatus({ feed, journal, host, delivery, audit, alarms, nowMs: clock.nowMs() }),
      mqttUrl: withoutCredential(broker.access.url),
      mqttsPort: embedded?.tls?.port,
      hears: () => feed.isOnline,
      ready: () => feed.isOnline && journal.canTake(),
      stop,
    };
  } catch (error) {
    await stop().catch((err: unknown) => log.error({ err }, "intake did not end cleanly"));
    throw error;
  }
}

function withoutCredential(url: string): string {
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}
