import { Quality } from "@firebreak/wire/quality.ts";
import { newForeignStream, piecesOf } from "../host/foreign/foreign-batches.ts";
import { journalDictionary, journalPiece } from "../host/foreign/journal-piece.ts";
import type { HostOptions } from "../host/host-options.ts";
import { aempGatewayId, aempDictionary as dictionary } from "./machine-samples.ts";
import type { WriteSamples } from "./take-page.ts";

/**
 * Journals what servers of other makers say as batches of the hub's own, so that everything behind the journal treats
 * their machines like ours. Nothing is acknowledged: what they lose cannot be known.
 */
export function createAempWriter(
  options: Pick<HostOptions, "delivery" | "onBatch" | "clock">,
): WriteSamples {
  const stream = newForeignStream();
  return (sourceId, machineId, samples) => {
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
