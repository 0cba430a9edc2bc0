import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type CaptureOrder,
  encodeCaptureText,
  parseCaptureReply,
} from "@firebreak/wire/capture-codec.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { DataType, type Metric } from "@firebreak/wire/sparkplug-types.ts";
import { createCaptureBook } from "./capture-book.ts";
import { CaptureFetcher } from "./capture-fetcher.ts";
import { openCaptureFiles } from "./capture-files.ts";
import { type CaptureLimits, captureLimits, createCaptureQuota } from "./capture-quota.ts";
import type { CaptureRow, RequestRow } from "./capture-rows.ts";
import { openCaptureFile } from "./capture-schema.ts";

/** One recording, and how much of it is here. */
export interface CaptureSeen extends CaptureRow {
  readonly receivedBytes: number;
}

/** Recordings of raw frames as people see them. */
export interface CaptureDesk {
  /** Newest first. */
  list(machineId: string): readonly CaptureSeen[];
  requests(machineId: string): readonly RequestRow[];
  /** Asks the machine's gateway; one that is already under way is returned. @throws CodedError CAPTURE_NO_GATEWAY */
  request(machineId: string, askedBy: string): RequestRow;
  /** One that is there. */
  find(machineId: string, id: number): CaptureRow | undefined;
  /** The text of one that is there. @throws CodedError CAPTURE_LOST: its file is not, and now its row says so */
  text(capture: CaptureRow): Promise<Readable>;
}

export interface Captures extends CaptureDesk {
  /** What arrived in batches; the same may come any number of times. Never throws. */
  note(gatewayId: string, machineId: string, events: readonly MachineEvent[]): void;
  /** What a gateway said in an NDATA. Never throws. */
  take(gatewayId: string, metrics: readonly Metric[]): void;
  /** Resolves once what is being checked is done with. */
  close(): Promise<void>;
}

const tickMs = 200;
const sweepMs = 3_600_000;
const requestMs = 86_400_000;

export function openCaptures(options: {
  readonly dataFolder: string;
  readonly limits?: Partial<CaptureLimits> | undefined;
  readonly isOnline: (gatewayId: string) => boolean;
  readonly gatewayOf: (machineId: string) => string | undefined;
  readonly send: (gatewayId: string, metric: Metric) => void;
  readonly alarm: (gatewayId: string, machineId: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}): Captures {
  const { dataFolder, isOnline, gatewayOf, alarm, clock } = options;
  const log = options.log.child({ component: "captures" });
  const database = openCaptureFile(join(dataFolder, "captures.sqlite"));
  const limits = { ...captureLimits, ...options.limits };
  const book = createCaptureBook(database, limits.maxGatewayRows);
  const files = openCaptureFiles(join(dataFolder, "captures"));
  files.sweep((id) => ["arriving", "there"].includes(book.get(id)?.state ?? ""));
  const quota = createCaptureQuota({ book, files, limits, alarm });
  const send = (gatewayId: string, order: CaptureOrder) =>
    options.send(gatewayId, {
      name: metricNames.captureOrder,
      datatype: DataType.String,
      value: encodeCaptureText(order),
    });
  const fetcher = new CaptureFetcher({ book, files, quota, isOnline, send, clock, log });
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (err) {
      // A full disk, most likely; everything comes again.
      log.warn({ err, code: errorCode(err) }, "recordings: something could not be done");
    }
  };
  let sweptMs = Number.NEGATIVE_INFINITY;
  const tick = () => {
    fetcher.tick();
    const now = clock.monotonicMs();
    if (now - sweptMs < sweepMs) return;
    sweptMs = now;
    quota.dropOld(clock.nowMs());
    book.expireRequests(clock.nowMs() - requestMs);
  };
  const timer = setInterval(() => guarded(tick), tickMs);

  return {
    note(gatewayId, machineId, events) {
      for (const event of events)
        if (event.kind === "capture")
          guarded(() => {
            for (const id of book.add(gatewayId, machineId, event, clock.nowMs())) files.remove(id);
            fetcher.wake(gatewayId);
          });
    },
    take(gatewayId, metrics) {
      const reply = metrics.find(({ name }) => name === metricNames.captureReply)?.value;
      const piece = metrics.find(({ name }) => name === metricNames.capturePiece)?.value;
      if (typeof reply !== "string") return;
      guarded(() =>
        fetcher.take(
          gatewayId,
          parseCaptureReply(reply),
          piece instanceof Uint8Array ? piece : undefined,
        ),
      );
    },
    list: (machineId) =>
      book.ofMachine(machineId).map((capture) => ({
        ...capture,
        detail: fetcher.isFull && isUntouched(capture) ? "hub-full" : capture.detail,
        receivedBytes: capture.state === "there" ? capture.storedBytes : files.received(capture.id),
      })),
    requests: (machineId) => book.requestsOf(machineId),
    request(machineId, askedBy) {
      const [newest] = book.requestsOf(machineId, 1);
      if (newest && (newest.state === "asked" || newest.state === "recording")) return newest;
      const gatewayId = gatewayOf(machineId);
      if (gatewayId === undefined)
        throw new CodedError("CAPTURE_NO_GATEWAY", "no gateway has spoken for this machine yet");
      const id = randomUUID();
      const askedMs = clock.nowMs();
      const row = {
        id,
        machineId,
        gatewayId,
        askedBy,
        askedMs,
        state: "asked",
        detail: "",
      } as const;
      book.addRequest(row);
      fetcher.wake(gatewayId);
      return row;
    },
    find(machineId, id) {
      const capture = book.get(id);
      return capture?.machineId === machineId && capture.state === "there" ? capture : undefined;
    },
    text: async (capture) => {
      try {
        return await files.text(capture.id);
      } catch (error) {
        if (errorCode(error) !== "ENOENT") throw error;
        guarded(() => book.set(capture, "gone", "lost"));
        const { machineId, name } = capture;
        log.error({ machineId, capture: name }, "the file of a recording is lost");
        throw lost(error);
      }
    },
    async close() {
      clearInterval(timer);
      await fetcher.close();
      database.close();
    },
  };
}

const lost = (cause: unknown) =>
  new CodedError("CAPTURE_LOST", "the file of this recording is no longer here", { cause });

const isUntouched = ({ state, detail }: CaptureRow): boolean =>
  state === "waiting" && detail === "";
