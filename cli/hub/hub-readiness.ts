import type { ReadinessCheck } from "@firebreak/dashboards/server/ports.ts";
import type { Consumer } from "@firebreak/ingest/consume/consumer.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { databaseReadiness } from "./hub-database.ts";
import { diskReadiness } from "./hub-disk.ts";
import { telemetryReadiness } from "./hub-telemetry.ts";

/** What `/readyz` asks. */
export const hubReadiness = (parts: {
  readonly db: Database;
  readonly ingest: Pick<Ingest, "ready" | "store" | "journal">;
  readonly disks: Parameters<typeof diskReadiness>[0];
  readonly consumer: Consumer;
}): ReadinessCheck[] => [
  databaseReadiness(parts.db),
  {
    name: "intake",
    problem: () =>
      parts.ingest.ready() ? undefined : "the broker cannot be reached or the journal is full",
  },
  ...telemetryReadiness(parts.ingest.store),
  ...diskReadiness(parts.disks, parts.ingest.journal),
  {
    name: "rules",
    problem: () =>
      parts.consumer.lastError
        ? `rules and tickets cannot write: ${errorCode(parts.consumer.lastError)}`
        : undefined,
  },
];
