import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { actorOf } from "./principal-of.ts";

/** Of every list that is cut by time. */
export const listQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
};

/** Without the properties that were not given. */
export function given<Query extends object>(query: Query) {
  const {
    limit = 100,
    cursor,
    ...filter
  } = query as Query & {
    readonly limit?: number;
    readonly cursor?: string;
  };
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(entries) as Omit<Query, "limit" | "cursor">),
    limit,
    ...(cursor === undefined ? {} : { after: cursor }),
  };
}

/** Who acts, and under which command id; a caller that sends none gets a new one each time. */
export const byOf = (
  request: Pick<FastifyRequest, "principal">,
  commandId: string | undefined,
) => ({
  actor: actorOf(request),
  commandId: commandId ?? randomUUID(),
});
