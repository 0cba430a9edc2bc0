import { randomUUID } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Assumption, Period } from "@firebreak/tickets/forecast/forecast.ts";
import { Parameter, ParameterChange } from "@firebreak/tickets/forecast/parameters.ts";
import { PartMonth } from "@firebreak/tickets/forecast/part-months.ts";
import { PartsPlan, planStates, planTypes } from "@firebreak/tickets/forecast/parts-plan.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { OneOf, Page } from "../api/schemas.ts";
import { commandId } from "../api/ticket-commands.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["parts plans"];
const reading = { access: "plans.read" } as const;
const drafting = { access: "plans.draft" } as const;
const Word = Type.String({ minLength: 1, maxLength: 200 });
const params = Type.Object({ planId: Word });
const planReply = { response: { 200: PartsPlan } };
const Pieces = Type.Integer({ minimum: 0, maximum: 1_000_000 });

function plannerOf(request: FastifyRequest) {
  const { actor, role, regionId } = principalOf(request);
  return { actorId: actor, role, regionId };
}

/** Parts plans: drafted from the forecast, reviewed, approved, released, evaluated. */
export const forecastRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  const { forecast } = deps.ports;
  const listSchema = {
    tags,
    summary: "Parts plans, newest first",
    querystring: Type.Object({
      type: Type.Optional(OneOf(planTypes)),
      region: Type.Optional(Word),
      state: Type.Optional(OneOf(planStates)),
    }),
    response: { 200: Page(PartsPlan) },
  };
  app.get("/parts-plans", { schema: listSchema, config: reading }, async ({ query }) => {
    const { type, region, state } = query;
    return { items: await forecast.list({ planType: type, regionId: region, state }), next: null };
  });

  const oneSchema = { tags, summary: "One parts plan", params, ...planReply };
  app.get("/parts-plans/:planId", { schema: oneSchema, config: reading }, async (request) =>
    forecast.get(request.params.planId),
  );

  const draftSchema = {
    tags,
    summary: "Draft a plan: from the stock of this moment and the forecast of the period",
    description: "An emergency names its parts; core parts are headquarters' to plan.",
    body: Type.Object(
      {
        commandId,
        planType: OneOf(planTypes),
        regionId: Type.String({ maxLength: 200, description: "empty: headquarters" }),
        period: Period,
        emergency: Type.Optional(
          Type.Array(Type.Object({ partNo: Word, quantity: Pieces }, closed), { maxItems: 500 }),
        ),
      },
      closed,
    ),
    ...planReply,
  };
  app.post("/parts-plans", { schema: draftSchema, config: drafting }, async (request) => {
    const { commandId: id = randomUUID(), period, emergency, ...draft } = request.body;
    const lines = emergency === undefined ? {} : { emergency };
    const plan = { ...draft, ...lines, period: periodOf(period) };
    return forecast.draft(plannerOf(request), id, plan);
  });
  app.register(stepRoutes, deps);
  app.register(parameterRoutes, deps);
};

