import type { AuditLine } from "@firebreak/tickets/audit/audit.ts";
import type { AuditFacts, AuditSubject } from "@firebreak/tickets/audit/audit-entry.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServerPorts } from "../ports.ts";
import { RefusalLog } from "./refusal-log.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by a route whose subject is neither among its parameters nor the first id in its answer. */
    auditSubject: AuditSubject | null;
    /** What the log shall tell beside status and role; ids, codes and numbers only. */
    auditFacts: AuditFacts | undefined;
    /** The code it was refused with. */
    refusalCode: string | null;
  }
}

const FLUSH_EVERY_MS = 30_000;
const isSafe = (method: string): boolean => ["GET", "HEAD", "OPTIONS"].includes(method);

/**
 * Writes one line for every request that changes something, before its reply is sent, and for every refusal of one or
 * for want of a permission. A hook, so that no route can forget it. A log that cannot be written is an error in the
 * text log; the reply tells what was done all the same.
 */
export function auditRequests(
  app: FastifyInstance,
  { audit, clock, log }: Pick<ServerPorts, "audit" | "clock" | "log">,
): void {
  const refusals = new RefusalLog(audit);
  app.decorateRequest("auditSubject", null);
  app.decorateRequest("refusalCode", null);
  // A value that all requests share must not be written into: a route puts another in its place.
  app.decorateRequest("auditFacts");

  const write = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { statusCode } = reply;
    const isChange = !isSafe(request.method);
    if (statusCode >= 400 && (isChange || statusCode === 403))
      return refusals.add(lineOf(request, reply, clock.nowMs()), clock.nowMs());
    if (statusCode < 400 && isChange) return audit.record(lineOf(request, reply, clock.nowMs()));
  };
  app.addHook("preSerialization", async (request, _reply, payload) => {
    // What was just made is named by the answer alone.
    if (!isSafe(request.method) && subjectOf(request.params) === undefined)
      request.auditSubject ??= subjectOf(payload) ?? null;
    return payload;
  });
  app.addHook("onSend", async (request, reply) => {
    // Pages and files are nobody's business here: they declare no access.
    if (request.routeOptions.config?.access === undefined) return;
    await write(request, reply).catch((err) =>
      log.error({ err, route: request.routeOptions.url }, "audit log cannot be written"),
    );
  });

  const flush = (nowMs: number) =>
    refusals.flush(nowMs).catch((err) => log.error({ err }, "audit log cannot be written"));
  const timer = setInterval(() => void flush(clock.nowMs()), FLUSH_EVERY_MS);
  timer.unref();
  app.addHook("onClose", async () => {
    clearInterval(timer);
    await flush(Number.POSITIVE_INFINITY);
  });
}

function lineOf(request: FastifyRequest, reply: FastifyReply, nowMs: number): AuditLine {
  const { principal, refusalCode, routeOptions } = request;
  return {
    at: new Date(nowMs).toISOString(),
    actor: principal?.actor ?? "anybody",
    action: `${request.method} ${routeOptions.url}`,
    subject: request.auditSubject ?? subjectOf(request.params),
    facts: {
      ...request.auditFacts,
      status: reply.statusCode,
      ...(refusalCode === null ? {} : { code: refusalCode }),
      ...(principal === null ? {} : { role: principal.role }),
    },
  };
}

/** `/tickets/:ticketId/…` is about that ticket. Codes that open something are no ids and stay out. */
function subjectOf(named: unknown): AuditSubject | undefined {
  for (const [name, id] of Object.entries(named ?? {})) {
    const kind = name === "username" ? "user" : /^(\w+)Id$/.exec(name)?.[1];
    if (kind !== undefined && typeof id === "string") return { kind, id };
  }
  return undefined;
}
