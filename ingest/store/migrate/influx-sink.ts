import { createBook, hourOf, StoredTally } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import { linesPerRequest, timeText, toStamp } from "../influx/chunk.ts";
import { createDeliverer, type Outage } from "../influx/deliver.ts";
import { createHourBook } from "../influx/hour-book.ts";
import { createInfluxClient } from "../influx/influx-client.ts";
import { hasSamples } from "../influx/influx-lookups.ts";
import { createInfluxMemory } from "../influx/influx-memory.ts";
import { openInfluxState } from "../influx/influx-state.ts";
import { field, seriesTags } from "../influx/line-protocol.ts";
import { foreignSamples, prepareInflux } from "../influx/prepare.ts";
import type { InfluxAccess } from "../open-store.ts";
import type { RawRow } from "../raw-page.ts";
import { openMigrationBook } from "./migration-book.ts";
import type { MigratedSeries, MigrationSink } from "./migration-source.ts";

const inFlight = 3;

export interface InfluxSinkOptions {
  readonly access: InfluxAccess;
  readonly statePath: string;
  readonly source: string;
  readonly onOutage: (outage: Outage) => void;
  /** Ends the waiting for a server that is away. */
  readonly signal: AbortSignal;
}

/** An InfluxDB: a step that is taken again writes the same points. @throws CodedError STORE_SETUP when it is not empty */
export async function openInfluxSink(options: InfluxSinkOptions): Promise<MigrationSink> {
  const { target, secret } = options.access;
  const database = openInfluxState(options.statePath);
  const progress = openMigrationBook(database, options.source);
  const book = createBook(database);
  const memory = createInfluxMemory(database);
  const due = createHourBook(database);
  const client = createInfluxClient(target, secret);
  const deliverer = createDeliverer({
    client,
    prepare: () => prepareInflux(client, target),
    onOutage: options.onOutage,
    onBack: () => undefined,
  });
  options.signal.addEventListener("abort", () => deliverer.stop());
  await deliverer.patiently(() => prepareInflux(client, target));
  if (!progress.hasBegun && (await deliverer.patiently(() => hasSamples(client))))
    throw foreignSamples(target);

  return {
    through: ({ key }) => progress.through(key),
    async take(series, rows, endNs) {
      const lines = toLines(series, rows);
      const refused = await sendAll(lines, deliverer.deliver);
      inTransaction(database, () => {
        const machine = book.machineId(series.machineId);
        const tally = new StoredTally();
        for (const { line, reason } of refused) {
          const hour = hourOf(rows[line]?.timeNs ?? 0n);
          memory.refuse({ machine, hour, line: lines[line] ?? "" }, reason, Date.now());
          tally.add(machine, hour, -1);
        }
        book.addStored(tally);
        const hours = new Set(rows.map(({ timeNs }) => hourOf(timeNs)));
        for (const hour of hours) due.mark(machine, hour);
        const last = rows.at(-1);
        if (last) memory.noteStamp(machine, toStamp(last.timeNs));
        progress.note(series.key, endNs, rows.length);
      });
    },
    finish: (from, offset) => progress.finish(from, offset),
    close() {
      deliverer.stop();
      client.close();
      database.close();
    },
  };
}

/** Of one stamp the second carries `repeat=1` and so on, as a hub would have written them. */
function toLines({ machineId, signal }: MigratedSeries, rows: readonly RawRow[]): string[] {
  const tags = seriesTags(machineId, signal);
  let repeat = 0;
  return rows.map(({ timeNs, value, quality }, at) => {
    repeat = at > 0 && rows[at - 1]?.timeNs === timeNs ? repeat + 1 : 0;
    const series = repeat === 0 ? tags : seriesTags(machineId, signal, repeat);
    return series + field(value, quality) + timeText(toStamp(timeNs));
  });
}

async function sendAll<Refused extends { readonly line: number }>(
  lines: readonly string[],
  deliver: (lines: readonly string[]) => Promise<Refused[]>,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  let next = 0;
  const worker = async () => {
    while (next < lines.length) {
      const start = next;
      next += linesPerRequest;
      for (const one of await deliver(lines.slice(start, start + linesPerRequest)))
        refused.push({ ...one, line: start + one.line });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return refused;
}
