import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { may } from "@firebreak/kit/roles.ts";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { MachineId } from "../api/schemas.ts";
import { EventStream } from "../live/event-stream.ts";
import { maxStreams } from "../live/live-hub.ts";
import type { RouteDeps } from "./route-deps.ts";

const schema = {
  tags: ["live"],
  summary: "Server-sent events",
  description:
    "`machine`: a row of /machines that changed. `ticket`: a ticket that was opened, updated or ended. `signals`: live values of `machine`. `status`: every 15 s, what is wrong with the hub. `resync`: events were missed, fetch anew. Send the last id as Last-Event-ID (or `lastEventId`) to get what was missed. A reader that is too slow is cut off.",
  querystring: Type.Object({
    machine: Type.Optional(MachineId),
    lastEventId: Type.Optional(Type.String({ maxLength: 100 })),
  }),
  produces: ["text/event-stream"],
};

/** Whoever may see machines may see the tickets' headlines that come with them. */
const access = "machines.read";

export const eventRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { hub, guard }) => {
  app.get("/events", { schema, config: { access } }, async (request, reply) => {
    if (hub.streamCount >= maxStreams)
      throw new HttpError("TOO_MANY_STREAMS", "too many browsers are listening, try again shortly");
    const header = request.headers["last-event-id"];
    const lastEventId = typeof header === "string" ? header : request.query.lastEventId;
    reply.hijack();
    reply.raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    const stream = new EventStream(reply.raw, {
      machineId: request.query.machine,
      actor: request.principal?.actor ?? "",
      isStillAllowed: async () => {
        const principal = await guard.identify(request);
        return principal !== null && may(principal.role, access);
      },
    });
    reply.raw.on("close", () => hub.remove(stream));
    reply.raw.on("error", () => hub.remove(stream));
    await hub.add(stream, lastEventId);
  });
};
