import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { throwIfGone } from "../store/asking.ts";
import type { RawSeries, TelemetryStore } from "../store/store.ts";
import type { ExportLimits, ExportRequest } from "./export-job.ts";
import { openRowWriter, type RowsOf, type RowWriter } from "./row-writer.ts";

export interface ExportWork {
  readonly store: Pick<TelemetryStore, "signals" | "raw">;
  readonly request: ExportRequest;
  readonly path: string;
  readonly limits: ExportLimits;
  readonly abort: AbortSignal;
  readonly onStep: (done: {
    readonly progress: number;
    readonly rows: number;
    readonly bytes: number;
  }) => void;
}

/**
 * Writes every sample that was asked for, machine by machine, signal by signal, in order of time.
 * @throws CodedError EXPORT_TOO_LARGE, EXPORT_NO_ROOM, QUERY_CANCELLED; what the store throws
 */
export async function runExport(work: ExportWork): Promise<void> {
  const { request, path, onStep } = work;
  const writer = await openRowWriter(path, request.format);
  const count = { rows: 0 };
  try {
    const machines = request.machineIds.length;
    for (const [index, machineId] of request.machineIds.entries()) {
      const all = await seriesOf(work, machineId);
      for (const [at, of] of all.entries())
        await writeSeries(work, writer, of, count, (share) =>
          onStep({
            progress: (index + (at + share) / all.length) / machines,
            rows: count.rows,
            bytes: writer.bytes,
          }),
        );
    }
    await writer.finish();
    onStep({ progress: 1, rows: count.rows, bytes: writer.bytes });
  } finally {
    await writer.close();
  }
}

async function seriesOf({ store, request }: ExportWork, machineId: string): Promise<RowsOf[]> {
  const units = new Map<string, string>();
  for (const { name, unit } of await store.signals(machineId))
    if (!units.has(name)) units.set(name, unit);
  const wanted = request.signals ?? [...units.keys()];
  return wanted.flatMap((signal) => {
    const unit = units.get(signal);
    return unit === undefined ? [] : [{ machineId, signal, unit }];
  });
}

async function writeSeries(
  { store, request, path, limits, abort }: ExportWork,
  writer: RowWriter,
  of: RowsOf,
  count: { rows: number },
  onShare: (share: number) => void,
): Promise<void> {
  const { fromNs, toNs } = request;
  const { machineId, signal } = of;
  let page: RawSeries | undefined;
  do {
    throwIfGone(abort);
    const cursor = page?.next === undefined ? {} : { cursor: page.next };
    const query = { machineId, signal, fromNs, toNs, limit: limits.pageRows, ...cursor };
    page = await store.raw(query, { abort });
    const last = page.t.at(-1);
    if (last === undefined) break;
    await writer.add(of, page);
    count.rows += page.t.length;
    if (count.rows > limits.maxRows || writer.bytes > limits.maxFileBytes)
      throw tooLarge(of, last, count.rows, writer.bytes);
    await refuseFullDisk(path, limits);
    onShare(shareOf(request, last));
    await turn();
  } while (page.next !== undefined);
}

const shareOf = ({ fromNs, toNs }: ExportRequest, last: string): number => {
  const [from, to] = [Number(fromNs / 1_000_000n), Number(toNs / 1_000_000n)];
  return to > from ? Math.min(1, Math.max(0, (Date.parse(last) - from) / (to - from))) : 1;
};

async function refuseFullDisk(path: string, { minFreeBytes }: ExportLimits): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < minFreeBytes)
    throw new CodedError(
      "EXPORT_NO_ROOM",
      `the hub's disk has less than ${megabytes(minFreeBytes)} MB left: make room, or ask for less`,
    );
}

const tooLarge = ({ machineId, signal }: RowsOf, last: string, rows: number, bytes: number) =>
  new CodedError(
    "EXPORT_TOO_LARGE",
    `the file would be too large: it had ${rows} rows and ${megabytes(bytes)} MB at ${last} of ${signal} of machine ${machineId}. Ask for fewer machines or signals, or a shorter time, in several exports`,
  );

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
