import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openAempClients } from "@firebreak/dashboards/server/aemp/client-files.ts";
import { drawnTelemetry } from "@firebreak/dashboards/server/api/drawn-telemetry.ts";
import { ensureAdmin } from "@firebreak/dashboards/server/auth/ensure-admin.ts";
import { openUserStore } from "@firebreak/dashboards/server/auth/user-tables.ts";
import { createServer } from "@firebreak/dashboards/server/create-server.ts";
import { ensureWebBuilt } from "@firebreak/dashboards/server/web-assets.ts";
import type { HubTlsOptions } from "@firebreak/ingest/certificates/hub-tls.ts";
import { createHealthView } from "@firebreak/ingest/health/health-view.ts";
import type { IngestOptions } from "@firebreak/ingest/ingest-options.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { TelemetryAccess } from "@firebreak/ingest/store/open-store.ts";
import { verifyToken } from "@firebreak/kit/api-tokens.ts";
import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import { type FolderLock, lockFolder } from "@firebreak/kit/file-lock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { createAuditDesk } from "@firebreak/tickets/audit/audit-desk.ts";
import { createErasureDesk } from "@firebreak/tickets/audit/erasure-desk.ts";
import { createExchangeDesk } from "@firebreak/tickets/exchange/exchange-desk.ts";
import { createFieldDesk } from "@firebreak/tickets/field/field-desk.ts";
import { createMediaDesk } from "@firebreak/tickets/field/media-desk.ts";
import { createMediaFiles } from "@firebreak/tickets/field/media-files.ts";
import { createForecastService } from "@firebreak/tickets/forecast/forecast-service.ts";
import { createKpiService } from "@firebreak/tickets/kpi/kpi-service.ts";
import { createLessonsService } from "@firebreak/tickets/lessons/lessons-service.ts";
import { noteMoveOnTickets } from "@firebreak/tickets/organisation/note-move.ts";
import {
  createOrganisationDesk,
  type OrganisationDeskOptions,
} from "@firebreak/tickets/organisation/organisation-desk.ts";
import { createStockDesk } from "@firebreak/tickets/parts/stock-desk.ts";
import { loadFilePlans } from "@firebreak/tickets/planner/file-plans.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { askAboutSilence } from "./ask-about-silence.ts";
import { startCustomerService } from "./customer-service.ts";
import { endProofsInTime } from "./end-proofs.ts";
import { type DatabaseAccess, openHubDatabase } from "./hub-database.ts";
import { hubDisks } from "./hub-disk.ts";
import { hubFileOf } from "./hub-file-of.ts";
import {
  type BrokerAccess,
  readLastPorts,
  readOrCreateStoreId,
  removeHubFile,
  writeBrokerAccess,
  writeHubFile,
  writeLastPorts,
} from "./hub-files.ts";
import { readHubHolidays, watchHolidays } from "./hub-holidays.ts";
import { startIngestOnPort } from "./hub-intake.ts";
import { startJudging } from "./hub-judging.ts";
import { hubLearned } from "./hub-learned.ts";
import { listen } from "./hub-listen.ts";
import { createHubMetrics } from "./hub-metrics.ts";
import { acceptPlans, loadHubPlans } from "./hub-plans.ts";
import { hubReadiness } from "./hub-readiness.ts";
import { startRollouts } from "./hub-rollouts.ts";
import { startSilenceWatch } from "./hub-silence.ts";
import { hubStandings } from "./hub-standings.ts";
import type { HubWorkshop } from "./hub-workshop.ts";
import { judgeBackFillsOften } from "./judge-back-fills.ts";
import { judgeHistoryOften } from "./judge-history-often.ts";
import { planDaily } from "./plan-daily.ts";
import { quarantineView } from "./quarantine-view.ts";
import { openSampleFiles } from "./sample-files.ts";
import {
  gatewayDirectory,
  judgeView,
  lateDataView,
  liveView,
  machineRegistry,
} from "./server-ports.ts";
import { sweepMediaDaily } from "./sweep-media.ts";
import { tickStockOften } from "./tick-stock.ts";
import { tickTicketsOften } from "./tick-tickets.ts";
import { trimAuditOften } from "./trim-audit-often.ts";

