import { randomBytes } from "node:crypto";
import { encodeBatch, safeSampleCount } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { ForeignSample } from "./samples-of.ts";

/** The numbers under which the hub journals what a foreign node says: an epoch of the hub's own per node and start. */
export interface ForeignStream {
  readonly epoch: string;
  next: number;
  /** Samples so far, by machine. */
  readonly produced: Map<string, number>;
}

export const newForeignStream = (): ForeignStream => ({
  epoch: randomBytes(16).toString("hex"),
  next: 1,
  produced: new Map(),
});

/** Times of one batch must lie close enough together to be exact. */
const maxSpanMs = 86_400_000;

/** Samples in order of time, in pieces that each fit into one batch. */
export function piecesOf<Sample extends Pick<ForeignSample, "timeMs">>(
  samples: readonly Sample[],
): Sample[][] {
  const pieces: Sample[][] = [];
  for (const sample of samples.toSorted((one, other) => one.timeMs - other.timeMs)) {
    const piece = pieces.at(-1);
    const isFull =
      piece === undefined ||
      piece.length >= safeSampleCount ||
      sample.timeMs - (piece[0]?.timeMs ?? 0) > maxSpanMs;
    if (isFull) pieces.push([sample]);
    else piece.push(sample);
  }
  return pieces;
}

/** One block of a foreign machine; the stream moves on only when `moveOn` is called. */
export function encodePiece(
  stream: ForeignStream,
  piece: readonly ForeignSample[],
  about: {
    readonly gatewayId: string;
    readonly machineId: string;
    readonly dictionary: SignalDictionary;
  },
): { readonly block: Uint8Array; readonly moveOn: () => void } {
  const { gatewayId, machineId, dictionary } = about;
  const baseMs = piece[0]?.timeMs ?? 0;
  const samples = new SampleColumns(BigInt(baseMs) * 1_000_000n, Math.max(1, piece.length));
  for (const { signal, timeMs, value, quality } of piece)
    samples.push(signal, (timeMs - baseMs) * 1_000_000, value, quality);
  const produced = (stream.produced.get(machineId) ?? 0) + piece.length;
  const block = encodeBatch(
    { gatewayId, machineId },
    {
      epoch: stream.epoch,
      number: stream.next,
      lane: "live",
      produced,
      suppressed: 0,
      dictionary,
      samples,
      events: [],
    },
  );
  const moveOn = () => {
    stream.next++;
    stream.produced.set(machineId, produced);
  };
  return { block, moveOn };
}
