import { type ChunkBatch, type Lines, toHeldBack, toRequests } from "./chunk.ts";
import type { Deliverer } from "./deliver.ts";
import type { Repeat } from "./stamps.ts";

/** A line that the database will not take. */
export interface Refused {
  readonly batch: ChunkBatch;
  readonly line: string;
  readonly reason: string;
}

const inFlight = 3;

/** A few requests at a time, each of some thousand lines. @throws CodedError STORE_STOPPED */
export async function sendChunk(
  deliverer: Pick<Deliverer, "deliver">,
  batches: readonly ChunkBatch[],
  repeats: readonly Repeat[],
): Promise<Refused[]> {
  const refused: Refused[] = toHeldBack(batches, repeats);
  const requests = toRequests(batches, repeats);
  const sendOne = async ({ lines, owner }: Lines) => {
    for (const { line, reason } of await deliverer.deliver(lines)) {
      const batch = batches[owner[line] ?? 0];
      if (batch) refused.push({ batch, line: lines[line] ?? "", reason });
    }
  };
  const worker = async () => {
    for (const request of requests) await sendOne(request);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return refused;
}
