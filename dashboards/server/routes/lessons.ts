import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { DesignFeedbackItem } from "@firebreak/tickets/lessons/design-feedback.ts";
import { ruleModes } from "@firebreak/tickets/lessons/rule-modes.ts";
import { codeStates, UnknownCode } from "@firebreak/tickets/lessons/unknown-codes.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import {
  CauseCounts,
  PartLife,
  proposalStates,
  RuleLessons,
  RuleProposal,
} from "../api/lessons.ts";
import { OneOf, Page } from "../api/schemas.ts";
import { commandId } from "../api/ticket-commands.ts";
import { done, Note, orderOf, reading, tags, Word, writing } from "./lesson-words.ts";
import { catalogueRoutes } from "./lessons-catalogue.ts";
import type { RouteDeps } from "./route-deps.ts";

/** What the field teaches: rules, causes, unknown codes, the catalogue, designers' matters, lives of parts. */
export const lessonsRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  for (const routes of [ruleRoutes, codeRoutes, catalogueRoutes, designRoutes, fieldRoutes])
    app.register(routes, deps);
};

const ruleRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { lessons } = ports;
  const listSchema = {
    tags,
    summary: "Rules with a verdict: how often they were right, and what wrong ones cost",
    querystring: Type.Object({ plan: Type.Optional(Word) }),
    response: { 200: Page(RuleLessons) },
  };
  app.get("/lessons/rules", { schema: listSchema, config: reading }, async ({ query }) => ({
    items: await lessons.rules(query.plan),
    next: null,
  }));

  const modeSchema = {
    tags,
    summary: "Let a rule open tickets, or make it advisory",
    params: Type.Object({ planId: Word, ruleId: Word }),
    body: Type.Object({ commandId, mode: OneOf(ruleModes), reason: Note }, closed),
    response: done,
  };
  const modePath = "/lessons/rules/:planId/:ruleId/mode";
  app.post(modePath, { schema: modeSchema, config: writing }, async (request, reply) => {
    const { commandId: id, ...change } = request.body;
    await lessons.setRuleMode(orderOf(request, id), request.params, change);
    return reply.code(204).send(null);
  });

  const proposalSchema = {
    tags,
    summary: "Rules that became advisory by themselves, for a person to decide",
    querystring: Type.Object({ state: Type.Optional(OneOf(proposalStates)) }),
    response: { 200: Page(RuleProposal) },
  };
  const proposalPath = "/lessons/rule-proposals";
  app.get(proposalPath, { schema: proposalSchema, config: reading }, async ({ query }) => ({
    items: await lessons.proposals(query.state),
    next: null,
  }));

  const decideSchema = {
    tags,
    summary: "Decide: approved, it stays advisory; rejected, it opens tickets again",
    params: Type.Object({ proposalId: Word }),
    body: Type.Object({ commandId, isApproved: Type.Boolean(), note: Note }, closed),
    response: done,
  };
  const decidePath = `${proposalPath}/:proposalId/decide`;
  app.post(decidePath, { schema: decideSchema, config: writing }, async (request, reply) => {
    const { commandId: id, ...decision } = request.body;
    await lessons.decideRule(orderOf(request, id), request.params.proposalId, decision);
    return reply.code(204).send(null);
  });
};

const codeRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { lessons } = ports;
  const path = "/lessons/unknown-codes";
  const listSchema = {
    tags,
    summary: "Trouble codes that no plan explains, last seen first",
    querystring: Type.Object({ state: Type.Optional(OneOf(codeStates)) }),
    response: { 200: Page(UnknownCode) },
  };
  app.get(path, { schema: listSchema, config: reading }, async ({ query }) => ({
    items: await lessons.unknownCodes(query.state),
    next: null,
  }));

  const params = Type.Object({ codeId: Word });
  const assignSchema = {
    tags,
    summary: "Give a code to somebody to look up",
    params,
    body: Type.Object({ commandId, assignedTo: Word }, closed),
    response: done,
  };
  const assign = { schema: assignSchema, config: writing };
  app.post(`${path}/:codeId/assign`, assign, async (request, reply) => {
    const { commandId: id, assignedTo } = request.body;
    await lessons.changeCode(orderOf(request, id), request.params.codeId, { assignedTo });
    return reply.code(204).send(null);
  });

  const mapSchema = {
    tags,
    summary: "Say which failure mode a code belongs to",
    params,
    body: Type.Object({ commandId, failureMode: Word }, closed),
    response: done,
  };
  const map = { schema: mapSchema, config: writing };
  app.post(`${path}/:codeId/map`, map, async (request, reply) => {
    const { commandId: id, failureMode } = request.body;
    const change = { mappedTo: failureMode };
    await lessons.changeCode(orderOf(request, id), request.params.codeId, change);
    return reply.code(204).send(null);
  });
};

const designRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { lessons } = ports;
  const path = "/lessons/design-feedback";
  const listSchema = {
    tags,
    summary: "Faults that spread over machines of one model, newest first",
    response: { 200: Page(DesignFeedbackItem) },
  };
  app.get(path, { schema: listSchema, config: reading }, async () => ({
    items: await lessons.designFeedback(),
    next: null,
  }));

  const answerSchema = {
    tags,
    summary: "The designers' answer; with changedAt its effect is shown",
    params: Type.Object({ itemId: Word }),
    body: Type.Object(
      { commandId, note: Note, changedAt: Type.Optional(Type.String({ format: "date-time" })) },
      closed,
    ),
    response: done,
  };
  const answer = { schema: answerSchema, config: writing };
  app.post(`${path}/:itemId/answer`, answer, async (request, reply) => {
    const { commandId: id, note, changedAt } = request.body;
    const from = changedAt === undefined ? {} : { changedAt: new Date(changedAt).toISOString() };
    await lessons.answerDesign(orderOf(request, id), request.params.itemId, { note, ...from });
    return reply.code(204).send(null);
  });
};

const fieldRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { lessons } = ports;
  const causeSchema = {
    tags,
    summary: "How often reports found each cause of a failure mode",
    querystring: Type.Object({ plan: Word, faultCode: Word }),
    response: { 200: CauseCounts },
  };
  app.get("/lessons/causes", { schema: causeSchema, config: reading }, async ({ query }) => {
    const counts = await lessons.causes(query.plan, query.faultCode);
    const items = [...counts].map(([causeId, count]) => ({ causeId, count }));
    return { items: items.sort((a, b) => b.count - a.count), next: null };
  });

  const lifeSchema = {
    tags,
    summary: "How long a part lives in the field, those that still work included",
    params: Type.Object({ partNo: Word }),
    response: { 200: PartLife },
  };
  const life = { schema: lifeSchema, config: reading };
  app.get("/lessons/part-lives/:partNo", life, async ({ params: { partNo } }) => ({
    partNo,
    estimate: (await lessons.partLife(partNo)) ?? null,
  }));
};
