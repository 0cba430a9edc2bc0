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
