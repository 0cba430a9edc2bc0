import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Controller, ControllerFact } from "@firebreak/ingest/controllers/controller-book.ts";
import { may } from "@firebreak/kit/roles.ts";
import { identityFacts } from "@firebreak/wire/machine-event.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { Instant, MachineId, OneOf } from "../api/schemas.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const Fact = OneOf(
  identityFacts,
  "name: the NAME it claims its address with; component: make, model, serial number, unit number; ecu: part number, serial number, location, type",
);
const Fields = Type.Union(
  [Type.Array(Type.String({ maxLength: 200 }), { maxItems: 16 }), Type.Null()],
  {
    description: "in the order of the standard; null: a VIN, and who asks may not read it",
  },
);

/** One control unit of a machine. */
const ControllerView = Type.Object({
  network: Type.Integer({ minimum: 0, description: "0: the machine's main network" }),
  sa: Type.Integer({ minimum: 0, maximum: 255, description: "source address" }),
  facts: Type.Array(Type.Object({ fact: Fact, fields: Fields, since: Instant, seen: Instant })),
  changes: Type.Array(Type.Object({ fact: Fact, at: Instant, before: Fields, after: Fields }), {
    description: "newest first",
  }),
});

export type ControllerRow = Static<typeof ControllerView>;

const iso = (ms: number): string => new Date(ms).toISOString();

function toRow({ network, sa, facts }: Controller, mayReadVin: boolean): ControllerRow {
  const shown = (fact: ControllerFact["fact"], fields: readonly string[] = []) =>
    fact === "vin" && !mayReadVin ? null : [...fields];
  const order = (fact: ControllerFact["fact"]) => identityFacts.indexOf(fact);
  return {
    network,
    sa,
    facts: [...facts]
      .sort((one, other) => order(one.fact) - order(other.fact))
      .map(({ fact, now }) => ({
        fact,
        fields: shown(fact, now.fields),
        since: iso(now.sinceMs),
        seen: iso(now.seenMs),
      })),
    changes: facts
      .flatMap(({ fact, words }) =>
        words.slice(1).map(({ fields, sinceMs }, at) => ({
          fact,
          at: iso(sinceMs),
          before: shown(fact, words[at]?.fields),
          after: shown(fact, fields),
        })),
      )
      .sort((one, other) => (one.at < other.at ? 1 : -1)),
  };
}

/** Who the control units of a machine say they are. */
export const controllerRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const schema = {
    tags: ["machines"],
    summary: "Control units of a machine: who they say they are, and when that changed",
    description: "Texts as the machine sent them: printable ASCII, and nobody vouches for them.",
    params: Type.Object({ machineId: MachineId }),
    response: { 200: Type.Object({ items: Type.Array(ControllerView) }) },
  };
  app.get(
    "/machines/:machineId/controllers",
    { schema, config: { access: "machines.read" } },
    async (request) => {
      const { machineId } = request.params;
      if ((await ports.machines.get(machineId)) === undefined)
        throw new HttpError("UNKNOWN_MACHINE", "no such machine", "machineId");
      const mayReadVin = may(principalOf(request).role, "machines.record");
      return { items: ports.controllers.of(machineId).map((one) => toRow(one, mayReadVin)) };
    },
  );
};
