import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { MachineId } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

/** Alarms that have returned to normal and wait for a person (IEC 62682: latched). */
export const latchedRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const schema = {
    tags: ["machines"],
    summary: "Reset a latched finding that has no open ticket",
    description:
      "One with an open ticket is reset there: by a proved repair, a report that no fault was found, or the ticket's end. The rules hear of it with the next data.",
    params: Type.Object({
      machineId: MachineId,
      findingId: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    response: { 202: Type.Object({ findingId: Type.String() }) },
  };
  app.post(
    "/machines/:machineId/findings/:findingId/reset",
    { schema, config: { access: "tickets.dispatch" } },
    async (request, reply) => {
      const { machineId, findingId } = request.params;
      await knownMachine(ports, machineId);
      const { findings = [] } = ports.judge.condition(machineId) ?? {};
      const finding = findings.find((one) => one.findingId === findingId);
      if (finding === undefined)
        throw new HttpError("FINDING_UNKNOWN", `${findingId} is not active on ${machineId}`);
      await ports.resets.reset(finding, actorOf(request));
      reply.code(202);
      return { findingId };
    },
  );
};
