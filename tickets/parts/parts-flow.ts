import { enqueueNotices, type Notice } from "../channels/notice.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import type { Claim } from "./contention.ts";
import { calendarOf, clocksOfApproval, clocksOfCommit, clocksOfRequest } from "./parts-clocks.ts";
import { partsConfig } from "./parts-config.ts";
import type { PartsDemand } from "./parts-demand.ts";
import type { PartsLine } from "./parts-line.ts";
import type { Reservation } from "./reservations.ts";
import { bareLine, type SourcedLine, sourceLine } from "./source-line.ts";
import { cancelTransfer, endTransferOf, requireTransfer } from "./transfers.ts";

/** One order on a parts ticket. What caused it was carried out once, so that each step has an id of its own. */
export const step = async (
  work: TicketWork,
  { ticket, key }: FoundTicket,
  order: TicketOrder,
): Promise<FoundTicket> => ({
  ticket: await carryOut(work, { ticket, key }, { ...order, commandId: work.ids.rowId() }),
  key,
});

/** Tickets of before there were demands: to the station, at the lowest tier. */
export const demandOf = ({ demand, stationId }: Ticket): PartsDemand =>
  demand ?? {
    purpose: "work",
    destinationId: stationId,
    tier: "meet",
    isKeyCustomer: false,
    isInWarranty: false,
    approval: "auto",
    isWearListed: false,
    isCentreCovered: false,
  };

export function claimOf(ticket: Ticket): Claim {
  const { tier, isKeyCustomer, neededBy } = demandOf(ticket);
  const { priority, createdAt } = ticket;
  return { tier, priority, isKeyCustomer, createdAt, ...(neededBy ? { dueAt: neededBy } : {}) };
}

/** Opens a parts ticket with its clocks; approves and looks for the parts at once when nobody must agree. */
export async function openRequest(
  work: TicketWork,
  request: {
    readonly facts: TicketFacts;
    readonly lines: readonly PartsLine[];
    readonly demand: PartsDemand;
    /** IANA time zone of the working days. */
    readonly zone: string;
    readonly commandId: string;
    /** Why nobody must agree. */
    readonly reason: string;
  },
): Promise<FoundTicket> {
  const { facts, lines, demand, zone, commandId, reason } = request;
  const { at } = work;
  const key = facts.dedupeKey;
  const clocks = clocksOfRequest(demand, facts.priority, { at, calendar: calendarOf(zone) });
  const order = { type: "request-parts", facts, lines, demand, clocks } as const;
  const ticket = await carryOut(work, { key }, { ...order, commandId: `${commandId}/${key}` });
  const opened = await promiseWearParts(work, { ticket, key });
  if (demand.approval === "auto") return approveAndSource(work, opened, reason);
  await enqueueNotices(work, [
    about(opened.ticket, "parts-approval-wanted", approverOf(demand), { level: demand.approval }),
  ]);
  return opened;
}

/** Parts of the wear list are answered at once: with the day their supply is due (O-06). */
async function promiseWearParts(work: TicketWork, found: FoundTicket): Promise<FoundTicket> {
  const { demand, sla } = found.ticket;
  const supply = sla.find(({ kind }) => kind === "parts_supply");
  if (!demand?.isWearListed || !supply) return found;
  return commit(work, found, supply.dueAt);
}

export const commit = (
  work: TicketWork,
  found: FoundTicket,
  commitAt: string,
): Promise<FoundTicket> =>
  step(work, found, {
    type: "commit-parts",
    commitAt,
    clocks: clocksOfCommit(found.ticket, work.at),
  });

const approverOf = ({ approval }: PartsDemand): string =>
  approval === "hq" ? "hq_service" : approval === "region" ? "region_manager" : "station_manager";

export const about = (
  ticket: Ticket,
  kind: string,
  role: string,
  facts: NonNullable<Notice["facts"]> = {},
): Notice => ({
  kind,
  priority: ticket.priority,
  ticketId: ticket.ticketId,
  ...(ticket.machineId === undefined ? {} : { machineId: ticket.machineId }),
  audience:
    role === "hq_service"
      ? { to: "role", role }
      : role === "region_manager"
        ? { to: "role", role, regionId: ticket.regionId }
        : { to: "role", role, stationId: ticket.stationId },
  facts,
});

