import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import type { PredictedPart, TicketFacts } from "../ticket-facts.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { isMoreUrgent, isOpen, type Priority } from "../vocabulary.ts";
import { approvalLevel } from "./approval.ts";
import { isCentreCovered } from "./centre-cover.ts";
import { type DemandContext, loadDemandContext } from "./demand-context.ts";
import { clocksOfRaise } from "./parts-clocks.ts";
import { partsConfig } from "./parts-config.ts";
import type { PartsDemand } from "./parts-demand.ts";
import { openRequest, sourceTicket, step } from "./parts-flow.ts";
import { askedPartNo, type PartsLine } from "./parts-line.ts";
import { RESERVED_FROM } from "./reserved-from.ts";
import { describeLine, type PartsRequest } from "./stock.ts";
import { loadParts } from "./stock-levels.ts";

export const partsToReserve = (predicted: readonly PredictedPart[]): PredictedPart[] =>
  predicted.filter(({ probability }) => probability >= RESERVED_FROM);

/** The parts ticket of a ticket: same machine, station, plan and urgency. Pure. */
export function partsFactsOf(
  parent: Ticket,
  ids: { readonly ticketId: string; readonly progressCode: string },
): TicketFacts {
  const { machineId, regionId, stationId, planRef, faultCode, component, priority } = parent;
  return {
    ...ids,
    kind: "parts",
    priority,
    trigger: "parts_demand",
    channel: parent.channel,
    serviceType: parent.serviceType,
    title: { en: `Parts: ${parent.title.en}`, "zh-CN": `配件：${parent.title["zh-CN"]}` },
    ...(machineId === undefined ? {} : { machineId }),
    regionId,
    stationId,
    planRef,
    ...(faultCode === undefined ? {} : { faultCode }),
    ...(component === undefined ? {} : { component }),
    dedupeKey: `${parent.ticketId}:parts`,
    candidateFaults: [],
    checks: [],
    predictedParts: partsToReserve(parent.predictedParts),
    parentId: parent.ticketId,
    billable: parent.billable,
  };
}

export interface RequestOptions {
  readonly commandId: string;
  /** ISO instant; absent: 24 h for emergencies and major faults, the due window of a prediction, else any time. */
  readonly neededBy?: string;
  /** Predicted by the plan, or asked for at headquarters directly: nobody must agree. */
  readonly isPreapproved?: boolean;
  readonly reason?: string;
  /** Stock location; absent: the station in charge. */
  readonly destinationId?: string;
  readonly engineerId?: string;
  readonly purpose?: PartsDemand["purpose"];
  /** Of a request that stands beside what is asked for already; absent: one more of the ticket's own. */
  readonly dedupeKey?: string;
}

/**
 * Opens the parts ticket of a new ticket, if its plan expects parts, and reserves them: all in the transaction of the
 * ticket. Approved by itself: what a plan predicts needs nobody's leave.
 */
export async function openPartsTicket(
  work: TicketWork,
  parent: FoundTicket,
  commandId: string,
): Promise<void> {
  const lines = partsToReserve(parent.ticket.predictedParts).map(({ partNo, qty }) => ({
    partNo,
    quantity: qty,
  }));
  await requestParts(work, parent, lines, {
    commandId,
    isPreapproved: true,
    reason: "predicted by the plan",
  });
}

/**
 * Asks for parts for a ticket: one more parts ticket, for the parts that none of its open ones asks for already.
 * Undefined when there is nothing more to ask for. The parent as it is stored must be given.
 */
export async function requestParts(
  work: TicketWork,
  parent: FoundTicket,
  wanted: readonly PartsRequest[],
  options: RequestOptions,
): Promise<Ticket | undefined> {
  const { tx, ids } = work;
  const children = await loadChildren(work, parent.ticket);
  const lines: PartsLine[] = [];
  for (const request of onePerPart(wanted))
    if (options.dedupeKey || !isAskedFor(request, children))
      lines.push(await describeLine(tx, request));
  if (lines.length === 0) return undefined;
  const context = await loadDemandContext(work, parent.ticket);
  const facts = partsFactsOf(parent.ticket, {
    ticketId: ids.ticketId(),
    progressCode: ids.progressCode(),
  });
  const number = children.length === 0 ? "" : `:${children.length + 1}`;
  const { ticket } = await openRequest(work, {
    facts: { ...facts, dedupeKey: options.dedupeKey ?? `${facts.dedupeKey}${number}` },
    lines,
    demand: await demandFor(work, { parent: parent.ticket, lines, options, context }),
    zone: context.zone,
    commandId: options.commandId,
    reason: options.reason ?? (facts.priority === "emergency" ? "an emergency" : "preapproved"),
  });
  const link = { type: "link-child", childId: ticket.ticketId } as const;
  const commandId = `${options.commandId}/link-child/${ticket.ticketId}`;
  await carryOut(work, parent, { ...link, commandId });
  return ticket;
}

