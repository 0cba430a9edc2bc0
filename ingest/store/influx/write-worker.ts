/** The thread that writes to InfluxDB: journal → lines → database, and the state beside it. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import { runConsumer } from "../../consume/consumer.ts";
import { learnDictionaries } from "../book/learn-dictionaries.ts";
import { openJournalThread } from "../journal-thread.ts";
import { refuseUnfinished } from "../migrate/migration-book.ts";
import { serveCalls } from "../rpc.ts";
import { describeTarget, type InfluxTarget } from "../telemetry-url.ts";
import { createDeliverer } from "./deliver.ts";
import { createInfluxClient, type InfluxSecret } from "./influx-client.ts";
import { createStampLookUp, hasSamples, newestStamp } from "./influx-lookups.ts";
import { openInfluxState } from "./influx-state.ts";
import { createInfluxWriter } from "./influx-writer.ts";
import { foreignSamples, prepareInflux } from "./prepare.ts";
import { createRestarts } from "./restarts.ts";
import { createRetry } from "./retry-refused.ts";
import { createHourSums } from "./sum-hours.ts";

/** What the main thread hands over. */
export interface InfluxWorkerData {
  readonly statePath: string;
  readonly target: InfluxTarget;
  readonly secret: InfluxSecret;
  readonly timeoutMs: number;
  readonly maxRefused: number;
  readonly otherBooks: readonly string[];
  readonly sumEveryMs: number;
  readonly restartLookMs: number;
  readonly retryDelaysMs: readonly [first: number, most: number];
  readonly journalFolder: string;
  readonly synced: number;
  readonly logLevel: string;
}

const port = parentPort;
if (!port) throw new TypeError("runs as a worker only");
const options = workerData as InfluxWorkerData;
const { target } = options;
const log = createLogger(options.logLevel).child({ consumer: "store" });
const chunkBytes = 256 * 1024;
const retryRefusedMs = 10 * 60_000;

const database = openInfluxState(options.statePath);
refuseUnfinished(database);
const client = createInfluxClient(target, options.secret, options);
const [firstDelayMs, maxDelayMs] = options.retryDelaysMs;
const deliverer = createDeliverer({
  client,
  prepare: () => prepareInflux(client, target),
  onOutage: ({ code, message }) => {
    restarts.suspect(code);
    log.error({ code }, `${describeTarget(target)} takes nothing, all is kept: ${message}`);
  },
  onBack: ({ code }) => log.info({ code }, `${describeTarget(target)} takes telemetry again`),
  firstDelayMs,
  maxDelayMs,
});
const lookUp = createStampLookUp(client);
const writer = createInfluxWriter({
  database,
  deliverer,
  lookUp: (machineId, spans) => deliverer.patiently(() => lookUp(machineId, spans)),
  newestOf: (machineId) => deliverer.patiently(() => newestStamp(client, machineId)),
  maxRefused: options.maxRefused,
});

/** A hub that remembers nothing of what is there already would store it all again beside itself. */
async function prepare(): Promise<void> {
  await prepareInflux(client, target);
  if (writer.isFresh && (await hasSamples(client))) throw foreignSamples(target);
}

if (writer.isFresh) learnDictionaries(database, options.otherBooks);
const journal = openJournalThread(options.journalFolder, options.synced);
const restarts = createRestarts({
  ...{ database, deliverer, client, target, log },
  source: journal.source,
  hours: writer.hours,
  lookEveryMs: options.restartLookMs,
});
const prepared = deliverer.patiently(prepare);
// Whoever waits for it hears of it.
prepared.catch(() => undefined);
const consumer = runConsumer({
  name: "store",
  source: journal.source,
  offset: writer.offset,
  chunkBytes,
  log,
  async handle(entries, next) {
    await prepared;
    await restarts.mend();
    await writer.take(entries, next);
    // Behind it there may be nothing for a long time.
    await restarts.mend();
    port.postMessage({ offset: writer.offset });
  },
  onPoison({ position, payload, error }) {
    writer.poison(position, payload, error instanceof Error ? error.message : errorCode(error));
  },
});

const retry = createRetry(writer, deliverer);
const retryQuietly = () =>
  retry
    .byItself()
    .catch((err: unknown) => log.debug({ err }, "refused samples were not tried again"));
const retryTimer = setInterval(retryQuietly, retryRefusedMs);
setImmediate(retryQuietly);

const summing = new AbortController();
/** Behind what arrives: one group of hours after the other, and a look every half minute. */
async function sumUp(): Promise<void> {
  const { signal } = summing;
  await prepared;
  const sum = createHourSums({ book: writer.hours, client, deliverer, onRefused });
  while (!signal.aborted) {
    const isMore = await sum(Date.now()).catch(couldNotSum);
    await sleep(isMore ? 5 : options.sumEveryMs, undefined, { signal });
  }
}
const onRefused = (refused: object) =>
  log.warn(refused, "sums of hours are refused; charts read their samples instead");
function couldNotSum(error: unknown): false {
  if (errorCode(error) === "STORE_STOPPED") throw error;
  log.warn({ err: error }, "hours could not be summed up, trying again");
  return false;
}
// Only its end ends it; why nothing can be prepared is told by whoever writes.
sumUp().catch(() => undefined);

serveCalls(
  port,
  {
    async caughtUp(upTo: number) {
      journal.onDisk(upTo);
      await consumer.caughtUp();
      return writer.offset;
    },
    retryRefused: retry.asked,
    lastError() {
      const { outage } = deliverer;
      if (outage)
        return {
          code: outage.code,
          message: `${describeTarget(target)}: ${outage.message}`,
          at: new Date(outage.sinceMs).toISOString(),
        };
      const error = consumer.lastError;
      return error === undefined
        ? null
        : {
            code: errorCode(error),
            message: error instanceof Error ? error.message : String(error),
            at: new Date().toISOString(),
          };
    },
    async close() {
      clearInterval(retryTimer);
      summing.abort();
      const ended = consumer.stop();
      deliverer.stop();
      await ended;
      journal.close();
      client.close();
      database.close();
      setImmediate(() => port.close());
    },
  },
  (message) => journal.onDisk((message as { synced: number }).synced),
);
port.postMessage({ ready: true, offset: writer.offset });
