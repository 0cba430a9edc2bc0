import type { QuarantineReader } from "@firebreak/dashboards/server/ports.ts";
import { presenceFile } from "@firebreak/ingest/silence/hub-presence.ts";
import type { SilenceNotice } from "@firebreak/ingest/silence/notices.ts";
import { type SilenceWatch, watchSilence } from "@firebreak/ingest/silence/silence-watch.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  loadMachineSites,
  type MachineSites,
} from "@firebreak/tickets/organisation/machine-sites.ts";
import { recurring } from "./recurring.ts";

const everyMs = 60_000;

type Alarm = ReturnType<QuarantineReader["alarms"]>[number];

/** The watch over silent machines, with what it tells as alarms of the hub. */
export interface HubSilence extends SilenceWatch {
  /** Newest first. */
  alarms(): Alarm[];
  stop(): Promise<void>;
}

export async function startSilenceWatch(parts: {
  readonly db: Database;
  readonly ingest: Pick<Ingest, "live" | "health" | "audit" | "intake" | "hears">;
  readonly data: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<HubSilence> {
  const { db, ingest, data, clock, log } = parts;
  let sites: MachineSites = await loadMachineSites(db);
  const { live, health, audit, intake } = ingest;
  const watch = watchSilence({
    ...{ live, health, audit, intake, clock },
    log: log.child({ component: "silence" }),
    siteOf: (machineId) => sites.siteOf.get(machineId) ?? null,
    hears: () => ingest.hears(),
    path: presenceFile(data),
  });
  const refresh = recurring({
    everyMs,
    run: async () => {
      try {
        sites = await loadMachineSites(db);
      } catch (error) {
        log.warn({ err: error }, "where machines work could not be read");
      }
    },
  });
  const nameOf = (siteId: string) => sites.nameOf.get(siteId) ?? siteId;
  return {
    of: watch.of,
    list: watch.list,
    counts: watch.counts,
    notices: watch.notices,
    get reconnecting() {
      return watch.reconnecting;
    },
    look: watch.look,
    close: watch.close,
    alarms: () => watch.notices().map((notice) => toAlarm(notice, nameOf)),
    stop() {
      watch.close();
      return refresh.stop();
    },
  };
}

const toAlarm = (
  { cause, siteId, gatewayId, machineId, machines, detail, firstMs, lastMs, count }: SilenceNotice,
  nameOf: (siteId: string) => string,
): Alarm => ({
  kind: `silent-${cause}`,
  gatewayId,
  machineId,
  site: siteId === null ? null : { siteId, name: nameOf(siteId) },
  machines,
  detail,
  firstAt: new Date(firstMs).toISOString(),
  lastAt: new Date(lastMs).toISOString(),
  count,
});