export interface HubOptions {
  readonly data: string;
  /** Address that pages, API and broker listen on. */
  readonly host: string;
  /** Of pages and API; 0 makes this and the broker's port free-chosen, the same as last time where they are free. */
  readonly port: number;
  readonly mqttPort: number;
  /** The embedded broker's TLS port; absent: none. */
  readonly tls?: HubTlsOptions;
  readonly broker?: BrokerAccess;
  /** Which groups the host listens to, and how long it waits for messages that are missing. */
  readonly sparkplug?: IngestOptions["sparkplug"];
  /** Default: a file in the data folder. */
  readonly database?: DatabaseAccess;
  /** Default: a file in the data folder. */
  readonly telemetry?: TelemetryAccess;
  /** Older samples are dropped; absent: none is. Of the embedded store only. */
  readonly telemetryDays?: number;
  /** Targets of notices; absent: nobody is told anything. */
  readonly channelsFile?: string;
  /** How long lines of the audit log are kept, days; absent: three years. */
  readonly auditDays?: number;
  /** Service plans beside those that come along; see `loadHubPlans`. */
  readonly plansFolder?: string;
  /** Servers of other makers to read. */
  readonly aempSources?: IngestOptions["aempSources"];
  readonly log: Logger;
  /** Of tickets, people, stock and the intake; what machines send has times of its own. Default: the system's. */
  readonly clock?: Clock;
  /** Machines are made by a simulator: every page says so. */
  readonly isSimulated?: boolean;
}

