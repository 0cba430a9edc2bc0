/** The thread that writes telemetry.sqlite: journal → hot rows → sealed blocks, and what has grown too old → nothing. */
import { parentPort, workerData } from "node:worker_threads";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import { runConsumer } from "../../consume/consumer.ts";
import { learnDictionaries } from "../book/learn-dictionaries.ts";
import { openJournalThread } from "../journal-thread.ts";
import { refuseUnfinished } from "../migrate/migration-book.ts";
import { serveCalls } from "../rpc.ts";
import { createMadeHoursWriter } from "./made-hours-writer.ts";
import { createRetention } from "./retention.ts";
import { createSealer } from "./sealer.ts";
import { openTelemetryFile } from "./telemetry-schema.ts";
import { createTelemetryWriter } from "./telemetry-writer.ts";

/** What the main thread hands over. */
export interface WriteWorkerData {
  readonly path: string;
  readonly journalFolder: string;
  readonly synced: number;
  readonly sealSamples: number;
  readonly sealAfterMs: number;
  readonly retainDays: number | null;
  readonly otherBooks: readonly string[];
  readonly logLevel: string;
}

const port = parentPort;
if (!port) throw new TypeError("runs as a worker only");
const options = workerData as WriteWorkerData;
const log = createLogger(options.logLevel).child({ consumer: "store" });

const database = openTelemetryFile(options.path);
refuseUnfinished(database);
const writer = createTelemetryWriter(database);
if (writer.offset === 0) learnDictionaries(database, options.otherBooks);
const sealer = createSealer(database);
const retention = createRetention(database);
const madeHours = createMadeHoursWriter(database);

const journal = openJournalThread(options.journalFolder, options.synced);

const isDue = (machine: { samples: number; oldestMs: number }): boolean =>
  machine.samples >= options.sealSamples || Date.now() - machine.oldestMs >= options.sealAfterMs;

/** Why machines could not be sealed when it was tried last. */
const failing = new Map<number, unknown>();

/** Seals one machine by one step; false when none is due. */
function sealOne(all = false): boolean {
  for (const [id, waiting] of writer.hot) {
    if (!all && !isDue(waiting)) continue;
    try {
      sealer.seal(id);
      failing.delete(id);
    } catch (error) {
      if (failing.size === 0) log.error({ err: error }, "sealing failed, trying again");
      failing.set(id, error);
      throw error;
    } finally {
      // It goes to the end of the row, also when it failed: what is damaged of one holds up no other.
      writer.refreshHot(id);
    }
    return true;
  }
  return false;
}

function trySealing(): void {
  try {
    sealOne();
  } catch {
    // Told when it began, and by `lastError` as long as it lasts.
  }
}

let reported = -1;
const report = () => {
  if (writer.offset === reported) return;
  reported = writer.offset;
  port.postMessage({ offset: writer.offset });
};

const consumer = runConsumer({
  name: "store",
  source: journal.source,
  offset: writer.offset,
  log,
  handle(entries, next) {
    writer.take(entries, next);
    report();
    // One step between two chunks keeps pace with arrival and never makes a long pause.
    trySealing();
  },
  onPoison({ position, payload, error }) {
    writer.poison(position, payload, error instanceof Error ? error.message : errorCode(error));
  },
});

const sealTimer = setInterval(trySealing, Math.min(250, options.sealAfterMs));
/** A step a second until every series was looked at, then again every ten minutes. */
let retentionTimer: NodeJS.Timeout | undefined;
function retain(days: number): void {
  let isMore = false;
  try {
    isMore = retention.step(Date.now() - days * 86_400_000);
  } catch (err) {
    log.error({ err }, "old samples could not be dropped, trying again");
  }
  retentionTimer = setTimeout(() => retain(days), isMore ? 1_000 : 600_000);
}
if (options.retainDays !== null) retain(options.retainDays);

serveCalls(
  port,
  {
    async caughtUp(upTo: number) {
      journal.onDisk(upTo);
      await consumer.caughtUp();
      return writer.offset;
    },
    takeMadeHours: madeHours.take,
    sealAll() {
      while (sealOne(true));
    },
    lastError: () => {
      const error = consumer.lastError ?? [...failing.values()].at(-1);
      return error === undefined
        ? null
        : {
            code: errorCode(error),
            message: error instanceof Error ? error.message : String(error),
            at: new Date().toISOString(),
          };
    },
    async close() {
      clearInterval(sealTimer);
      clearTimeout(retentionTimer);
      await consumer.stop();
      journal.close();
      database.close();
      setImmediate(() => port.close());
    },
  },
  (message) => journal.onDisk((message as { synced: number }).synced),
);
port.postMessage({ ready: true, offset: writer.offset });
