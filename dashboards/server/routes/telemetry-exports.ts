import { createReadStream } from "node:fs";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  type ExportJob,
  exportFormats,
  exportLimits,
  exportStates,
} from "@firebreak/ingest/exports/export-job.ts";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { Instant, MachineId, MaybeInstant, OneOf, Page } from "../api/schemas.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";
import { spanOf } from "./time-query.ts";

const tags = ["exports"];
const config = { access: "exchange.export" } as const;
const params = Type.Object({ exportId: Type.String({ minLength: 36, maxLength: 36 }) });
const Count = Type.Integer({ minimum: 0 });

/** One's export, and how far it is. */
export type TelemetryExport = Static<typeof TelemetryExport>;
const TelemetryExport = Type.Object({
  id: Type.String(),
  state: OneOf(exportStates),
  format: OneOf(exportFormats),
  machineIds: Type.Array(Type.String()),
  signals: Type.Union([Type.Array(Type.String()), Type.Null()], { description: "null: all" }),
  from: Instant,
  to: Instant,
  askedAt: Instant,
  endedAt: MaybeInstant,
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  rows: Count,
  bytes: Count,
  restarts: Type.Integer({
    minimum: 0,
    description: "how often a restart of the hub made it begin anew",
  }),
  problem: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
});

const ownerOf = (request: Pick<FastifyRequest, "principal">): string => principalOf(request).actor;

const toReply = ({ owner: _owner, crashes: _crashes, ...job }: ExportJob) => ({
  ...job,
  machineIds: [...job.machineIds],
  signals: job.signals === null ? null : [...job.signals],
});

const types = {
  csv: "text/csv; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
} as const;

/** Stored samples as files, made in the background. */
export const telemetryExportRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports },
) => {
  const { exports } = ports;
  const note = (actor: string, action: string, job: ExportJob) =>
    ports.audit.record({
      at: new Date(ports.clock.nowMs()).toISOString(),
      actor,
      action,
      subject: { kind: "export", id: job.id },
      facts: { format: job.format, machines: job.machineIds.length, rows: job.rows },
    });

  const startSchema = {
    tags,
    summary: "Start an export of stored samples as CSV or Parquet",
    description: `Of at most ${exportLimits.maxMachines} machines. It runs in the background; ask how far it is. A file is kept for seven days, and as long as there is room.`,
    body: Type.Object({
      machineIds: Type.Array(MachineId, { minItems: 1, maxItems: 100_000, uniqueItems: true }),
      signals: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
          minItems: 1,
          maxItems: 10_000,
          uniqueItems: true,
          description: "absent: all that each machine has",
        }),
      ),
      from: Type.String({ maxLength: 40, description: "inclusive" }),
      to: Type.String({ maxLength: 40, description: "exclusive" }),
      format: OneOf(exportFormats),
    }),
    response: { 202: TelemetryExport },
  };
  app.post("/telemetry-exports", { schema: startSchema, config }, async (request, reply) => {
    const { machineIds, signals, format, ...time } = request.body;
    const { fromNs = 0n, toNs = 0n } = spanOf(time);
    for (const machineId of machineIds.slice(0, exportLimits.maxMachines))
      if ((await ports.machines.get(machineId)) === undefined)
        throw new HttpError("UNKNOWN_MACHINE", `no machine ${machineId}`, "machineIds");
    const what = { machineIds, fromNs, toNs, format, ...(signals ? { signals } : {}) };
    const job = exports.start(what, ownerOf(request));
    reply.code(202);
    return toReply(job);
  });

  const listSchema = {
    tags,
    summary: "Your exports, the newest first",
    response: { 200: Page(TelemetryExport) },
  };
  app.get("/telemetry-exports", { schema: listSchema, config }, async (request) => ({
    items: exports.list(ownerOf(request)).map(toReply),
    next: null,
  }));

  const oneSchema = {
    tags,
    summary: "How far an export of yours is",
    params,
    response: { 200: TelemetryExport },
  };
  app.get("/telemetry-exports/:exportId", { schema: oneSchema, config }, async (request) =>
    toReply(exports.get(request.params.exportId, ownerOf(request))),
  );

  const removeSchema = {
    tags,
    summary: "End an export of yours and remove its file",
    params,
    body: Type.Object({}),
    response: { 204: Type.Null() },
  };
  app.post(
    "/telemetry-exports/:exportId/remove",
    { schema: removeSchema, config },
    async (request, reply) => {
      exports.remove(request.params.exportId, ownerOf(request));
      return reply.code(204).send(null);
    },
  );

  const fileSchema = {
    tags,
    summary: "The file of an export of yours",
    description:
      "CSV: RFC 4180, UTF-8 with its mark, times in UTC with nanoseconds, names that a spreadsheet would calculate with a `'` in front. Parquet: times as UTC nanoseconds. Each download leaves a line in the audit log.",
    params,
  };
  app.get(
    "/telemetry-exports/:exportId/file",
    { schema: fileSchema, config },
    async (request, reply) => {
      const actor = ownerOf(request);
      const { path, job } = exports.file(request.params.exportId, actor);
      await note(actor, "telemetry.exported", job);
      const name = `telemetry-${job.askedAt.slice(0, 19).replaceAll(":", "")}.${job.format}`;
      return reply
        .type(types[job.format])
        .header("content-disposition", `attachment; filename="${name}"`)
        .header("content-length", job.bytes)
        .send(createReadStream(path));
    },
  );
};
