/** Composition of everything between the broker and the telemetry store. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { DataType } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup } from "@firebreak/wire/topics.ts";
import { type AempSources, openAempSources } from "./aemp/aemp-sources.ts";
import { createAempWriter } from "./aemp/aemp-writer.ts";
import { type Audit, createAudit } from "./broker/audit.ts";
import { openBroker } from "./broker/open-broker.ts";
import { type CaptureDesk, openCaptures } from "./captures/open-captures.ts";
import { type GatewayEntry, type GatewayPage, listGateways } from "./certificates/list-gateways.ts";
import { type ControllerReader, openControllerBook } from "./controllers/controller-book.ts";
import { createAcknowledger } from "./delivery/acknowledger.ts";
import { openDelivery } from "./delivery/delivery.ts";
import type { IntakeQueries } from "./delivery/intake-queries.ts";
import { HealthBook, type HealthReader } from "./health/health-book.ts";
import { createLinks } from "./health/links.ts";
import { noteLoss } from "./health/note-loss.ts";
import { createAlarms, type IntakeAlarm } from "./host/alarms.ts";
import type { ArrivedBatch } from "./host/host-options.ts";
import { createNodeCommands } from "./host/node-commands.ts";
import { createRetry, type RetryResult } from "./host/retry-quarantined.ts";
import { SparkplugHost } from "./host/sparkplug-host.ts";
import type { IngestOptions } from "./ingest-options.ts";
import { type IngestStatus, ingestStatus, type LinksStatus } from "./ingest-status.ts";
import { type Journal, openJournal } from "./journal/journal.ts";
import { createLedger, type LedgerPort } from "./ledger.ts";
import { DecodedBatches } from "./live/decoded-batches.ts";
import { type LiveView, LiveViewKeeper } from "./live/live-view.ts";
import { seedLive } from "./live/seed-live.ts";
import { gatewayFactsOf, hasBatchSince } from "./rollout/gateway-facts.ts";
import type { GatewayFacts } from "./rollout/rollout.ts";
import { hubAliveMs } from "./silence/hub-presence.ts";
import { openStore } from "./store/open-store.ts";
import type { FollowingStore } from "./store/store.ts";

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
  /** A batch at a place of the journal as it was decoded when it arrived, once; undefined when it is no longer there. */
  takeDecoded(position: number): Batch | undefined;
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
      send: (gatewayId, epochs) => commands.acknowledge(gatewayId, epochs),
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

    const aliveMs = hubAliveMs(dataFolder, log);
    const health = new HealthBook(join(dataFolder, "health.sqlite"), { clock, log, aliveMs });
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
    const decoded = new DecodedBatches();
    const onBatch = (arrived: ArrivedBatch, position: number) => {
      live.take(arrived);
      decoded.put(position, arrived.batch);
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
      requestRebirth: (node) => commands.requestRebirth(node),
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
      send: (gatewayId, metric) => commands.send(gatewayId, metric),
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
    const feed = broker.openFeed({
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
    const commands = createNodeCommands({ feed, delivery, clock });
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
      takeDecoded: (position) => decoded.take(position),
      gatewayFacts: gatewayFactsOf({ host, live, delivery }),
      hasBatchSince: (gatewayId, since) => hasBatchSince(delivery, gatewayId, since),
      order: (gatewayId, name, value) => {
        if (!host.isOnline(gatewayId)) return false;
        commands.send(gatewayId, { name, datatype: DataType.String, value });
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
      mqttUrl: withoutCredential(broker.url),
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
