import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { may } from "@firebreak/kit/roles.ts";
import { Complaint, complaintStates } from "@firebreak/tickets/customers/complaint.ts";
import {
  Feedback,
  FeedbackContent,
  FeedbackSummary,
  feedbackSources,
} from "@firebreak/tickets/customers/feedback.ts";
import { FollowUp, followUpModes, followUpStates } from "@firebreak/tickets/customers/follow-up.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { commandId } from "../api/organisation.ts";
import { Instant, OneOf, Page } from "../api/schemas.ts";
import { customerReportRoutes } from "./customer-reports.ts";
import { byOf, given, listQuery } from "./list-query.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const id = Type.String({ minLength: 1, maxLength: 100 });
const optional = { id: Type.Optional(id), instant: Type.Optional(Instant) };
const Note = Type.String({ minLength: 1, maxLength: 4000 });
const feedbackQuery = {
  from: optional.instant,
  to: optional.instant,
  regionId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "with all regions below it" }),
  ),
  stationId: optional.id,
  engineerId: optional.id,
  productType: optional.id,
  customerId: optional.id,
  source: Type.Optional(OneOf(feedbackSources)),
};

/** Reports, ratings, follow-up, complaints and surveys, for those who serve customers. */
export const customerRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  app.register(customerReportRoutes, deps);
  app.register(feedbackRoutes, deps);
  app.register(followUpRoutes, deps);
  app.register(complaintRoutes, deps);
};

const feedbackRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { customers } = ports;
  const tags = ["feedback"];
  const listSchema = {
    tags,
    summary: "Ratings, newest first; for headquarters",
    querystring: Type.Object({ ...feedbackQuery, ticketId: optional.id, ...listQuery }),
    response: { 200: Page(Feedback) },
  };
  app.get(
    "/feedback",
    { schema: listSchema, config: { access: "feedback.read" } },
    async ({ query }) => customers.feedback(given(query)),
  );

  const summarySchema = {
    tags,
    summary: "NPS, satisfaction and the rest as numbers",
    description:
      "Who may not read ratings sees nothing while few have answered, so that nobody learns who said what.",
    querystring: Type.Object(feedbackQuery),
    response: { 200: FeedbackSummary },
  };
  app.get(
    "/feedback/summary",
    { schema: summarySchema, config: { access: "kpi.read" } },
    async (request) => {
      const { limit: _limit, ...filter } = given(request.query);
      const seesAll = may(principalOf(request).role, "feedback.read");
      return customers.feedbackSummary(filter, seesAll);
    },
  );

  const recordSchema = {
    tags,
    summary: "Write down what a customer said on the telephone",
    description: "Once per ticket, and not before the work is done.",
    params: Type.Object({ ticketId: id }),
    body: Type.Object({ commandId, feedback: FeedbackContent }, closed),
    response: { 200: Feedback },
  };
  app.post(
    "/tickets/:ticketId/feedback",
    { schema: recordSchema, config: { access: "followup.write" } },
    async (request) => {
      const { feedback: content, commandId: own } = request.body;
      const { ticketId } = request.params;
      return customers.recordFeedback({ ...byOf(request, own), ticketId, content });
    },
  );

  const campaignsSchema = {
    tags,
    summary: "Quarterly surveys, newest first",
    response: {
      200: Page(
        Type.Object({
          quarter: Type.String({ description: "such as 2026-Q1" }),
          startedAt: Instant,
          invited: Type.Integer({ minimum: 0, description: "customers" }),
          answered: Type.Integer({ minimum: 0 }),
        }),
      ),
    },
  };
  app.get(
    "/feedback/campaigns",
    { schema: campaignsSchema, config: { access: "feedback.read" } },
    async () => ({ items: await customers.campaigns(), next: null }),
  );
};

const followUpRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { customers } = ports;
  const tags = ["follow-up"];
  const config = { access: "followup.write" } as const;
  const listSchema = {
    tags,
    summary: "Follow-ups, the earliest due first",
    querystring: Type.Object({
      state: Type.Optional(OneOf(followUpStates)),
      mode: Type.Optional(OneOf(followUpModes)),
      ticketId: optional.id,
      ...listQuery,
    }),
    response: { 200: Page(FollowUp) },
  };
  app.get("/follow-ups", { schema: listSchema, config }, async ({ query }) =>
    customers.followUps(given(query)),
  );

  const doneSchema = {
    tags,
    summary: "Write down what the customer said",
    description:
      "solved: the ticket closes; not_solved: it opens again; not_reached: the follow-up stays open.",
    params: Type.Object({ followUpId: id }),
    body: Type.Object(
      { commandId, outcome: OneOf(["solved", "not_solved", "not_reached"]), note: Note },
      closed,
    ),
    response: { 200: FollowUp },
  };
  app.post("/follow-ups/:followUpId/done", { schema: doneSchema, config }, async (request) => {
    const { commandId: own, ...order } = request.body;
    const { followUpId } = request.params;
    return customers.finishFollowUp({ ...byOf(request, own), ...order, followUpId });
  });
};

const complaintRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { customers } = ports;
  const tags = ["complaints"];
  const config = { access: "followup.write" } as const;
  const params = Type.Object({ complaintId: id });
  const listSchema = {
    tags,
    summary: "Complaints, newest first",
    querystring: Type.Object({
      state: Type.Optional(OneOf(complaintStates)),
      ticketId: optional.id,
      customerId: optional.id,
      ...listQuery,
    }),
    response: { 200: Page(Complaint) },
  };
  app.get("/complaints", { schema: listSchema, config }, async ({ query }) =>
    customers.complaints(given(query)),
  );
  const oneSchema = { tags, summary: "One complaint", params, response: { 200: Complaint } };
  app.get("/complaints/:complaintId", { schema: oneSchema, config }, async (request) =>
    customers.complaint(request.params.complaintId),
  );

  const openSchema = {
    tags,
    summary: "Take a complaint",
    body: Type.Object(
      {
        commandId,
        text: Note,
        ticketId: optional.id,
        customerId: optional.id,
        machineId: optional.id,
        contact: Type.Optional(
          Type.Object(
            {
              name: Type.String({ minLength: 1, maxLength: 100 }),
              phone: Type.Optional(Type.String({ pattern: "^[+0-9][0-9 ()-]{4,30}$" })),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
    response: { 200: Complaint },
  };
  app.post(
    "/complaints",
    { schema: openSchema, config: { access: "tickets.intake" } },
    async (request) => {
      const { commandId: own, ...order } = request.body;
      return customers.openComplaint({ ...byOf(request, own), ...order });
    },
  );

  const stepSchema = {
    tags,
    summary: "Take a complaint one step on: handled, answered, closed",
    params,
    body: Type.Object(
      { commandId, to: OneOf(["handled", "answered", "closed"]), note: Note },
      closed,
    ),
    response: { 200: Complaint },
  };
  app.post("/complaints/:complaintId/steps", { schema: stepSchema, config }, async (request) => {
    const { commandId: own, to, note } = request.body;
    const { complaintId } = request.params;
    return customers.advanceComplaint({ ...byOf(request, own), complaintId, to, note });
  });
};
