import type { FastifyReply, FastifyRequest } from "fastify";
import type { Turn } from "../api/query-gate.ts";
import { goneOf } from "./gone.ts";

/** Longer than any read of a store that is well; browsers show that nothing came instead of waiting on. */
const patienceMs = 20_000;

/** A turn that ends when whoever asked goes away, or has waited long enough. */
export const turnOf = (
  request: Pick<FastifyRequest, "principal">,
  reply: FastifyReply,
): Turn & { late: AbortSignal } => ({
  ...lastingTurnOf(request, reply),
  late: AbortSignal.timeout(patienceMs),
});

/** The same for answers that may be long. */
export const lastingTurnOf = (
  { principal }: Pick<FastifyRequest, "principal">,
  reply: FastifyReply,
): Turn => ({ who: principal?.actor ?? "", gone: goneOf(reply) });
