import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { catalogueStates } from "@firebreak/tickets/lessons/catalogue.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { CatalogueProposal, FailureModeDraft } from "../api/lessons.ts";
import { OneOf, Page } from "../api/schemas.ts";
import { commandId } from "../api/ticket-commands.ts";
import { Note, orderOf, reading, tags, Word, writing } from "./lesson-words.ts";
import type { RouteDeps } from "./route-deps.ts";

const path = "/lessons/catalogue";
const onePath = `${path}/:proposalId`;
const params = Type.Object({ proposalId: Word });
const reply = { response: { 200: CatalogueProposal } };

/** Cases from the field on their way into the fault catalogue. */
export const catalogueRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  const { lessons } = deps.ports;
  const listSchema = {
    tags,
    summary: "Proposals for the fault catalogue, newest first",
    querystring: Type.Object({ state: Type.Optional(OneOf(catalogueStates)) }),
    response: { 200: Page(CatalogueProposal) },
  };
  app.get(path, { schema: listSchema, config: reading }, async ({ query }) => {
    const items = await lessons.catalogue(query.state);
    return { items: items.map(toView), next: null };
  });

  const proposeSchema = {
    tags,
    summary: "Draft a failure mode from the reports of tickets",
    body: Type.Object(
      {
        commandId,
        planId: Word,
        faultCode: Type.String({ pattern: "^[a-z][a-z0-9-]*$", maxLength: 100 }),
        ticketIds: Type.Array(Word, { minItems: 1, maxItems: 200 }),
        codeId: Type.Optional(Word),
      },
      closed,
    ),
    ...reply,
  };
  app.post(path, { schema: proposeSchema, config: writing }, async (request) => {
    const { commandId: id, ...wanted } = request.body;
    return toView(await lessons.propose(orderOf(request, id), wanted));
  });

  const editSchema = {
    tags,
    summary: "Change the draft",
    params,
    body: Type.Object({ commandId, mode: FailureModeDraft }, closed),
    ...reply,
  };
  app.post(`${onePath}/edit`, { schema: editSchema, config: writing }, async (request) => {
    const { commandId: id, mode } = request.body;
    const step = { type: "edit", mode } as const;
    return toView(
      await lessons.stepProposal(orderOf(request, id), request.params.proposalId, step),
    );
  });
  app.register(reviewRoutes, deps);
};

const reviewRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { lessons } = ports;
  const submitSchema = {
    tags,
    summary: "Hand the draft in; refused with everything that is missing",
    params,
    body: Type.Object({ commandId }, closed),
    ...reply,
  };
  app.post(`${onePath}/submit`, { schema: submitSchema, config: writing }, async (request) => {
    const order = orderOf(request, request.body.commandId);
    const step = { type: "submit" } as const;
    return toView(await lessons.stepProposal(order, request.params.proposalId, step));
  });

  for (const type of ["approve", "reject"] as const) {
    const schema = {
      tags,
      summary: type === "approve" ? "Take it into the catalogue" : "Do not take it",
      params,
      body: Type.Object({ commandId, note: Note }, closed),
      ...reply,
    };
    app.post(`${onePath}/${type}`, { schema, config: writing }, async (request) => {
      const { commandId: id, note } = request.body;
      const order = orderOf(request, id);
      return toView(await lessons.stepProposal(order, request.params.proposalId, { type, note }));
    });
  }

  const yamlSchema = {
    tags,
    summary: "The failure mode, to be pasted under failureModes of the plan",
    params,
    response: { 200: Type.String() },
  };
  app.get(
    `${onePath}/plan.yaml`,
    { schema: yamlSchema, config: reading },
    async (request, sent) => {
      const text = await lessons.proposalYaml(request.params.proposalId);
      return sent.type("application/yaml; charset=utf-8").send(text);
    },
  );
};

type Proposal = Awaited<ReturnType<RouteDeps["ports"]["lessons"]["propose"]>>;
const toView = (proposal: Proposal) => ({
  ...proposal,
  ticketIds: [...proposal.ticketIds],
  mode: { ...proposal.mode },
});
