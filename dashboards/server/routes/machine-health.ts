import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { MachineHealth, toMachineHealth } from "../api/machine-health.ts";
import { MachineId } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";

/** How one machine is, what lowers its health since when, and the outlook for the next 30 days. */
export const machineHealthRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const schema = {
    tags: ["machines"],
    summary: "Health index with what lowers it, components, and the outlook for the next 30 days",
    description:
      "A machine or component without data is `unknown`, not well. The outlook joins what use, trends, learned models and the lives of such parts in the field say of each part.",
    params: Type.Object({ machineId: MachineId }),
    response: { 200: MachineHealth },
  };
  app.get(
    "/machines/:machineId/health",
    { schema, config: { access: "machines.read" } },
    async ({ params: { machineId } }) => {
      const machine = await knownMachine(ports, machineId);
      // Before the condition: what is read here counts in it from now on.
      const standing = await ports.standings.of(machineId);
      return toMachineHealth({
        machine,
        standing,
        condition: ports.judge.condition(machineId),
        plan: ports.plans.get(machine.plan),
        latest: ports.live.latest(machineId),
      });
    },
  );
};
