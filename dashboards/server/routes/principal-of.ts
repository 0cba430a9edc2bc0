import type { FastifyRequest } from "fastify";
import { HttpError } from "../api/error-reply.ts";
import type { Principal } from "../auth/guard.ts";

/** Who is asking. @throws HttpError NOT_LOGGED_IN on a route that is for anybody and was called without a login */
export function principalOf({ principal }: Pick<FastifyRequest, "principal">): Principal {
  if (principal === null) throw new HttpError("NOT_LOGGED_IN", "log in first");
  return principal;
}

/** As timelines and ledgers name whoever acts. */
export const actorOf = (request: Pick<FastifyRequest, "principal">) =>
  ({ kind: "person", id: principalOf(request).actor }) as const;
