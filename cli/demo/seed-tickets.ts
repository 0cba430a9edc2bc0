import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { DemoDesks } from "./demo-desks.ts";
import type { DemoTicket } from "./demo-ticket.ts";
import { finishWork, handInReport, sync } from "./field-steps.ts";
import { demoActor, type SeedStep } from "./seed-organisation.ts";
import { settleParts } from "./settle-parts.ts";
import { orderOfStep, type StepName, wayOfTicket } from "./ticket-way.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The dispatcher of the demonstration; no user has this name. */
const dispatcher = {
  actor: { kind: "person", id: "demo-dispatcher" },
  role: "dispatcher",
} as const;

export interface SeedTickets {
  readonly desks: DemoDesks;
  readonly startedMs: number;
  /** A ticket could not go its way to the end; the others do. */
  readonly onRefused: (key: string, error: CodedError) => void;
}

/** Every ticket of the demonstration, each on its way through the commands that people have, at the times of its story. */
export const ticketSteps = (seed: SeedTickets, tickets: readonly DemoTicket[]): SeedStep[] =>
  tickets.map((ticket) => async () => {
    try {
      await goWay(seed, ticket);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      seed.onRefused(ticket.key, error);
    }
  });

async function goWay({ desks, startedMs }: SeedTickets, demo: DemoTicket): Promise<void> {
  const way = wayOfTicket(demo);
  const wholeMs = way.reduce((sum, { afterMinutes }) => sum + afterMinutes * minuteMs, 0);
  let atMs = startedMs - demo.hoursAgo * hourMs - wholeMs;
  let ticketId: string | undefined;
  for (const { name, afterMinutes } of way) {
    atMs += afterMinutes * minuteMs;
    desks.clock.setMs(atMs);
    if (ticketId === undefined) ticketId = await open(desks, demo);
    else await step(desks, { demo, name, ticketId });
  }
}

async function open({ tickets, customers }: DemoDesks, demo: DemoTicket): Promise<string> {
  const { key, machineId, fault, title, about, kind, priority, reported } = demo;
  const commandId = `demo/${key}/open`;
  if (!reported) {
    const wanted = {
      machineId,
      title: title ?? about,
      about,
      ...(kind ? { kind } : {}),
      ...(priority ? { priority } : {}),
      ...(fault === undefined ? {} : { faultCode: fault }),
    };
    return (await tickets.open({ ...dispatcher, commandId, wanted })).ticketId;
  }
  const { report } = await customers.takeReport({
    actor: demoActor,
    commandId,
    way: "phone",
    machineId,
    content: {
      symptom: reported.symptom,
      machineStopped: reported.stopped,
      ...(fault === undefined ? {} : { failureMode: fault }),
    },
  });
  if (report.ticketId === undefined)
    throw new CodedError("TICKET_UNKNOWN", `the report ${key} opened no ticket`);
  return report.ticketId;
}

interface Step {
  readonly demo: DemoTicket;
  readonly name: StepName;
  readonly ticketId: string;
}

async function step(desks: DemoDesks, { demo, name, ticketId }: Step): Promise<void> {
  const { key } = demo;
  const { tickets, customers } = desks;
  const ticket = await tickets.get(ticketId);
  switch (name) {
    case "arrive":
      return arrive(desks, ticket, key);
    case "finish":
      return finishWork(desks, ticket, demo);
    case "report":
      return handInReport(desks, ticket, demo);
    case "rate": {
      const content = demo.rating ?? { csat: 4 };
      await customers.recordFeedback({
        actor: dispatcher.actor,
        commandId: `demo/${key}/rate`,
        ticketId,
        content,
      });
      return;
    }
    case "follow-up":
      await settleParts(desks, ticket, key);
      break;
    case "confirm":
      // An inspection that found nothing has nothing to prove and is past this already.
      if (ticket.state !== "verifying") return;
      break;
    default:
  }
  await orderStep(desks, { demo, name, ticketId }, ticket);
}

const engineersSteps: readonly StepName[] = ["accept", "depart", "start-work", "miss-parts"];

async function orderStep(
  desks: DemoDesks,
  { demo, name, ticketId }: Step,
  ticket: Ticket,
): Promise<void> {
  const order = orderOfStep(name, demo);
  if (!order) throw new TypeError(`${name} is no order`);
  if (engineersSteps.includes(name)) {
    const { type, ...body } = order;
    await sync(desks, ticket, [{ id: `${demo.key}/${name}`, type, body }]);
    return;
  }
  const commandId = `demo/${demo.key}/${name}`;
  await desks.tickets.order({ ...dispatcher, ticketId, commandId, order });
}

/** At the machine, as its file says where it is. */
async function arrive(desks: DemoDesks, ticket: Ticket, key: string): Promise<void> {
  const { machine, site } = await desks.organisation.machine(ticket.machineId ?? "");
  const place = machine?.location ?? site?.location;
  const body = place ? { place } : { reason: "定位不可用 / no position" };
  await sync(desks, ticket, [{ id: `${key}/arrive`, type: "arrive", body }]);
}
