import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { AuditEntry } from "@firebreak/tickets/audit/audit-entry.ts";
import { Type } from "typebox";
import { Page } from "../api/schemas.ts";
import type { RouteDeps } from "./route-deps.ts";

const Word = Type.String({ minLength: 1, maxLength: 120 });
const Moment = Type.String({ format: "date-time" });

/** Who did what. */
export const auditRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const schema = {
    tags: ["audit"],
    summary: "Who did what, newest first; rows are only ever added",
    querystring: Type.Object({
      from: Type.Optional(Moment),
      to: Type.Optional(Moment),
      actor: Type.Optional(Word),
      action: Type.Optional(Word),
      subjectKind: Type.Optional(Word),
      subjectId: Type.Optional(Word),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
      cursor: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    response: { 200: Page(AuditEntry) },
  };
  app.get("/audit", { schema, config: { access: "audit.read" } }, async ({ query }) => {
    const { limit = 200, from, to, ...rest } = query;
    const utc = (moment: string | undefined) => moment && new Date(moment).toISOString();
    return ports.audit.page({ ...rest, limit, from: utc(from), to: utc(to) });
  });
};
