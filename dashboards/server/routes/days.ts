import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { zoneOf } from "@firebreak/tickets/organisation/region.ts";
import { isZone } from "@firebreak/tickets/sla/zone-time.ts";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { byDay, edgesOf, localDays } from "../api/local-days.ts";
import { createGate } from "../api/query-gate.ts";
import { LocalDays, MachineId } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";
import { turnOf } from "./turn-of.ts";

const config = { access: "machines.read" } as const;
const maxDaysTogether = 4_000;
const Day = Type.String({ minLength: 10, maxLength: 10, description: "`2027-03-28`" });

/** What a machine did each day, as the people around it count days. */
export const dayRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const gate = createGate({ atOnce: 4, waiting: 32 });
  const schema = {
    tags: ["machines"],
    summary: "Sums of local days: minimum, maximum, mean, first, last and counts",
    description: `Days of the machine's region, or of \`zone\`; each as long as it was there (\`hours\`: 23 or 25 where clocks changed). Days without any sample are left out. What a counter grew in a day is \`last - first\`. At most ${maxDaysTogether} days times signals.`,
    params: Type.Object({ machineId: MachineId }),
    querystring: Type.Object({
      signal: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 16,
        description: "once for each signal: `signal=a&signal=b`",
      }),
      from: Day,
      to: Type.String({ ...Day, description: "exclusive" }),
      zone: Type.Optional(
        Type.String({ minLength: 1, maxLength: 64, description: "IANA, such as `Asia/Kathmandu`" }),
      ),
    }),
    response: {
      200: Type.Object({
        zone: Type.String(),
        items: Type.Array(LocalDays),
        next: Type.Null(),
      }),
    },
  };
  app.get("/machines/:machineId/days", { schema, config }, async (request, reply) => {
    const { machineId } = request.params;
    const { signal: signals, from, to } = request.query;
    const turn = turnOf(request, reply);
    await knownMachine(ports, machineId);
    const zone =
      request.query.zone ?? zoneOf((await ports.organisation.machine(machineId)).regionPath);
    if (!isZone(zone))
      throw new HttpError("BAD_REQUEST", "no such time zone, say one as Asia/Kathmandu", "zone");
    const most = Math.floor(maxDaysTogether / signals.length);
    const days = localDays(zone, { from, to, most });
    const edgesNs = edgesOf(days);
    const items: LocalDays[] = [];
    for (const signal of signals) {
      const query = { machineId, signal, edgesNs };
      const sums = await gate(turn, (abort) => ports.telemetry.stretches(query, { abort }));
      items.push(byDay(signal, days, sums));
    }
    return { zone, items, next: null };
  });
};