/** The same part twice is one line. */
function onePerPart(wanted: readonly PartsRequest[]): PartsRequest[] {
  const quantities = new Map<string, number>();
  for (const { partNo, quantity } of wanted)
    quantities.set(partNo, (quantities.get(partNo) ?? 0) + quantity);
  return [...quantities].map(([partNo, quantity]) => ({ partNo, quantity }));
}

const coming: readonly PartsLine["state"][] = [
  "requested",
  "backordered",
  "reserved",
  "in_transit",
  "ready",
];

const isAskedFor = (request: PartsRequest, children: readonly FoundTicket[]): boolean =>
  children.some(
    ({ ticket }) =>
      isOpen(ticket.state) &&
      ticket.parts.some(
        (line) =>
          askedPartNo(line) === request.partNo &&
          line.quantity >= request.quantity &&
          coming.includes(line.state),
      ),
  );

async function demandFor(
  { tx, nowMs }: TicketWork,
  request: {
    readonly parent: Ticket;
    readonly lines: readonly PartsLine[];
    readonly options: RequestOptions;
    readonly context: DemandContext;
  },
): Promise<PartsDemand> {
  const { parent, lines, options, context } = request;
  const { priority, stationId } = parent;
  const destinationId = options.destinationId ?? stationId;
  const engineerId = options.engineerId ?? parent.assignment?.engineerId;
  const neededBy = options.neededBy ?? neededByOf(parent, nowMs);
  const numbers = lines.map(({ partNo }) => partNo);
  const parts = await loadParts(tx, numbers);
  const valueFen = lines.reduce((sum, line) => sum + line.unitPriceFen * line.quantity, 0);
  const { tier, isKeyCustomer, isInWarranty } = context;
  return {
    purpose: options.purpose ?? "work",
    destinationId: destinationId || "-",
    tier,
    isKeyCustomer,
    isInWarranty,
    approval: approvalLevel({
      isEmergency: priority === "emergency",
      isPreapproved: options.isPreapproved ?? false,
      valueFen,
    }),
    isWearListed: numbers.every((partNo) => parts.get(partNo)?.onWearList === true),
    isCentreCovered: await isCentreCovered(tx, destinationId),
    ...(neededBy === undefined ? {} : { neededBy }),
    ...(engineerId === undefined ? {} : { engineerId }),
  };
}

function neededByOf({ priority, trigger, dueWindow }: Ticket, nowMs: number): string | undefined {
  if (trigger === "predicted_failure" && dueWindow) return dueWindow.to;
  if (priority !== "emergency" && priority !== "major") return undefined;
  return new Date(nowMs + partsConfig.urgentNeedHours * 3_600_000).toISOString();
}

/** Parts tickets are as urgent as what they are for; what has not been found is looked for once more. */
export async function raiseChildren(
  work: TicketWork,
  parent: Ticket,
  commandId: string,
): Promise<void> {
  for (const found of await loadChildren(work, parent))
    if (isOpen(found.ticket.state))
      await raiseChild(work, found, { priority: parent.priority, commandId, by: parent.ticketId });
}

async function raiseChild(
  work: TicketWork,
  found: FoundTicket,
  raise: { readonly priority: Priority; readonly commandId: string; readonly by: string },
): Promise<void> {
  const { priority, commandId, by } = raise;
  if (!isMoreUrgent(priority, found.ticket.priority)) return;
  const clocks = clocksOfRaise(found.ticket, priority, work.at);
  const ticket = await carryOut(work, found, {
    type: "raise-priority",
    priority,
    reason: `as ${by}`,
    commandId: `${commandId}/raise-priority`,
  });
  let raised: FoundTicket = { ticket, key: found.key };
  if (clocks.length > 0) raised = await step(work, raised, { type: "hurry-parts", clocks });
  if (ticket.state === "backordered") await sourceTicket(work, raised);
}

/** All parts tickets of a ticket, open or not. */
export async function loadChildren(
  { tx }: Pick<TicketWork, "tx">,
  parent: Pick<Ticket, "childIds">,
): Promise<FoundTicket[]> {
  const children: FoundTicket[] = [];
  for (const childId of parent.childIds) {
    const child = await requireTicket(tx, childId);
    if (child.ticket.kind === "parts") children.push(child);
  }
  return children;
}

/** @throws CodedError TICKET_PARTS */
export function refuseParts(parent: Pick<Ticket, "ticketId">, partNos: readonly string[]): never {
  throw new CodedError(
    "TICKET_PARTS",
    `not reserved for ${parent.ticketId}: ${partNos.join(", ")}`,
  );
}
