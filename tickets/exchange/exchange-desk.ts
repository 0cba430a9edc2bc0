import { randomUUID } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { OrganisationDeskOptions } from "../organisation/organisation-desk.ts";
import type { MachineMove, OrganisationWork } from "../organisation/put-machine.ts";
import { createTicketIds, type TicketIds } from "../ticket-ids.ts";
import type { Actor } from "../vocabulary.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { type ExportQuery, exportRows } from "./export-lists.ts";
import { type ImportJob, ImportJobs } from "./import-jobs.ts";
import { type ImportName, importKinds } from "./imports.ts";
import { carryOutImport, previewImport, readImport } from "./run-import.ts";
import { fileTooLarge, type SheetFormat, writeSheets } from "./sheet-tasks.ts";
import { writeTemplate } from "./template.ts";

export interface ImportOrder {
  readonly list: ImportName;
  readonly mode: ImportJob["mode"];
  readonly bytes: Uint8Array;
  readonly actor: Actor;
  /** The same id with the same file again changes nothing and gives the first answer. */
  readonly commandId?: string | undefined;
}

/**
 * Lists in and out as Excel and CSV. Errors: EXCHANGE_TOO_LARGE (413), EXCHANGE_UNKNOWN (404), EXCHANGE_BUSY (503);
 * what is wrong with a file is told by its job.
 */
export interface ExchangeDesk {
  template(list: ImportName): Promise<Buffer>;
  /** Begins to read a file; gives the id of its job. */
  start(order: ImportOrder): string;
  /** The job as it is now, or once it ended or `waitMs` are over; only who began it may ask. */
  job(importId: string, actor: Actor, waitMs?: number): Promise<ImportJob>;
  export(query: ExportQuery & { readonly format: SheetFormat }): Promise<Buffer>;
}

export interface ExchangeDeskOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids?: TicketIds;
  readonly onMoved?: OrganisationDeskOptions["onMoved"];
  readonly onMachine?: OrganisationDeskOptions["onMachine"];
}

/** The tables must have been made by `prepareTickets`. */
export function createExchangeDesk(options: ExchangeDeskOptions): ExchangeDesk {
  const { db, clock, ids = createTicketIds(clock.nowMs), onMoved, onMachine } = options;
  const jobs = new ImportJobs();
  const now = () => new Date(clock.nowMs()).toISOString();

  const beginAs =
    (actor: Actor) =>
    <Answer>(run: (work: OrganisationWork) => Promise<Answer>): Promise<Answer> =>
      db.transaction((tx) => {
        const nowMs = clock.nowMs();
        const work = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
        const told = {
          ...(onMoved && { onMoved: (move: MachineMove) => onMoved(work, move) }),
          ...(onMachine && { onMachine }),
        };
        return run({ ...work, ...told });
      });

  return {
    template: (list) => writeTemplate(importKinds[list]),
    start({ list, mode, bytes, actor, commandId = randomUUID() }) {
      if (bytes.length > exchangeConfig.maxFileBytes)
        throw fileTooLarge(exchangeConfig.maxFileBytes);
      const about = { list, mode, startedAt: now(), ownerId: actor.id };
      return jobs.start(about, async (step) => {
        step({ state: "reading" });
        const file = await readImport(list, bytes);
        const { rows, ignored } = file.read;
        step({
          state: "checking",
          hash: file.hash,
          rows: rows.length,
          ignoredColumns: [...ignored],
        });
        if (mode === "preview") return previewImport(db, file, now());
        return carryOutImport(beginAs(actor), file, {
          commandId,
          wrote: (rowsDone) => step({ state: "writing", rowsDone }),
        });
      });
    },
    job: (importId, actor, waitMs) => jobs.get(importId, actor.id, waitMs),
    async export({ format, ...query }) {
      const rows = await exportRows(db, clock, query);
      return writeSheets(format, [{ name: query.list, rows }]);
    },
  };
}
