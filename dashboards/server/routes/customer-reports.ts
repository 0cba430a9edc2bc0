import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { may } from "@firebreak/kit/roles.ts";
import {
  Report,
  ReportContent,
  reportStates,
  reportWays,
} from "@firebreak/tickets/customers/report.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { type Static, Type } from "typebox";
import { commandId } from "../api/organisation.ts";
import { MachineId, OneOf, Page } from "../api/schemas.ts";
import type { Principal } from "../auth/guard.ts";
import { byOf, given, listQuery } from "./list-query.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["reports"];
const params = Type.Object({ reportId: Type.String({ minLength: 1, maxLength: 100 }) });
const config = { access: "tickets.intake" } as const;

const ReportView = Type.Object(
  {
    ...Report.properties,
    contact: Type.Optional(
      Type.Object(
        {
          name: Type.String(),
          phone: Type.Optional(Type.String()),
          email: Type.Optional(Type.String()),
        },
        { description: "for those who may see people, while not erased" },
      ),
    ),
  },
  { title: "CustomerReport" },
);
const Suggestions = Type.Array(Type.Object({ machineId: MachineId, serialNumber: Type.String() }), {
  description: "machines with a number like the one typed, the nearest first",
});

/** What customers report by telephone, form or code: taking it, finding the machine, putting it aside. */
export const customerReportRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports },
) => {
  const { customers } = ports;

  const viewsOf = async (
    reports: readonly Report[],
    { role }: Principal,
  ): Promise<Static<typeof ReportView>[]> => {
    const ids = reports.flatMap(({ contactId }) => contactId ?? []);
    const people = may(role, "people.read") ? await customers.people(ids) : new Map();
    return reports.map((report) => {
      const person = people.get(report.contactId ?? "");
      if (!person) return report;
      const { name, phone, email } = person;
      const reached = {
        ...(phone === undefined ? {} : { phone }),
        ...(email === undefined ? {} : { email }),
      };
      return { ...report, contact: { name, ...reached } };
    });
  };
  const viewOf = async (report: Report, principal: Principal) => {
    const [view = report] = await viewsOf([report], principal);
    return view;
  };

  const recogniseSchema = {
    tags,
    summary: "Which machine a serial number is, however it was written",
    querystring: Type.Object({ serialNumber: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: {
      200: Type.Object({ machineId: Type.Optional(MachineId), suggestions: Suggestions }),
    },
  };
  app.get(
    "/reports/recognise",
    { schema: recogniseSchema, config },
    async ({ query: { serialNumber } }) => {
      const { machineId, suggestions } = await customers.recognise(serialNumber);
      return {
        ...(machineId === undefined ? {} : { machineId }),
        suggestions: suggestions.map((one) => ({ ...one })),
      };
    },
  );

  const takeSchema = {
    tags,
    summary: "Take a customer's report",
    description:
      "A known machine's report joins the open ticket it belongs to, or opens a repair; any other waits to be identified. Tell the customer the code: it opens the progress page.",
    body: Type.Object(
      {
        ...ReportContent.properties,
        commandId,
        way: Type.Optional(OneOf(reportWays, "phone when left out")),
        machineId: Type.Optional(MachineId),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        report: ReportView,
        progressCode: Type.String(),
        suggestions: Suggestions,
      }),
    },
  };
  app.post("/reports", { schema: takeSchema, config }, async (request) => {
    const { commandId: own, way = "phone", machineId, ...content } = request.body;
    const taken = await customers.takeReport({
      ...byOf(request, own),
      way,
      content,
      ...(machineId === undefined ? {} : { machineId }),
    });
    return {
      report: await viewOf(taken.report, principalOf(request)),
      progressCode: taken.progressCode,
      suggestions: taken.suggestions.map((one) => ({ ...one })),
    };
  });

  const listSchema = {
    tags,
    summary: "Customers' reports, newest first",
    querystring: Type.Object({
      state: Type.Optional(OneOf(reportStates)),
      machineId: Type.Optional(MachineId),
      ...listQuery,
    }),
    response: { 200: Page(ReportView) },
  };
  app.get("/reports", { schema: listSchema, config }, async (request) => {
    const { items, next } = await customers.reports(given(request.query));
    return { items: await viewsOf(items, principalOf(request)), next };
  });

  const ofTicketSchema = {
    tags,
    summary: "What customers reported of a ticket, oldest first",
    params: Type.Object({ ticketId: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: { 200: Page(ReportView) },
  };
  app.get(
    "/tickets/:ticketId/customer-reports",
    { schema: ofTicketSchema, config: { access: "tickets.read" } },
    async (request) => {
      const reports = await customers.reportsOfTicket(request.params.ticketId);
      return { items: await viewsOf(reports, principalOf(request)), next: null };
    },
  );

  const oneSchema = {
    tags,
    summary: "One report",
    params,
    response: { 200: ReportView },
  };
  app.get("/reports/:reportId", { schema: oneSchema, config }, async (request) =>
    viewOf(await customers.report(request.params.reportId), principalOf(request)),
  );

  const identifySchema = {
    tags,
    summary: "Say which machine a report is about",
    params,
    body: Type.Object({ commandId, machineId: MachineId }, closed),
    response: { 200: ReportView },
  };
  app.post("/reports/:reportId/identify", { schema: identifySchema, config }, async (request) => {
    const { commandId: own, machineId } = request.body;
    const { reportId } = request.params;
    const report = await customers.identify({ ...byOf(request, own), reportId, machineId });
    return viewOf(report, principalOf(request));
  });

  const dismissSchema = {
    tags,
    summary: "Put a report aside",
    params,
    body: Type.Object(
      { commandId, reason: Type.String({ minLength: 1, maxLength: 1000 }) },
      closed,
    ),
    response: { 200: ReportView },
  };
  app.post("/reports/:reportId/dismiss", { schema: dismissSchema, config }, async (request) => {
    const { commandId: own, reason } = request.body;
    const { reportId } = request.params;
    const report = await customers.dismiss({ ...byOf(request, own), reportId, reason });
    return viewOf(report, principalOf(request));
  });
};
