import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Part, partFacts } from "@firebreak/tickets/parts/part.ts";
import { PartView } from "@firebreak/tickets/parts/stock-views.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { commandId, PartNo } from "../api/stock.ts";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["stock"];
const mayWrite = { access: "stock.write" } as const;

/** The parts master as people write it; each change stands in the audit log. */
export const partsMasterRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const addSchema = {
    tags,
    summary: "A new part of the master",
    body: Type.Object({ commandId, ...Part.properties, partNo: PartNo }, closed),
    response: { 200: PartView },
  };
  app.post("/parts", { schema: addSchema, config: mayWrite }, async (request) => {
    const { commandId: id, ...part } = request.body;
    return ports.stock.addPart({ part, commandId: id, actor: actorOf(request) });
  });

  const changeSchema = {
    tags,
    summary: "What the master says of a part, all of it anew: what is left out is taken away",
    params: Type.Object({ partNo: PartNo }),
    body: Type.Object({ commandId, ...partFacts }, closed),
    response: { 200: PartView },
  };
  app.post("/parts/:partNo", { schema: changeSchema, config: mayWrite }, async (request) => {
    const { commandId: id, ...facts } = request.body;
    const part = { ...facts, partNo: request.params.partNo };
    return ports.stock.changePart({ part, commandId: id, actor: actorOf(request) });
  });
};
