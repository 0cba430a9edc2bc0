import { join } from "node:path";
import { type ExportDesk, openExportDesk } from "@firebreak/ingest/exports/export-desk.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";

/** Files of samples, in a folder of the hub's data; what runs at the end of the hub begins anew at its start. */
export function openHubExports(
  parts: {
    readonly data: string;
    readonly ingest: Pick<Ingest, "store">;
    readonly clock: Clock;
    readonly log: Logger;
  },
  endings: (() => Promise<void> | void)[],
): ExportDesk {
  const { data, ingest, clock, log } = parts;
  const desk = openExportDesk({
    ...{ folder: join(data, "exports"), store: ingest.store, clock, log },
  });
  endings.push(() => desk.stop());
  return desk;
}
