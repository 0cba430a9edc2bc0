import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Controller, ControllerFact } from "@firebreak/ingest/controllers/controller-book.ts";
import type { KeptFreezeFrame } from "@firebreak/ingest/controllers/freeze-frames.ts";
import { may } from "@firebreak/kit/roles.ts";
import { identityFacts } from "@firebreak/wire/machine-event.ts";
import { type Static, Type } from "typebox";
import { Instant, MachineId, OneOf } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
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

const Reading = Type.Union([Type.Number(), Type.Null()], { description: "null: not available" });

/** What a control unit kept when a code became active. */
const FreezeFrame = Type.Object({
  network: Type.Integer({ minimum: 0, description: "0: the machine's main network" }),
  sa: Type.Integer({ minimum: 0, maximum: 255 }),
  spn: Type.Integer({ minimum: 0 }),
  fmi: Type.Integer({ minimum: 0, maximum: 31 }),
  oc: Type.Union([Type.Integer(), Type.Null()], { description: "occurrence count as sent" }),
  since: Instant,
  seen: Instant,
  boostKpa: Reading,
  engineSpeedRpm: Reading,
  engineLoadPercent: Reading,
  coolantTemperatureC: Reading,
  vehicleSpeedKmh: Reading,
  extra: Type.String({ description: "the maker's own, hex" }),
});

export type FreezeFrameRow = Static<typeof FreezeFrame>;
export type ControllerRow = Static<typeof ControllerView>;

/** Occurrence count of SAE J1939-73: not available. */
const notCounted = 127;

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

function toFrameRow({ sinceMs, seenMs, values, oc, ...rest }: KeptFreezeFrame): FreezeFrameRow {
  const known = { oc: oc === notCounted ? null : oc, ...values };
  return { ...rest, ...known, since: iso(sinceMs), seen: iso(seenMs) };
}

/** What the control units of a machine say of themselves and of their codes. */
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
      await knownMachine(ports, machineId);
      const mayReadVin = may(principalOf(request).role, "machines.record");
      return { items: ports.controllers.of(machineId).map((one) => toRow(one, mayReadVin)) };
    },
  );

  const framesSchema = {
    tags: ["machines"],
    summary: "Freeze frames: what control units kept when trouble codes became active",
    description: "Of each code the newest, as DM4 has it; it does not say when it was taken.",
    params: Type.Object({ machineId: MachineId }),
    response: { 200: Type.Object({ items: Type.Array(FreezeFrame) }) },
  };
  app.get(
    "/machines/:machineId/freeze-frames",
    { schema: framesSchema, config: { access: "machines.read" } },
    async ({ params: { machineId } }) => {
      await knownMachine(ports, machineId);
      return { items: ports.controllers.freezeFrames(machineId).map(toFrameRow) };
    },
  );
};
