import { join } from "node:path";
import type { ServerPorts } from "@firebreak/dashboards/server/ports.ts";
import { openExportDesk } from "@firebreak/ingest/exports/export-desk.ts";
import { openImportDesk } from "@firebreak/ingest/imports/import-desk.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { readTable } from "@firebreak/tickets/exchange/sheet-tasks.ts";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";

export interface SampleFilesParts {
  readonly data: string;
  readonly ingest: Pick<Ingest, "store" | "journal">;
  readonly machines: ReadonlyMap<string, unknown>;
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Samples as files, out and in. An export that runs at the end of the hub begins anew at its start. */
export function openSampleFiles(
  { data, ingest, machines, planOf, clock, log }: SampleFilesParts,
  endings: (() => Promise<void> | void)[],
): Pick<ServerPorts, "exports" | "imports"> {
  const { store, journal } = ingest;
  const exports = openExportDesk({ folder: join(data, "exports"), store, clock, log });
  const imports = openImportDesk({
    ...{ store, journal, readTable, clock, log },
    bookPath: join(data, "imports.sqlite"),
    planned: (machineId, signal) => plannedSignal(planOf(machineId), signal),
    isMachine: (machineId) => machines.has(machineId),
  });
  endings.push(
    () => exports.stop(),
    () => imports.close(),
  );
  return { exports, imports };
}

function plannedSignal(plan: Plan | undefined, name: string): SignalDefinition | undefined {
  const signal = plan?.acquisition.signals[name];
  if (!signal) return undefined;
  const { unit, scale, offset, j1939 } = signal;
  return { name, unit, scale, offset, ...(j1939 === undefined ? {} : { spn: j1939.spn }) };
}