export async function approveAndSource(
  work: TicketWork,
  found: FoundTicket,
  reason: string,
): Promise<FoundTicket> {
  const clocks = clocksOfApproval(found.ticket, work.at);
  return sourceTicket(work, await step(work, found, { type: "approve-parts", reason, clocks }));
}

/**
 * Looks for every line that is not found yet, keeps what is found, promises a date, and looks again for those who had
 * to give way. `except`: places that have just said no.
 */
export async function sourceTicket(
  work: TicketWork,
  found: FoundTicket,
  except: readonly string[] = [],
): Promise<FoundTicket> {
  const sourcing =
    found.ticket.state === "sourcing" ? found : await step(work, found, { type: "source-parts" });
  const { ticket } = sourcing;
  const claim = claimOf(ticket);
  const demand = demandOf(ticket);
  const { ticketId } = ticket;
  const sourced: SourcedLine[] = [];
  for (const line of ticket.parts)
    sourced.push(
      line.state === "requested" || line.state === "backordered"
        ? await sourceLine(work, { ticketId, line, demand, claim, except })
        : { line, preempted: [] },
    );
  const lines = sourced.map(({ line }) => line);
  const settled = await step(work, sourcing, { type: "settle-parts", lines });
  const promised = await promiseArrival(work, settled);
  await warnOfRisk(work, promised.ticket);
  for (const reservation of sourced.flatMap(({ preempted }) => preempted))
    await sourceLoser(work, reservation, ticket);
  return promised;
}

/** Found parts have a date: the last arrival, and a margin for what has to travel. */
async function promiseArrival(work: TicketWork, found: FoundTicket): Promise<FoundTicket> {
  const { ticket } = found;
  if (ticket.state !== "reserved" || ticket.demand?.commitAt !== undefined) return found;
  const arrivals = ticket.parts.map(({ source, transferId }) =>
    source ? Date.parse(source.etaAt) + (transferId ? MARGIN_MS : 0) : work.nowMs,
  );
  return commit(work, found, new Date(Math.max(work.nowMs, ...arrivals)).toISOString());
}

const MARGIN_MS = partsConfig.commitMarginHours * 3_600_000;

/** `parts_risk`: what is found, or waited for, will not be there in time. */
async function warnOfRisk(work: TicketWork, ticket: Ticket): Promise<void> {
  const late = ticket.parts.filter(
    ({ state, source }) => state === "backordered" || (state === "reserved" && source?.isRisk),
  );
  if (late.length === 0) return;
  const parts = late.map(({ partNo }) => partNo).join(", ");
  await enqueueNotices(work, [about(ticket, "parts-risk", "parts_planner", { parts })]);
}

/** The parts of a weaker claim were taken: it is told, and its parts are looked for again. */
async function sourceLoser(
  work: TicketWork,
  { ticketId, reservationId, partNo }: Reservation,
  winner: Ticket,
): Promise<void> {
  if (ticketId === undefined) return endTransferOf(work, reservationId, moreUrgent);
  const found = await requireTicket(work.tx, ticketId);
  await enqueueNotices(work, [
    about(found.ticket, "parts-preempted", "parts_planner", { parts: partNo, by: winner.ticketId }),
  ]);
  await lookAgain(work, found, {
    step: "parts-preempted",
    isMeant: ({ reservation }) => reservation?.reservationId === reservationId,
  });
}

/** Lines that lost what was found for them are looked for afresh; their transfers that have not left are cancelled. */
export async function lookAgain(
  work: TicketWork,
  found: FoundTicket,
  why: {
    readonly step: "parts-preempted" | "parts-lost";
    readonly isMeant: (line: PartsLine) => boolean;
    readonly except?: readonly string[];
  },
): Promise<FoundTicket> {
  const lines: PartsLine[] = [];
  for (const line of found.ticket.parts) {
    lines.push(why.isMeant(line) ? bareLine(line) : line);
    if (why.isMeant(line) && line.transferId) await dropTransfer(work, line.transferId);
  }
  const lost = await step(work, found, { type: "move-parts", step: why.step, lines });
  return sourceTicket(work, lost, why.except);
}

async function dropTransfer(work: TicketWork, transferId: string): Promise<void> {
  const transfer = await requireTransfer(work.tx, transferId);
  if (["requested", "approved", "picked"].includes(transfer.state))
    await cancelTransfer(work, transfer, moreUrgent);
}

const moreUrgent = "its parts were given to a more urgent request";
