import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { EngineerPosition, engineerStates } from "@firebreak/tickets/organisation/engineer.ts";
import { OrganisationId } from "@firebreak/tickets/organisation/fields.ts";
import { InstalledPart, MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { commandId, MachineStateBody } from "../api/organisation.ts";
import { Instant, MachineId, MaybeInstant } from "../api/schemas.ts";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["organisation"];
const params = Type.Object({ machineId: MachineId });
const mayRead = { access: "organisation.read" } as const;
const mayWrite = { access: "organisation.write" } as const;
const machinePath = "/organisation/machines/:machineId";
const Stored = Type.Object({ ...MachineFile.properties, version: Type.Integer({ minimum: 1 }) });
const Hours = Type.Number({ minimum: 0, maximum: 1_000_000 });

/** What is done to machines and engineers beyond writing their files. */
export const machineCommandRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports },
) => {
  const desk = ports.organisation;
  const shown = ({ file, version }: Awaited<ReturnType<typeof desk.moveMachine>>) => ({
    ...file,
    version,
  });

  const unregisteredSchema = {
    tags,
    summary: "Machines that their gateways told of and that have no file yet",
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            machineId: Type.String(),
            planId: Type.String(),
            gatewayId: Type.String(),
            firstSeenAt: Instant,
          }),
        ),
        next: Type.Null(),
      }),
    },
  };
  app.get(
    "/organisation/unregistered-machines",
    { schema: unregisteredSchema, config: mayRead },
    async () => ({ items: await desk.unregistered(), next: null }),
  );

  const ownersSchema = {
    tags,
    summary: "Whose a machine was, oldest first",
    params,
    response: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            customerId: Type.Union([Type.String(), Type.Null()]),
            siteId: Type.Union([Type.String(), Type.Null()]),
            from: Instant,
            until: MaybeInstant,
          }),
        ),
        next: Type.Null(),
      }),
    },
  };
  app.get(
    `${machinePath}/owners`,
    { schema: ownersSchema, config: mayRead },
    async ({ params: { machineId } }) => ({ items: await desk.owners(machineId), next: null }),
  );

  const partsSchema = {
    tags,
    summary: "Parts that work in a machine",
    params,
    response: { 200: Type.Object({ items: Type.Array(InstalledPart), next: Type.Null() }) },
  };
  app.get(
    `${machinePath}/installed-parts`,
    { schema: partsSchema, config: mayRead },
    async ({ params: { machineId } }) => {
      const { installedParts } = await desk.machine(machineId);
      return { items: [...installedParts], next: null };
    },
  );

  const moveSchema = {
    tags,
    summary: "Give a machine to another customer or site",
    description: "Tickets that are open stay with the customer they were opened for, with a note.",
    params,
    body: Type.Object(
      {
        commandId,
        customerId: Type.Optional(OrganisationId),
        siteId: Type.Optional(OrganisationId),
        regionId: Type.Optional(OrganisationId),
        stationId: Type.Optional(OrganisationId),
        version: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      closed,
    ),
    response: { 200: Stored },
  };
  app.post(`${machinePath}/move`, { schema: moveSchema, config: mayWrite }, async (request) => {
    const { customerId, siteId, ...rest } = request.body;
    const { machineId } = request.params;
    const order = { actor: actorOf(request), machineId, customerId, siteId, ...rest };
    return shown(await desk.moveMachine(order));
  });

  const stateSchema = {
    tags,
    summary: "Change the state of a machine",
    params,
    body: MachineStateBody,
    response: { 200: Stored },
  };
  app.post(`${machinePath}/state`, { schema: stateSchema, config: mayWrite }, async (request) =>
    shown(await desk.setState({ actor: actorOf(request), ...request.params, ...request.body })),
  );

  const hoursSchema = {
    tags,
    summary: "What the hour meter shows",
    params,
    body: Type.Object({ commandId, readingHours: Hours }, closed),
    response: { 200: Stored },
  };
  app.post(`${machinePath}/hours`, { schema: hoursSchema, config: mayWrite }, async (request) =>
    shown(await desk.recordHours({ actor: actorOf(request), ...request.params, ...request.body })),
  );

  const meterSchema = {
    tags,
    summary: "The hour meter was replaced",
    params,
    body: Type.Object(
      {
        commandId,
        lastHours: Hours,
        firstHours: Hours,
        reason: Type.String({ minLength: 1, maxLength: 200 }),
      },
      closed,
    ),
    response: { 200: Stored },
  };
  app.post(`${machinePath}/meter`, { schema: meterSchema, config: mayWrite }, async (request) =>
    shown(await desk.replaceMeter({ actor: actorOf(request), ...request.params, ...request.body })),
  );

  const installSchema = {
    tags,
    summary: "A part was put in; the one before it in this position is removed",
    params,
    body: Type.Object({ commandId, part: InstalledPart }, closed),
    response: { 200: Type.Object({ items: Type.Array(InstalledPart), next: Type.Null() }) },
  };
  app.post(
    `${machinePath}/installed-parts`,
    { schema: installSchema, config: mayWrite },
    async (request) => {
      const { machineId } = request.params;
      await desk.installPart({ actor: actorOf(request), machineId, ...request.body });
      const { installedParts } = await desk.machine(machineId);
      return { items: [...installedParts], next: null };
    },
  );

  const presenceSchema = {
    tags,
    summary: "What an engineer does now and where he is",
    description: "A position older than the last known one is not taken.",
    params: Type.Object({ engineerId: OrganisationId }),
    body: Type.Object(
      {
        commandId,
        state: Type.Optional(Type.Enum(engineerStates)),
        position: Type.Optional(EngineerPosition),
      },
      closed,
    ),
    response: { 200: Type.Object({ engineerId: OrganisationId }) },
  };
  app.post(
    "/organisation/engineers/:engineerId/presence",
    { schema: presenceSchema, config: { access: "tickets.dispatch" } },
    async (request) => {
      const { engineerId } = request.params;
      await desk.setPresence({ actor: actorOf(request), engineerId, ...request.body });
      return { engineerId };
    },
  );
};
