import { decodeBatch } from "@firebreak/wire/batch-block.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { HostOptions } from "../host-options.ts";
import { encodePiece, type ForeignStream } from "./foreign-batches.ts";
import type { ForeignSample } from "./samples-of.ts";

export interface ForeignPiece {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly dictionary: SignalDictionary;
  readonly stream: ForeignStream;
  readonly piece: readonly ForeignSample[];
  readonly isHistorical: boolean;
  readonly arrivedMs: number;
}

/** Makes a machine known whose samples the hub numbers itself. @throws CodedError LOG_FULL (retryable): nothing was taken */
export function journalDictionary(
  { delivery }: Pick<HostOptions, "delivery">,
  about: Pick<ForeignPiece, "gatewayId" | "machineId" | "dictionary">,
): void {
  const { gatewayId, machineId, dictionary } = about;
  if (!delivery.hasDictionary(machineId, dictionary.hash))
    delivery.append({ kind: "dictionary", gatewayId, machineId, dictionary });
}

/** Journals samples of a machine that no gateway of ours speaks for. @throws CodedError LOG_FULL (retryable): nothing was taken */
export function journalPiece(
  options: Pick<HostOptions, "delivery" | "onBatch">,
  arrived: ForeignPiece,
): void {
  const { delivery, onBatch } = options;
  const { gatewayId, machineId, dictionary, stream, piece, isHistorical } = arrived;
  const receivedAtMs = arrived.arrivedMs;
  journalDictionary(options, arrived);
  const { block, moveOn } = encodePiece(stream, piece, { gatewayId, machineId, dictionary });
  delivery.append({ kind: "batch", gatewayId, machineId, receivedAtMs, block }, (position) => {
    // The past is for the store; what is shown as now stays what it is.
    if (isHistorical) return;
    const batch = decodeBatch(block, dictionary);
    onBatch({ gatewayId, machineId, receivedAtMs, batch, dictionary }, position);
  });
  moveOn();
}
