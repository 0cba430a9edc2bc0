import { finished } from "node:stream/promises";
import type { FastifyReply } from "fastify";

/** Aborted when whoever asked closes the connection before the answer is out. */
export function goneOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const { raw } = reply;
  raw.once("close", () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Resolves once the answer is out or nobody reads on; who takes nothing of what is ready for `idleMs` is cut off. */
export async function sentOf({ raw }: FastifyReply, idleMs: number): Promise<void> {
  raw.setTimeout(idleMs, () => {
    // A store that takes its time is not the reader's fault.
    if (raw.writableLength > 0) raw.destroy();
  });
  await finished(raw).catch(() => undefined);
}
