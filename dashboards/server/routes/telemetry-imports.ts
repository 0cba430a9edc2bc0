import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { importFaultCodes } from "@firebreak/ingest/imports/import-fault.ts";
import type { ImportMapping } from "@firebreak/ingest/imports/import-rows.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { Instant, MachineId, OneOf, Page } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";
import { sheetIn, sheetUploadMs, taking } from "./upload.ts";

const tags = ["exports"];
const Count = Type.Integer({ minimum: 0 });
const Header = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));

const ImportQuery = Type.Object({
  mode: OneOf(["preview", "import"], "preview: nothing is stored"),
  time: Type.String({ minLength: 1, maxLength: 200, description: "header of the column of times" }),
  zone: Type.Optional(
    Type.String({ pattern: "^([+-]\\d\\d:\\d\\d|Z)$", description: "of times without a zone" }),
  ),
  machineId: Type.Optional(MachineId),
  machine: Header("header of the column of machines, instead of machineId"),
  signalName: Header("the one signal of the file"),
  signal: Header("header of the column of signals, instead of signalName"),
  value: Header("header of the column of values"),
  unit: Header("header of the column of units; absent: those of the plan"),
  quality: Header("header of the column of qualities; absent: good, where there is a value"),
  wide: Type.Optional(
    Type.Array(Type.String({ pattern: "^.{1,200}=.{1,200}$" }), {
      maxItems: 200,
      description:
        "`<header>=<signal>`, once for each column that holds one signal; instead of signal and value",
    }),
  ),
});

const Stretch = {
  signal: Type.String(),
  from: Instant,
  to: Type.String({ description: "time of the last sample" }),
  samples: Count,
};

/** What became of a file, or would become of it. */
export type TelemetryImport = Static<typeof ImportAnswer>;
const ImportAnswer = Type.Object({
  importId: Type.String(),
  state: OneOf(["preview", "refused", "done"], "refused: mistakes, nothing was imported"),
  at: Instant,
  by: Type.String(),
  hash: Type.String({ description: "SHA-256 of the file" }),
  columns: Type.Array(Type.String(), { description: "what row 1 of the file says" }),
  rows: Count,
  added: Type.Integer({ minimum: 0, description: "samples that are new to the store" }),
  alreadyThere: Type.Integer({
    minimum: 0,
    description: "left out: the store has a sample of that signal and time",
  }),
  stretches: Type.Array(Type.Object({ machineId: Type.String(), ...Stretch })),
  faultCount: Count,
  faults: Type.Array(
    Type.Object({
      row: Type.Integer({ description: "as the file counts: the header is row 1" }),
      column: Type.String(),
      value: Type.String(),
      code: OneOf(importFaultCodes),
      facts: Type.Record(Type.String(), Type.String(), { description: "what the message names" }),
      message: Type.String(),
    }),
    { description: "the first thousand" },
  ),
});

const Imported = Type.Object({
  importId: Type.String(),
  at: Instant,
  by: Type.String(),
  ...Stretch,
});
/** A stretch of a machine's series that was imported. */
export type ImportedRow = Static<typeof Imported>;

/** @throws HttpError BAD_REQUEST */
function mappingOf(query: Static<typeof ImportQuery>): ImportMapping {
  const { time, zone, machineId, machine, signalName, signal, value, unit, quality, wide } = query;
  const either = <Own, Other>(own: Own | undefined, other: Other | undefined, name: string) => {
    if ((own === undefined) === (other === undefined))
      throw new HttpError("BAD_REQUEST", `say either ${name}, and not both`, name.split(" ")[0]);
  };
  either(machineId, machine, "machineId or machine");
  const about = {
    time,
    zone,
    machine: machine === undefined ? { id: machineId ?? "" } : { column: machine },
  };
  either(wide, value, "wide or value");
  if (wide !== undefined) {
    const columns = wide.map((one) => {
      const at = one.lastIndexOf("=");
      return { column: one.slice(0, at), signal: one.slice(at + 1) };
    });
    return { ...about, values: { wide: columns } };
  }
  either(signalName, signal, "signalName or signal");
  const of = signal === undefined ? { name: signalName ?? "" } : { column: signal };
  return { ...about, values: { signal: of, value: value ?? "", unit, quality } };
}

/** Samples from elsewhere, brought in as a file. */
export const telemetryImportRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports },
) => {
  await app.register(multipart);

  const importSchema = {
    tags,
    summary: "Preview or import history from a CSV or Excel file",
    description:
      "One file as multipart/form-data, up to 20 MB, 100,000 rows and 1,000,000 samples; the query says which column holds what. All mistakes come at once, and with one mistake nothing is imported. What the store has already of a signal and time is left out, so the same file again changes nothing and no sample of a machine is replaced. Imported samples are in no ledger and are not judged by rules.",
    querystring: ImportQuery,
    consumes: ["multipart/form-data"],
    response: { 200: ImportAnswer },
  };
  app.post(
    "/telemetry-imports",
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
        const mapping = mappingOf(request.query);
        const bytes = await sheetIn(request);
        const by = principalOf(request).actor;
        const { mode } = request.query;
        const result = await ports.imports.take({ bytes, mapping, mode, by });
        if (result.state === "done")
          await ports.audit.record({
            at: result.at,
            actor: by,
            action: "telemetry.imported",
            subject: { kind: "import", id: result.importId },
            facts: { samples: result.added, hash: result.hash },
          });
        return {
          ...result,
          columns: [...result.columns],
          stretches: [...result.stretches],
          faults: [...result.faults],
        };
      }),
  );

  const listSchema = {
    tags,
    summary: "Which stretches of a machine's series were imported, by whom; the newest first",
    params: Type.Object({ machineId: MachineId }),
    response: { 200: Page(Imported) },
  };
  app.get(
    "/machines/:machineId/imports",
    { schema: listSchema, config: { access: "machines.read" } },
    async (request) => {
      const { machineId } = request.params;
      await knownMachine(ports, machineId);
      return { items: [...ports.imports.of(machineId)], next: null };
    },
  );
};
