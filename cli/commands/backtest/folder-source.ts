import { existsSync } from "node:fs";
import { join } from "node:path";
import { finish } from "@firebreak/ingest/store/reading.ts";
import { unpackRaw } from "@firebreak/ingest/store/sqlite/packed.ts";
import { createTelemetryQueries } from "@firebreak/ingest/store/sqlite/telemetry-queries.ts";
import type { RawSeries } from "@firebreak/ingest/store/store.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { openDatabase } from "@firebreak/kit/database.ts";
import { codeHistory, keepsCodes } from "@firebreak/tickets/history/code-steps.ts";
import { createJudgeStore } from "@firebreak/tickets/registry/judge-store.ts";
import type { TicketTables } from "@firebreak/tickets/tables.ts";
import { type HistorySource, noCodes } from "./history-source.ts";
import type { KnownTicket } from "./known-tickets.ts";

/**
 * A hub's data folder with its embedded stores, which the hub may be using: both are opened to read, and what it writes
 * meanwhile waits for nothing. @throws CodedError BACKTEST_NO_HISTORY
 */
export function openFolderSource(folder: string): HistorySource {
  const telemetry = fileIn(folder, "telemetry.sqlite");
  const database = fileIn(folder, "firebreak.sqlite");
  const queries = createTelemetryQueries(telemetry, { cacheKiB: 16_000 });
  const db = openDatabase({ path: database });
  return {
    async machinesOf(planId) {
      const machines = await createJudgeStore(db).machines();
      return machines.filter(({ plan }) => plan === planId).map(({ machineId }) => machineId);
    },
    async samples({ machineId, signal, fromMs, toMs }) {
      const span = { fromNs: BigInt(fromMs) * 1_000_000n, toNs: BigInt(toMs) * 1_000_000n };
      const whole = { t: [] as string[], value: [] as (number | null)[] };
      const quality: RawSeries["quality"][number][] = [];
      for (let cursor: string | undefined; ; ) {
        const query = { machineId, signal, ...span, ...(cursor === undefined ? {} : { cursor }) };
        const page = unpackRaw(finish(queries.raw(query)));
        for (const stamp of page.t) whole.t.push(stamp);
        for (const value of page.value) whole.value.push(value);
        for (const one of page.quality) quality.push(one);
        if (page.next === undefined) return { ...whole, quality };
        cursor = page.next;
      }
    },
    async codes(machineId, toMs) {
      if (!(await keepsCodes(db))) return noCodes;
      return codeHistory(db, { machineId, toMs });
    },
    async tickets() {
      const rows = await db.tables<TicketTables>().selectFrom("tickets").select("body").execute();
      return rows.map(({ body }) => JSON.parse(body) as KnownTicket);
    },
    async close() {
      queries.close();
      await db.close();
    },
  };
}

function fileIn(folder: string, name: string): string {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  throw new CodedError(
    "BACKTEST_NO_HISTORY",
    `${path} is not there: name the data folder of a hub with embedded stores, or ask a hub with --hub`,
  );
}
