import type { FastifyReply } from "fastify";
import { inPieces, jsonPieces } from "../api/in-pieces.ts";

/** Sends a large answer; its text is made with pauses for other requests. The route's type says what is in it. */
export async function sendJson(
  reply: FastifyReply,
  answer: unknown,
  abort: AbortSignal | undefined,
): Promise<never> {
  const text = await inPieces(jsonPieces(answer), abort);
  return reply.type("application/json; charset=utf-8").send(text) as never;
}
