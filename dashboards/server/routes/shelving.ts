import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { isSafetyMatter } from "@firebreak/tickets/shelving/safety-matter.ts";
import { maxShelfHours } from "@firebreak/tickets/shelving/shelving-desk.ts";
import { type Static, Type } from "typebox";
import { BothLanguages, Instant, MachineId } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["machines"];
const params = Type.Object({ machineId: MachineId });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const maySay = { access: "tickets.dispatch" } as const;

const Shelf = Type.Object({
  shelfId: Type.String(),
  ruleId: Type.String(),
  failureMode: Type.String(),
  subject: Type.String({ description: "as of the finding; mostly empty" }),
  by: Type.String(),
  reason: Type.String(),
  at: Instant,
  until: Instant,
});

const Active = Type.Object({
  findingId: Type.String(),
  ruleId: Type.String(),
  failureMode: Type.String(),
  subject: Type.String(),
  title: BothLanguages,
  since: Instant,
  isSafety: Type.Boolean({
    description: "true: it cannot be shelved (by its plan, or its red stop lamp is on)",
  }),
  isShelved: Type.Boolean(),
  isLatched: Type.Boolean({
    description: "true: its condition has returned to normal, and it waits for a person's reset",
  }),
});
export type ActiveFinding = Static<typeof Active>;

const Titled = Type.Object({ ...Shelf.properties, title: BothLanguages });
const Shelved = Type.Object({
  items: Type.Array(Titled, { description: "what ends first on top" }),
  active: Type.Array(Active, {
    description: "what is found now, shelved or not; one for each that one shelf takes",
  }),
});
export type Shelved = Static<typeof Shelved>;

type Key = Pick<Static<typeof Shelf>, "ruleId" | "failureMode" | "subject">;

/** What people call it: the plan's failure mode, and which code it is where the plan knows none. */
function titleOf({ failureMode, subject }: Key, plan: Plan | undefined) {
  const known = plan?.service.failureModes[failureMode]?.title;
  if (failureMode === "uncatalogued")
    return { en: `Unknown trouble code ${subject}`, "zh-CN": `未知故障码 ${subject}` };
  const name = subject === "" ? failureMode : `${failureMode} ${subject}`;
  return known ?? { en: name, "zh-CN": name };
}

const toActive = (
  finding: Finding,
  plan: Plan | undefined,
  shelves: readonly Key[],
): ActiveFinding => {
  const { findingId, ruleId, failureMode, subject, since, isLatched = false } = finding;
  return {
    ...{ findingId, ruleId, failureMode, subject, since, isLatched },
    title: titleOf(finding, plan),
    isSafety: isSafetyMatter(finding, plan),
    isShelved: shelves.some((shelf) => isSame(shelf, finding)),
  };
};

const isSame = (one: Key, other: Key): boolean =>
  one.ruleId === other.ruleId &&
  one.failureMode === other.failureMode &&
  one.subject === other.subject;

/**
 * One line for what one shelf would take: two codes of one failure mode are set aside together, or not at all. What is
 * latched is reset one by one.
 */
function linesOf(active: readonly ActiveFinding[]): ActiveFinding[] {
  const lines: ActiveFinding[] = [];
  for (const one of active) {
    const at = one.isLatched ? -1 : lines.findIndex((line) => !line.isLatched && isSame(line, one));
    const line = lines[at];
    if (line === undefined) {
      lines.push(one);
      continue;
    }
    const [since = one.since] = [line.since, one.since].sort();
    lines[at] = { ...line, since, isSafety: line.isSafety || one.isSafety };
  }
  return lines;
}

/** Alarms that people have set aside for a time (IEC 62682: shelved). */
export const shelvingRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const listSchema = {
    tags,
    summary: "What is shelved of a machine, and what is found on it now",
    params,
    response: { 200: Shelved },
  };
  app.get(
    "/machines/:machineId/shelved",
    { schema: listSchema, config: { access: "machines.read" } },
    async ({ params: { machineId } }) => {
      const plan = ports.plans.get((await knownMachine(ports, machineId)).plan);
      const shelves = await ports.shelving.list(machineId);
      const { findings = [] } = ports.judge.condition(machineId) ?? {};
      return {
        items: shelves.map((shelf) => ({ ...shelf, title: titleOf(shelf, plan) })),
        active: linesOf(findings.map((finding) => toActive(finding, plan, shelves))),
      };
    },
  );

  const shelveSchema = {
    tags,
    summary: "Shelve a rule's finding for a time",
    description:
      "Meanwhile it is stored and shown, and opens no ticket, adds to none and tells nobody. What lasts at the end opens one then.",
    params,
    body: Type.Object(
      {
        ruleId: Name,
        failureMode: Type.Optional(
          Type.String({
            ...{ minLength: 1, maxLength: 200 },
            description: "needed for rules without one of their own: as the finding has it",
          }),
        ),
        subject: Type.Optional(Type.String({ maxLength: 200, description: "default empty" })),
        hours: Type.Number({ minimum: 1, maximum: maxShelfHours }),
        reason: Type.String({ minLength: 3, maxLength: 500 }),
      },
      { additionalProperties: false },
    ),
    response: { 201: Shelf },
  };
  app.post(
    "/machines/:machineId/shelved",
    { schema: shelveSchema, config: maySay },
    async (request, reply) => {
      const { machineId } = request.params;
      await knownMachine(ports, machineId);
      reply.code(201);
      return ports.shelving.shelve({ ...request.body, machineId }, actorOf(request));
    },
  );

  const endSchema = {
    tags,
    summary: "End a shelf before its time",
    params: Type.Object({ machineId: MachineId, shelfId: Name }),
    response: { 204: Type.Null() },
  };
  app.delete(
    "/machines/:machineId/shelved/:shelfId",
    { schema: endSchema, config: maySay },
    async (request, reply) => {
      const { machineId, shelfId } = request.params;
      await ports.shelving.unshelve(machineId, shelfId, actorOf(request));
      return reply.code(204).send(null);
    },
  );
};
