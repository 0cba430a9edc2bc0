import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  captureDetails,
  captureStates,
  type RequestRow,
  requestDetails,
  requestStates,
} from "@firebreak/ingest/captures/capture-rows.ts";
import type { CaptureSeen } from "@firebreak/ingest/captures/open-captures.ts";
import { captureFormats } from "@firebreak/wire/machine-event.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { Instant, MachineId, OneOf } from "../api/schemas.ts";
import type { MachineRecord } from "../ports.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["machines"];
const Count = Type.Integer({ minimum: 0 });
const params = Type.Object({ machineId: MachineId });

/** One recording of raw frames. */
const Capture = Type.Object({
  id: Count,
  gatewayId: Type.String(),
  name: Type.String({ description: "of the file on its gateway" }),
  format: OneOf(
    captureFormats,
    "candump: `candump -L`; modbus: one line for each request and reply",
  ),
  code: Type.Union([
    Type.Object({ network: Count, sa: Count, spn: Count, fmi: Count }),
    Type.Null(),
  ]),
  requestId: Type.Union([Type.String(), Type.Null()]),
  first: Instant,
  last: Instant,
  records: Type.Integer({ minimum: 0, description: "frames, or requests and replies" }),
  bytes: Type.Integer({ minimum: 0, description: "of the text" }),
  fetchBytes: Type.Integer({ minimum: 0, description: "as it is sent, compressed" }),
  receivedBytes: Count,
  state: OneOf(captureStates),
  detail: OneOf(captureDetails, "why it does not go on; empty while it does"),
});

/** Somebody asked for one. */
const CaptureRequest = Type.Object({
  id: Type.String(),
  askedBy: Type.String(),
  askedAt: Instant,
  state: OneOf(requestStates),
  detail: OneOf(requestDetails),
});

export type CaptureRow = Static<typeof Capture>;
export type CaptureRequestRow = Static<typeof CaptureRequest>;

const iso = (ms: number): string => new Date(ms).toISOString();

const toCapture = (row: CaptureSeen): CaptureRow => ({
  id: row.id,
  gatewayId: row.gatewayId,
  name: row.name,
  format: row.format,
  code: row.code,
  requestId: row.requestId === "" ? null : row.requestId,
  first: iso(row.firstUs / 1_000),
  last: iso(row.lastUs / 1_000),
  records: row.records,
  bytes: row.plainBytes,
  fetchBytes: row.storedBytes,
  receivedBytes: Math.min(row.receivedBytes, row.storedBytes),
  state: row.state,
  detail: row.detail,
});

const toRequest = (row: RequestRow): CaptureRequestRow => ({
  id: row.id,
  askedBy: row.askedBy,
  askedAt: iso(row.askedMs),
  state: row.state,
  detail: row.detail,
});

/** A machine that is read from another maker's server has nobody to ask. */
const isReadByGateway = (machine: MachineRecord | undefined): boolean =>
  machine !== undefined && machine.origin === undefined;

/** Raw frames around trouble codes and on request. */
export const captureRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const listSchema = {
    tags,
    summary: "Recordings of raw frames of a machine, and requests for them; the newest first",
    params,
    response: {
      200: Type.Object({
        items: Type.Array(Capture),
        requests: Type.Array(CaptureRequest),
        canRecord: Type.Boolean({ description: "false: no gateway reads this machine" }),
      }),
    },
  };
  app.get(
    "/machines/:machineId/captures",
    { schema: listSchema, config: { access: "machines.read" } },
    async ({ params: { machineId } }) => {
      // Machines of tickets that were phoned in may have no gateway: nothing is wrong with them.
      const canRecord = isReadByGateway(await ports.machines.get(machineId));
      const items = ports.captures.list(machineId).map(toCapture);
      return { items, requests: ports.captures.requests(machineId).map(toRequest), canRecord };
    },
  );

  const askSchema = {
    tags,
    summary: "Ask the machine's gateway for the raw frames of the last minute",
    description:
      "One request at a time: while one is under way it is the answer. It waits a day for a gateway that is offline.",
    params,
    response: { 202: CaptureRequest },
  };
  app.post(
    "/machines/:machineId/captures",
    { schema: askSchema, config: { access: "machines.record" } },
    async ({ params: { machineId }, principal }, reply) => {
      if (principal === null) throw new HttpError("NOT_LOGGED_IN", "log in first");
      if (!isReadByGateway(await knownMachine(ports, machineId)))
        throw new HttpError("CAPTURE_NO_GATEWAY", "no gateway reads this machine", "machineId");
      reply.code(202);
      return toRequest(ports.captures.request(machineId, principal.actor));
    },
  );

  const textSchema = {
    tags,
    summary: "A recording as text",
    description:
      "What `candump -L` writes, or lines of Modbus. Each download leaves a line in the audit log.",
    params: Type.Object({ machineId: MachineId, capture: Count }),
    produces: ["text/plain"],
  };
  app.get(
    "/machines/:machineId/captures/:capture/text",
    { schema: textSchema, config: { access: "machines.record" } },
    async ({ params: { machineId, capture: id }, principal }, reply) => {
      const found = ports.captures.find(machineId, id);
      if (!found) throw new HttpError("NOT_FOUND", "there is no such recording here", "capture");
      await ports.audit.record({
        at: iso(ports.clock.nowMs()),
        actor: principal?.actor ?? "anybody",
        action: "capture.read",
        subject: { kind: "machine", id: machineId },
        facts: { capture: id },
      });
      const text = await ports.captures.text(found);
      const name = `${machineId}-${found.name.replace(/\.gz$/, "")}`;
      reply.type("text/plain; charset=utf-8");
      reply.header(
        "content-disposition",
        `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"`,
      );
      return reply.send(text);
    },
  );
};