/** @throws HttpError BAD_TIME_RANGE */
function periodOf({ from, to }: Readonly<Record<"from" | "to", string>>) {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (!(fromMs < toMs)) throw new HttpError("BAD_TIME_RANGE", "a period ends after it begins");
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

const stepRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { forecast } = ports;
  const note = Type.Optional(Type.String({ minLength: 1, maxLength: 2000 }));
  const steps = [
    { type: "review", summary: "Hand the draft in for approval", config: drafting },
    {
      type: "send-back",
      summary:
        "Back to draft, for what is missing to be stated; by who approves or who handed it in",
      config: drafting,
    },
    {
      type: "approve",
      summary: "Approve; refused without assumptions",
      config: { access: "plans.approve" },
    },
    { type: "release", summary: "Release; core parts by headquarters only", config: drafting },
  ] as const;
  for (const { type, summary, config } of steps) {
    const schema = {
      tags,
      summary,
      params,
      body: Type.Object({ commandId, note }, closed),
      ...planReply,
    };
    app.post(`/parts-plans/:planId/${type}`, { schema, config }, async (request) => {
      const { commandId: id = randomUUID(), note: said } = request.body;
      const step = { type, note: said };
      return forecast.step(plannerOf(request), id, request.params.planId, step);
    });
  }

  const assumeSchema = {
    tags,
    summary: "State an assumption of the draft",
    params,
    body: Type.Object({ commandId, assumption: Assumption }, closed),
    ...planReply,
  };
  const assumePath = "/parts-plans/:planId/assumptions";
  app.post(assumePath, { schema: assumeSchema, config: drafting }, async (request) => {
    const { commandId: id = randomUUID(), assumption } = request.body;
    const step = { type: "assume", assumption } as const;
    return forecast.step(plannerOf(request), id, request.params.planId, step);
  });

  const quantitySchema = {
    tags,
    summary: "Change the quantity of a line of the draft",
    params,
    body: Type.Object(
      { commandId, partNo: Word, regionId: Type.String({ maxLength: 200 }), quantity: Pieces },
      closed,
    ),
    ...planReply,
  };
  const quantityPath = "/parts-plans/:planId/quantity";
  app.post(quantityPath, { schema: quantitySchema, config: drafting }, async (request) => {
    const { commandId: id = randomUUID(), ...line } = request.body;
    const step = { type: "set-quantity", ...line } as const;
    return forecast.step(plannerOf(request), id, request.params.planId, step);
  });

  const evaluateSchema = {
    tags,
    summary: "Compare a released plan with what was used; its errors move the next forecast",
    params,
    body: Type.Object({ commandId }, closed),
    ...planReply,
  };
  const evaluatePath = "/parts-plans/:planId/evaluate";
  app.post(evaluatePath, { schema: evaluateSchema, config: drafting }, async (request) =>
    forecast.evaluate(
      plannerOf(request),
      request.body.commandId ?? randomUUID(),
      request.params.planId,
    ),
  );
};

const parameterRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { forecast } = ports;
  const listSchema = {
    tags,
    summary: "Factors and assumptions of the forecast",
    response: { 200: Page(Parameter) },
  };
  app.get("/forecast/parameters", { schema: listSchema, config: reading }, async () => ({
    items: await forecast.parameters(),
    next: null,
  }));

  const setSchema = {
    tags,
    summary: "Set a factor of the forecast",
    body: Type.Object({ commandId, ...Parameter.properties }, closed),
    response: { 204: Type.Null() },
  };
  app.post(
    "/forecast/parameters",
    { schema: setSchema, config: drafting },
    async (request, reply) => {
      const { commandId: id = randomUUID(), ...parameter } = request.body;
      await forecast.setParameter(plannerOf(request), id, parameter);
      return reply.code(204).send(null);
    },
  );

  const monthsSchema = {
    tags,
    summary: "A part in a region, month by month: used, expected, upper",
    params: Type.Object({ partNo: Word }),
    querystring: Type.Object({
      region: Type.String({ maxLength: 200, description: "empty: of no region" }),
      months: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, default: 12 })),
    }),
    response: { 200: Page(PartMonth) },
  };
  app.get(
    "/forecast/parts/:partNo/months",
    { schema: monthsSchema, config: reading },
    async ({ params: { partNo }, query: { region, months = 12 } }) => ({
      items: await forecast.months({ partNo, regionId: region, months }),
      next: null,
    }),
  );

  const logSchema = {
    tags,
    summary: "How the factors changed, newest first",
    querystring: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    }),
    response: { 200: Page(ParameterChange) },
  };
  app.get(
    "/forecast/parameters/log",
    { schema: logSchema, config: reading },
    async ({ query }) => ({ items: await forecast.parameterLog(query.limit ?? 200), next: null }),
  );
};
