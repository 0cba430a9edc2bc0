import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { may, type Permission } from "@firebreak/kit/roles.ts";
import { type ExportName, exportNames } from "@firebreak/tickets/exchange/export-lists.ts";
import { ImportJob } from "@firebreak/tickets/exchange/import-jobs.ts";
import { type ImportName, importNames } from "@firebreak/tickets/exchange/imports.ts";
import { sheetFormats } from "@firebreak/tickets/exchange/sheet-tasks.ts";
import { kpiGroups } from "@firebreak/tickets/kpi/kpi-query.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { commandId } from "../api/organisation.ts";
import { maySeeContacts, maySeeEngineers } from "../api/organisation-view.ts";
import { OneOf } from "../api/schemas.ts";
import { filterOf, ticketFilter } from "../api/ticket-queries.ts";
import { actorOf, principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";
import { sheetIn, sheetUploadMs, taking } from "./upload.ts";

const tags = ["exchange"];
/** Small files are done by then; for others the page asks again. */
const patienceMs = 2_500;

const mayImport: Readonly<Record<ImportName, Permission>> = {
  customers: "organisation.write",
  sites: "organisation.write",
  engineers: "organisation.write",
  machines: "organisation.write",
  parts: "stock.write",
  stock: "stock.write",
  history: "organisation.write",
};

const mayExport: Readonly<Record<ExportName, Permission>> = {
  customers: "organisation.read",
  sites: "organisation.read",
  engineers: "organisation.read",
  machines: "organisation.read",
  parts: "stock.read",
  stock: "stock.read",
  history: "tickets.read",
  tickets: "tickets.read",
  movements: "stock.read",
  kpis: "kpi.read",
};

/** Beside the route's own permission, that of the list. @throws HttpError NOT_ALLOWED */
function demand(request: FastifyRequest, permission: Permission): void {
  if (!may(principalOf(request).role, permission))
    throw new HttpError("NOT_ALLOWED", `this list needs the permission ${permission}`);
}

const types = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  csv: "text/csv; charset=utf-8",
} as const;

const asFile = (reply: FastifyReply, name: string, format: keyof typeof types) =>
  reply
    .type(types[format])
    .header("content-disposition", `attachment; filename="${name}.${format}"`)
    .header("x-content-type-options", "nosniff");

/** Lists in and out as Excel and CSV. */
export const exchangeRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { exchange } = ports;
  await app.register(multipart);

  const templateSchema = {
    tags,
    summary: "An Excel file to be filled in, with notes and an example",
    params: Type.Object({ list: OneOf(importNames) }),
  };
  app.get(
    "/exchange/templates/:list",
    { schema: templateSchema, config: { access: "exchange.import" } },
    async (request, reply) => {
      const { list } = request.params;
      const file = await exchange.template(list);
      return asFile(reply, `${list}-template`, "xlsx").send(file);
    },
  );

  const importSchema = {
    tags,
    summary: "Preview or import a list",
    description:
      "One .xlsx or CSV file as multipart/form-data. A preview stores nothing and tells all mistakes at once; an import stores all of the file, or nothing when there is one mistake. Rows are found by their id: new ones are created, known ones changed, none is deleted. The same commandId with the same file again gives the first answer. Answers as soon as it is done, else with how far it is.",
    params: Type.Object({ list: OneOf(importNames) }),
    querystring: Type.Object({ mode: OneOf(["preview", "import"]), commandId }),
    consumes: ["multipart/form-data"],
    response: { 200: ImportJob },
  };
  app.post(
    "/exchange/imports/:list",
    {
      schema: importSchema,
      config: {
        access: "exchange.import",
        bodyTimeoutMs: sheetUploadMs,
        rateLimit: { max: 60, timeWindow: 60_000 },
      },
    },
    async (request) =>
      taking(request, async () => {
        const { list } = request.params;
        const { mode, commandId } = request.query;
        demand(request, mayImport[list]);
        const bytes = await sheetIn(request);
        const actor = actorOf(request);
        const importId = exchange.start({ list, mode, bytes, actor, commandId });
        return exchange.job(importId, actor, patienceMs);
      }),
  );

  const jobSchema = {
    tags,
    summary: "How far an import of yours is",
    params: Type.Object({ importId: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: { 200: ImportJob },
  };
  app.get(
    "/exchange/imports/:importId",
    { schema: jobSchema, config: { access: "exchange.import" } },
    async (request) => exchange.job(request.params.importId, actorOf(request), patienceMs),
  );

  const exportSchema = {
    tags,
    summary: "A list as Excel or CSV",
    description:
      "Texts that a spreadsheet would calculate are made harmless. Names and contacts stay empty for who may not see them. `tickets` takes the filters of the list of tickets.",
    params: Type.Object({ list: OneOf(exportNames) }),
    querystring: Type.Object({
      format: OneOf(sheetFormats),
      from: Type.Optional(Type.String({ format: "date-time" })),
      to: Type.Optional(Type.String({ format: "date-time" })),
      groupBy: Type.Optional(OneOf(kpiGroups, "of figures")),
      ...ticketFilter,
    }),
  };
  app.get(
    "/exchange/exports/:list",
    {
      schema: exportSchema,
      config: { access: "exchange.export", rateLimit: { max: 60, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const { list } = request.params;
      const { format, from, to, groupBy } = request.query;
      demand(request, mayExport[list]);
      const principal = principalOf(request);
      const sees = {
        engineers: maySeeEngineers(principal),
        contacts: maySeeContacts(principal),
      };
      const time = { from: instantOf(from), to: instantOf(to) };
      const filter = filterOf(request.query, principal.engineerId);
      const file = await exchange.export({ list, format, groupBy, sees, filter, ...time });
      return asFile(reply, `${list}-${today(ports.clock.nowMs())}`, format).send(file);
    },
  );
};

const instantOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : new Date(text).toISOString();

const today = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10);
