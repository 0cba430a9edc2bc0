import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { orderOf, problemOf } from "./from-finding.ts";
import { openPartsTicket, raiseChildren } from "./parts/parts-ticket.ts";
import { nameParts } from "./parts/stock.ts";
import {
  findClosedSince,
  findCommand,
  findOpenTicket,
  firstStation,
  saveCommand,
} from "./ticket-store.ts";
import { carryOut, type TicketWork } from "./ticket-work.ts";
import type { StationInCharge } from "./vocabulary.ts";

export interface MachineLookup {
  readonly planOf: (machineId: string) => Plan | undefined;
  /** Undefined: the first station of the stock file is in charge. */
  readonly stationOf: (machineId: string) => StationInCharge | undefined;
}

/** A fault that comes back within this time after its ticket was closed is a recurrence (MR-7). */
const RECURRENCE_MS = 30 * 24 * 3600 * 1000;

/**
 * Turns one finding into what it asks for: a new ticket with its parts ticket, or one more line in the open one.
 * What a finding did is remembered by (finding, phase, machine time), so saying it again does nothing.
 */
export async function applyFinding(
  work: TicketWork,
  finding: Finding,
  { planOf, stationOf }: MachineLookup,
): Promise<void> {
  const { tx, ids, nowMs } = work;
  const { findingId, phase, at, machineId } = finding;
  const commandId = `finding/${findingId}/${phase}/${at}`;
  if (finding.isHistory || (await findCommand(tx, commandId))) return;
  const known = problemOf(finding, planOf(machineId));
  const open = await findOpenTicket(tx, known.key);
  const problem = open
    ? known
    : { ...known, predictedParts: await nameParts(tx, known.predictedParts) };
  const since = new Date(nowMs - RECURRENCE_MS).toISOString();
  const recurrenceOf = open ? undefined : await findClosedSince(tx, problem.key, since);
  const station = stationOf(machineId) ?? (await firstStation(tx));
  const order = orderOf(finding, problem, open, () => ({
    ticketId: ids.ticketId(),
    progressCode: ids.progressCode(),
    nowMs,
    station,
    ...(recurrenceOf === undefined ? {} : { recurrenceOf }),
  }));
  if (!order) return;

  const { key } = problem;
  const after = await carryOut(work, { ticket: open, key }, { ...order, commandId });
  if (!open) await openPartsTicket(work, { ticket: after, key }, commandId);
  else if (after.priority !== open.priority) await raiseChildren(work, after, commandId);
  if (after !== open || phase === "raised" || finding.isOnset)
    await saveCommand(tx, { commandId, ticketId: after.ticketId, name: order.type });
}
