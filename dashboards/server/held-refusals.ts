import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";
import { goneOf } from "./routes/gone.ts";

/** Each keeps a connection, of which there are 4,000. */
const mostHeld = 1_000;

/**
 * Keeps a refusal back for a while: programs that ask again as soon as they are refused would else take as much of the
 * hub's time for refusals as others do for answers. Ends when whoever asked has gone, and when the server closes.
 */
export function createHold(
  app: FastifyInstance,
  holdMs: number,
): (reply: FastifyReply) => Promise<void> {
  const closing = new AbortController();
  app.addHook("preClose", async () => closing.abort());
  let held = 0;
  let count = 0;
  // From half to one and a half, so that those refused together do not come again together.
  const spread = () => 0.5 + (count++ % 32) / 32;
  return async (reply) => {
    if (held >= mostHeld) return;
    held++;
    const signal = AbortSignal.any([closing.signal, goneOf(reply)]);
    await sleep(holdMs * spread(), undefined, { signal }).catch(() => undefined);
    held--;
  };
}