export interface Hub {
  /** Base address of pages and API. */
  readonly url: string;
  readonly mqttUrl: string;
  readonly data: string;
  /** Set at the very first start only: to be printed once, it is stored nowhere. */
  readonly adminPassword: string | undefined;
  readonly workshop: HubWorkshop;
  /** Does what has come due by the clock, without waiting for the time when it would be looked at. */
  turn(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a hub on its data folder and resolves once `/readyz` is green.
 * @throws CodedError FOLDER_IN_USE, BROKER_LISTEN, HTTP_LISTEN, BAD_CONFIGURATION and those of the stores
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { data, log } = options;
  mkdirSync(data, { recursive: true });
  const endings: Ending[] = [];
  const stop = () => endAll(endings);
  try {
    return { ...(await compose(options, endings)), data, stop };
  } catch (error) {
    log.debug({ err: error }, "hub did not start");
    await stop().catch((err: unknown) => log.error({ err }, "hub did not end cleanly"));
    throw error;
  }
}

async function compose(
  options: HubOptions,
  endings: Ending[],
): Promise<Omit<Hub, "data" | "stop">> {
  const { data, host, log, clock = systemClock } = options;
  const holidays = readHubHolidays(data);
  const webFolder = ensureWebBuilt();
  // The rest may fail first; then nobody waits for this one.
  webFolder.catch(() => undefined);
  const lock: FolderLock = lockFolder(data);
  endings.push(() => lock.release());
  const storeId = readOrCreateStoreId(data);
  const last = options.port === 0 ? readLastPorts(data) : undefined;

  const db = await openHubDatabase({ ...options, storeId });
  endings.push(() => db.close());
  await prepareTickets(db, { clock });
  const users = await openUserStore(db);

  const ingest = await startIngestOnPort(options, storeId, last);
  endings.push(() => ingest.stop());

  const plans = loadHubPlans(options.plansFolder);
  await acceptPlans(db, plans, { log, nowMs: clock.nowMs() });
  const filePlans = await loadFilePlans(db, plans);
  const { engine, tickets, verifier, machines, planOf, ...judging } = await startJudging({
    db,
    ingest,
    plans,
    filePlans,
    holidays,
    clock,
    log,
  });
  endings.push(() => judging.stop());
  endings.push(watchHolidays(holidays, log, clock.nowMs));
  const proofs = endProofsInTime({ db, tickets, verifier }, log);
  const ticks = tickTicketsOften(tickets, log);
  const stock = createStockDesk({ db, begin: tickets.begin });
  const shelves = tickStockOften(stock, log);
  const known = { db, plans, machines, live: ingest.live, clock };
  const planner = planDaily({ ...known, tickets }, log);
  const standings = hubStandings(known, log);
  const learned = hubLearned(options, log);
  const history = await judgeHistoryOften({ ...known, store: ingest.store, tickets, learned }, log);
  const late = judgeBackFillsOften({ db, clock, planOf, store: ingest.store }, log);
  const trimming = trimAuditOften({ db, clock, keepDays: options.auditDays }, log);
  const jobs = [proofs, ticks, shelves, history, late, planner, standings, trimming];
  endings.push(...jobs.map(({ stop }) => stop));
  // Before them: who judges waits for what is learned.
  endings.push(() => learned.stop());
  const { consumer, neededOffset } = judging;
  endings.push(ingest.journal.addConsumer("judge", () => consumer.offset, neededOffset));

  const files = createMediaFiles(join(data, "media"));
  const media = createMediaDesk({ db, files, clock });
  endings.push(sweepMediaDaily(media, log));
  const field = createFieldDesk({
    db,
    clock,
    begin: tickets.begin,
    workOf: tickets.workOf,
    planOf,
    telemetry: drawnTelemetry(ingest.store, planOf),
    onFault: (error) => log.error({ err: error }, "a command of a phone failed"),
  });

  const service = startCustomerService({
    db,
    clock,
    log,
    tickets,
    files,
    plans,
    planOf,
    channelsFile: options.channelsFile,
  });
  endings.push(() => service.stop());

  const onMoved: OrganisationDeskOptions["onMoved"] = (work, move) =>
    noteMoveOnTickets(tickets.begin(work.tx, work.actor), move);
  const onMachine = filePlans.note;
  const organisation = createOrganisationDesk({ db, clock, onMoved, onMachine, plans });
  const exchange = createExchangeDesk({ db, clock, onMoved, onMachine });

  const health = createHealthView(ingest.health, { live: ingest.live, clock });
  const silence = await startSilenceWatch({ db, ingest, data, clock, log });
  endings.push(() => silence.stop());
  const asked = askAboutSilence({ db, tickets, silence, live: ingest.live, planOf, clock }, log);
  endings.push(asked.stop);
  const rollouts = await startRollouts({ db, storeId, ingest, machines, clock, log });
  endings.push(() => rollouts.stop());

  const disks = hubDisks(options, clock);
  const app = createServer(
    {
      clock,
      log,
      isSimulated: options.isSimulated === true,
      machines: machineRegistry(machines, ingest.live, { health, silence, aemp: ingest.aemp }),
      plans,
      telemetry: ingest.store,
      ...openSampleFiles({ data, ingest, machines, planOf, clock, log }, endings),
      ledger: { ...ingest.ledger, ledger: ingest.ledger.of },
      live: liveView(ingest.live),
      judge: judgeView(engine, { openOf: history.open, planOf, known: standings.known }),
      standings,
      lateData: lateDataView(db),
      customers: service.customers,
      channels: service.channels,
      tickets,
      media,
      field,
      organisation,
      exchange,
      kpi: createKpiService({ db, clock }),
      forecast: createForecastService({ db, clock, plans }),
      lessons: createLessonsService({ db, clock }),
      stock,
      quarantine: quarantineView({
        ...ingest,
        alarms: () => [...asked.alarms(), ...silence.alarms(), ...ingest.alarms()],
      }),
      silence,
      captures: ingest.captures,
      controllers: ingest.controllers,
      gateways: gatewayDirectory(ingest, clock.nowMs),
      gatewayHealth: {
        ofGateway: health.ofGateway,
        ofMachine: health.ofMachine,
        changes: (gatewayId, fromMs, toMs) => ingest.health.changes(gatewayId, fromMs, toMs),
        losses: (machineId, fromMs, toMs) => ingest.health.losses(machineId, fromMs, toMs),
      },
      rollouts,
      audit: createAuditDesk({ db, newId: randomUUID }),
      erasure: createErasureDesk({ db, clock }),
      users,
      tokens: { verify: (token) => verifyToken(data, token) },
      aempClients: openAempClients(data, clock.nowMs),
      aempSources: ingest.aemp.states,
      readiness: hubReadiness({ db, ingest, disks, consumer }),
      metrics: createHubMetrics(ingest, tickets, { health, silence, disks }),
    },
    { webFolder: await webFolder },
  );
  endings.push(() => app.close());
  const httpPort = await listen(app, host, [last?.http, options.port]);

  await ready(ingest);
  const file = hubFileOf(options, ingest, { httpPort, storeId });
  const { http: url, mqtt: mqttUrl, ports } = file;
  writeBrokerAccess(data, options.broker);
  writeLastPorts(data, { ...ports, mqtt: options.broker ? (last?.mqtt ?? 0) : ports.mqtt });
  const adminPassword = await ensureAdmin(users);
  // Last, and nothing waited for behind it: whoever sees the file may end this process at once.
  writeHubFile(data, file);
  endings.push(() => removeHubFile(data));
  const turn = async () => {
    for (const { now } of [history, late, planner, asked, ticks, shelves, proofs, service])
      await now();
  };
  const workshop: HubWorkshop = {
    ...{ db, plans, planOf, holidays, ...judging, onMachine, files, telemetry: ingest.store },
    undisturbed: ticks.instead,
  };
  return { url, mqttUrl, turn, adminPassword, workshop };
}

/** Waits for the broker; an external one may come later than the hub. */
async function ready(ingest: Ingest): Promise<void> {
  while (!ingest.ready()) await new Promise((next) => setTimeout(next, 50));
}
