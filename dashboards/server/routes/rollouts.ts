import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  type Rollout,
  type RolloutTarget,
  rolloutStates,
  targetStates,
} from "@firebreak/ingest/rollout/rollout.ts";
import { maxConfigurationText } from "@firebreak/wire/configuration.ts";
import { Type } from "typebox";
import { Instant, MaybeInstant, OneOf, Page } from "../api/schemas.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["configuration of gateways"];
const reads = { access: "operations.read" } as const;
const writes = { access: "gateways.configure" } as const;
const Count = Type.Integer({ minimum: 0 });
const Id = Type.String({ minLength: 1, maxLength: 100 });

const Problem = Type.Object(
  { path: Type.String(), line: Count, column: Count, message: Type.String() },
  { title: "ConfigurationProblem", description: "line and column of the text, from 1" },
);

const Settings = {
  canaryCount: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    description: "gateways that go first; default: one, or 5 % of all, whichever is more",
  }),
  soakMs: Type.Integer({
    minimum: 0,
    maximum: 604_800_000,
    description: "how long a confirmed wave is watched before the next, ms; default 30 minutes",
  }),
  wavePercent: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: "size of the waves after the canaries, percent of all; default 20",
  }),
  maxFailures: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    description: "so many may refuse it or roll it back before everything stops; default 0",
  }),
};

const Target = Type.Object(
  {
    gatewayId: Type.String(),
    wave: Type.Integer({ minimum: 0, description: "0: the canaries" }),
    state: OneOf(targetStates),
    reason: Type.String(),
    problems: Type.Array(Problem),
    updatedAt: Instant,
  },
  { title: "RolloutTarget" },
);

const head = {
  rolloutId: Type.String(),
  version: Count,
  title: Type.String(),
  state: OneOf(rolloutStates),
  reason: Type.String({ description: "why it stopped, or what it waits for" }),
  settings: Type.Object(Settings),
  wave: Count,
  settledAt: MaybeInstant,
  createdBy: Type.String(),
  createdAt: Instant,
  rollbackOf: Type.Union([Type.String(), Type.Null()]),
};
const Row = Type.Object(
  { ...head, counts: Type.Record(Type.String(), Count) },
  { title: "RolloutRow" },
);
const Whole = Type.Object(
  { ...head, text: Type.String(), targets: Type.Array(Target) },
  { title: "Rollout" },
);

const iso = (ms: number) => new Date(ms).toISOString();

function headOf({ createdAtMs, settledAtMs, targets: _, ...rest }: Rollout) {
  return {
    ...rest,
    createdAt: iso(createdAtMs),
    settledAt: settledAtMs === null ? null : iso(settledAtMs),
  };
}

/** By the list of targets, which is another one as soon as one of them changes: pages ask every few seconds. */
const counted = new WeakMap<readonly RolloutTarget[], Record<string, number>>();

function countsOf(targets: readonly RolloutTarget[]): Record<string, number> {
  const known = counted.get(targets);
  if (known !== undefined) return known;
  const counts: Record<string, number> = {};
  for (const { state } of targets) counts[state] = (counts[state] ?? 0) + 1;
  counted.set(targets, counts);
  return counts;
}

const rowOf = (rollout: Rollout) => ({ ...headOf(rollout), counts: countsOf(rollout.targets) });

const targetOf = ({ gatewayId, wave, state, reason, problems, updatedAtMs }: RolloutTarget) => ({
  gatewayId,
  wave,
  state,
  reason,
  problems: [...problems],
  updatedAt: iso(updatedAtMs),
});

/** Configurations of gateways: roll-outs, their gateways, and the orders that may be given to them. */
export const rolloutRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { rollouts } = ports;
  const params = Type.Object({ rolloutId: Id });
  const Text = Type.String({
    minLength: 1,
    maxLength: maxConfigurationText,
    description: "YAML; what may be in it: docs/gateway.md",
  });

  const listSchema = { tags, summary: "Roll-outs, newest first", response: { 200: Page(Row) } };
  app.get("/rollouts", { schema: listSchema, config: reads }, async () => ({
    items: rollouts.list().map(rowOf),
    next: null,
  }));

  const getSchema = {
    tags,
    summary: "A roll-out with its text and each gateway's state",
    params,
    response: { 200: Whole },
  };
  app.get("/rollouts/:rolloutId", { schema: getSchema, config: reads }, async (request) => {
    const found = await rollouts.get(request.params.rolloutId);
    return { ...headOf(found), text: found.text, targets: found.targets.map(targetOf) };
  });

  const checkSchema = {
    tags,
    summary: "Every mistake of a configuration's text, with line and column",
    body: Type.Object(
      { text: Text, commandId: Type.Optional(Id) },
      { additionalProperties: false },
    ),
    response: { 200: Type.Object({ problems: Type.Array(Problem) }) },
  };
  app.post("/rollouts/check", { schema: checkSchema, config: writes }, async ({ body }) => ({
    problems: [...(await rollouts.check(body.text))],
  }));

  const createSchema = {
    tags,
    summary: "Roll a configuration out: canaries first, then the rest in waves",
    description: "The same commandId again makes nothing new.",
    body: Type.Object(
      {
        commandId: Id,
        title: Type.String({ minLength: 1, maxLength: 200 }),
        text: Text,
        gateways: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000 })),
        plan: Type.Optional(Id),
        settings: Type.Optional(
          Type.Partial(Type.Object(Settings), { additionalProperties: false }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 200: Row },
  };
  app.post("/rollouts", { schema: createSchema, config: writes }, async (request) => {
    const { commandId: rolloutId, ...order } = request.body;
    return rowOf(await rollouts.create({ rolloutId, ...order }, principalOf(request).actor));
  });

  for (const order of ["pause", "resume", "cancel"] as const) {
    const schema = {
      tags,
      summary: `${order[0]?.toUpperCase()}${order.slice(1)} a roll-out`,
      description: {
        pause: "Nobody else is begun with; what is under way goes on.",
        resume: "Goes on after a pause.",
        cancel: "For good. Who is trying it rolls it back, who has not been reached stays as is.",
      }[order],
      params,
      body: Type.Object({ commandId: Type.Optional(Id) }, { additionalProperties: false }),
      response: { 200: Row },
    };
    app.post(`/rollouts/:rolloutId/${order}`, { schema, config: writes }, async (request) =>
      rowOf(await rollouts.order((request.params as { rolloutId: string }).rolloutId, order)),
    );
  }

  const backSchema = {
    tags,
    summary: "Give every gateway that a roll-out has reached what it had before",
    description: "A roll-out of its own, to all at once. The same commandId makes nothing new.",
    params,
    body: Type.Object({ commandId: Id }, { additionalProperties: false }),
    response: { 200: Row },
  };
  app.post(
    "/rollouts/:rolloutId/rollback",
    { schema: backSchema, config: writes },
    async (request) => {
      const { actor } = principalOf(request);
      const { rolloutId } = request.params;
      return rowOf(await rollouts.rollBack(rolloutId, request.body.commandId, actor));
    },
  );
};
