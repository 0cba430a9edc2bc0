import { randomUUID } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  accessTo,
  type OrderName,
  orderBodies,
  orderNames,
  type PersonOrder,
} from "@firebreak/tickets/orders/order-bodies.ts";
import { Ticket } from "@firebreak/tickets/ticket.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { TicketId } from "../api/schemas.ts";
import { AcknowledgeBody, CloseBody, commandId } from "../api/ticket-commands.ts";
import { actorOf, principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const params = Type.Object({ ticketId: TicketId });

/** Who acts, and under which command id; a caller that sends none gets a new one each time. */
export function actingOf(request: FastifyRequest, id: string | undefined) {
  const { role, engineerId } = principalOf(request);
  return { actor: actorOf(request), role, engineerId, commandId: id ?? randomUUID() };
}

/** An absent body counts as an empty one. */
const emptyBody = async (request: FastifyRequest) => {
  request.body ??= {};
};

const summaries: Record<OrderName, string> = {
  acknowledge: "Take the ticket on",
  release: "Let planned work begin before its time",
  assign: "Send whoever is suggested, or somebody else with a reason",
  accept: "Accept the assignment",
  reject: "Do not accept the assignment",
  withdraw: "Take the ticket back from the engineer",
  "start-remote": "Begin to help by telephone",
  "remote-fixed": "It was put right by telephone",
  "remote-failed": "Somebody has to go there after all",
  "change-owner": "Make somebody else responsible",
  note: "Write a note into the timeline",
  "raise-priority": "Raise the priority; running clocks get shorter",
  "lower-priority": "Lower the priority, with a reason; clocks keep their times",
  reschedule: "Move the due window of planned work",
  "share-visit": "Do several tickets on one journey; none is merged",
  depart: "Set out; parts that lie ready are handed out",
  arrive: "Be at the machine; far from it a reason is needed",
  "start-work": "Begin, once the safety checklist is complete",
  consult: "Ask an expert",
  "miss-parts": "The fault is found and parts are missing",
  "leave-site": "Leave while parts are waited for",
  "parts-ready": "The parts are there, go on",
  hold: "Interrupt; only the customer's and the site's reasons stop clocks",
  resume: "Go on",
  "receive-in-workshop": "The machine has come into the workshop",
  finish: "The work is done; the report is due and proof begins",
  "not-fixed": "It could not be put right on the spot",
  "submit-report": "Hand in the service report",
  "verification-confirmed": "A person confirms that it works",
  "verification-not-applicable": "There is nothing that could be measured",
  "verification-failed": "It does not work",
  "follow-up-done": "The customer was asked; close",
  close: "Close without work in the field, with its parts tickets",
  reopen: "The customer says that it is not solved",
  cancel: "Cancel; what is related to safety by headquarters only",
  merge: "Merge into another ticket of the same machine",
};

/** One POST for every order: `/tickets/<id>/<order>`. The same commandId again changes nothing. */
export const ticketOrderRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { tickets } = ports;
  const schemaOf = (name: OrderName, body: object) => ({
    tags: ["tickets"],
    summary: summaries[name],
    params,
    body,
    response: { 200: Ticket },
  });

  for (const name of orderNames) {
    if (name === "acknowledge" || name === "close") continue;
    const body = Type.Object({ ...orderBodies[name].properties, commandId }, closed);
    app.post(
      `/tickets/:ticketId/${name}`,
      {
        schema: { ...schemaOf(name, body), params, body: Type.Unsafe<object>(body) },
        config: { access: accessTo(name) },
        preValidation: emptyBody,
      },
      async (request) => {
        const { commandId: id, ...said } = request.body as { commandId?: string };
        const { ticketId } = request.params;
        // The body was checked against the schema of this very order.
        const order = { type: name, ...said } as PersonOrder;
        return tickets.order({ ...actingOf(request, id), ticketId, order });
      },
    );
  }

  app.post(
    "/tickets/:ticketId/acknowledge",
    {
      schema: { ...schemaOf("acknowledge", AcknowledgeBody), params, body: AcknowledgeBody },
      config: { access: accessTo("acknowledge") },
      preValidation: emptyBody,
    },
    async (request) => {
      const { commandId: id, note } = request.body;
      const order = { ...actingOf(request, id), ticketId: request.params.ticketId };
      return tickets.acknowledge(note ? { ...order, note } : order);
    },
  );

  app.post(
    "/tickets/:ticketId/close",
    {
      schema: { ...schemaOf("close", CloseBody), params, body: CloseBody },
      config: { access: accessTo("close") },
      preValidation: emptyBody,
    },
    async (request) => {
      const { commandId: id, note, outcome = "fixed", partsUsed } = request.body;
      return tickets.close({
        ...actingOf(request, id),
        ticketId: request.params.ticketId,
        outcome,
        note: note || "closed without a note",
        ...(partsUsed === undefined ? {} : { partsUsed }),
      });
    },
  );
};
