import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { newForeignStream, piecesOf } from "../host/foreign/foreign-batches.ts";
import { journalDictionary, journalPiece } from "../host/foreign/journal-piece.ts";
import type { HostOptions } from "../host/host-options.ts";
import type { Journal } from "../journal/journal.ts";
import { aempGatewayId, aempDictionary as dictionary } from "./machine-samples.ts";
import type { WriteSamples } from "./take-page.ts";

/**
 * Journals what servers of other makers say as batches of the hub's own, so that everything behind the journal treats
 * their machines like ours. Nothing is acknowledged: what they lose cannot be known. Nobody waits for these samples, so
 * on a disk that is nearly full or does not keep up they are left where they are.
 */
export function createAempWriter(options: AempWriterOptions): WriteSamples {
  const { journal } = options;
  const stream = newForeignStream();
  return async (sourceId, machineId, samples) => {
    if (!journal.canTake()) await journal.sync().catch(() => undefined);
    if (!journal.canTake()) throw journalFull();
    const gatewayId = aempGatewayId(sourceId);
    if (samples.length === 0) journalDictionary(options, { gatewayId, machineId, dictionary });
    const taken = samples.map((sample) => ({
      ...sample,
      quality: Quality.good,
      isHistorical: false,
    }));
    const arrivedMs = options.clock.nowMs();
    const about = { gatewayId, machineId, dictionary, stream, isHistorical: false, arrivedMs };
    for (const piece of piecesOf(taken)) journalPiece(options, { ...about, piece });
  };
}

interface AempWriterOptions extends Pick<HostOptions, "delivery" | "onBatch" | "clock"> {
  readonly journal: Pick<Journal, "canTake" | "sync">;
}

const journalFull = () =>
  new CodedError(
    "AEMP_JOURNAL_FULL",
    "the hub's journal takes no more now: its disk is full or does not keep up; read again later",
    { retryable: true },
  );
