import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openAempClients } from "@firebreak/dashboards/server/aemp/client-files.ts";
import { drawnTelemetry } from "@firebreak/dashboards/server/api/drawn-telemetry.ts";
import { ensureAdmin } from "@firebreak/dashboards/server/auth/ensure-admin.ts";
import { openUserStore } from "@firebreak/dashboards/server/auth/user-tables.ts";
import { createServer } from "@firebreak/dashboards/server/create-server.ts";
import { ensureWebBuilt } from "@firebreak/dashboards/server/web-assets.ts";
import { createHealthView } from "@firebreak/ingest/health/health-view.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import { verifyToken } from "@firebreak/kit/api-tokens.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import { type FolderLock, lockFolder } from "@firebreak/kit/file-lock.ts";
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
import { createShelvingDesk } from "@firebreak/tickets/shelving/shelving-desk.ts";
import { createResetDesk } from "@firebreak/tickets/verification/reset-desk.ts";
import { askAboutSilence } from "./ask-about-silence.ts";
import { startCustomerService } from "./customer-service.ts";
import { openHubDatabase } from "./hub-database.ts";
import { hubDisks } from "./hub-disk.ts";
import { hubFileOf } from "./hub-file-of.ts";
import {
  readLastPorts,
  readOrCreateStoreId,
  removeHubFile,
  writeBrokerAccess,
  writeHubFile,
  writeLastPorts,
} from "./hub-files.ts";
import { readHubHolidays, watchHolidays } from "./hub-holidays.ts";
import { startIngestOnPort } from "./hub-intake.ts";
import { startHubJobs } from "./hub-jobs.ts";
import { startJudging } from "./hub-judging.ts";
import { listen } from "./hub-listen.ts";
import { createHubMetrics } from "./hub-metrics.ts";
import type { Hub, HubOptions } from "./hub-options.ts";
import { acceptPlans, loadHubPlans } from "./hub-plans.ts";
import { hubReadiness } from "./hub-readiness.ts";
import { startRollouts } from "./hub-rollouts.ts";
import { startSilenceWatch } from "./hub-silence.ts";
import type { HubWorkshop } from "./hub-workshop.ts";
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
  const stock = createStockDesk({ db, begin: tickets.begin });
  const shelving = createShelvingDesk({ db, clock, tickets, planOf });
  const jobs = await startHubJobs(options, {
    ...{ db, clock, plans, planOf, machines, tickets, shelving, verifier, stock },
    live: ingest.live,
    store: ingest.store,
  });
  const { history, standings } = jobs;
  endings.push(() => jobs.stop());
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
    onFault: (error) => log.error({ err: error }, "what a phone sent or asked for failed"),
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
      shelving,
      resets: createResetDesk({ db, tickets }),
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
    for (const { now } of [...jobs.due.before, asked, ...jobs.due.after, service]) await now();
  };
  const workshop: HubWorkshop = {
    ...{ db, plans, planOf, holidays, ...judging, onMachine, files, telemetry: ingest.store },
    undisturbed: jobs.ticks.instead,
  };
  return { url, mqttUrl, turn, adminPassword, workshop };
}

/** Waits for the broker; an external one may come later than the hub. */
async function ready(ingest: Ingest): Promise<void> {
  while (!ingest.ready()) await new Promise((next) => setTimeout(next, 50));
}
