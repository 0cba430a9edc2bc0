import { isUnapproved } from "@firebreak/plans/fault-catalogue.ts";
import { type Finding, isPrediction } from "@firebreak/rules/finding.ts";
import { findCarrier, findPredicted, findRepair, isWaiting } from "./find-carrier.ts";
import { orderOf, type Problem, problemKey, problemOf } from "./from-finding.ts";
import { planIdOf } from "./kpi/kpi-facts.ts";
import { fieldCauseCounts } from "./lessons/cause-counts.ts";
import { mayOnlyShow } from "./lessons/rule-modes.ts";
import { noteUnknownCode } from "./lessons/unknown-codes.ts";
import { DAY_MS } from "./lifecycle/step.ts";
import { workPolicy } from "./lifecycle/work-policy.ts";
import { factsOfContext } from "./machine-terms.ts";
import { mergeTickets } from "./merge-tickets.ts";
import { noteFlapping, observeFinding } from "./observe-finding.ts";
import { absorbInspections } from "./open-work.ts";
import { openPartsTicket } from "./parts/parts-ticket.ts";
import { nameParts } from "./parts/stock.ts";
import { reopenTicket } from "./reopen-ticket.ts";
import { holdFinding } from "./shelving/hold-finding.ts";
import { commandOf } from "./shelving/take-off.ts";
import { findStorm, openStorm } from "./storm.ts";
import { takeDoubted } from "./take-doubted.ts";
import type { TicketOrder } from "./ticket-lifecycle.ts";
import { findClosedSince, findCommand, saveCommand } from "./ticket-store.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "./ticket-work.ts";

/**
 * Turns one finding into what it asks for: a new ticket with its parts ticket, a closed one opened again, or one more
 * line in the open one. What a finding did is remembered by (finding, phase, machine time), so saying it again does
 * nothing.
 */
export async function applyFinding(work: TicketWork, finding: Finding): Promise<void> {
  const { tx } = work;
  const { phase, machineId } = finding;
  const commandId = commandOf(finding);
  // What was told as live may have ended in data that came a day later.
  if (finding.isHistory && phase !== "cleared") return;
  if (finding.mode === "shadow" || (await findCommand(tx, commandId))) return;
  const instead = await holdFinding(work, finding);
  if (instead) {
    for (const one of instead) await applyFinding(work, one);
    return;
  }
  const seen = await fieldCauseCounts(tx, planIdOf(finding), finding.failureMode);
  const problem = problemOf(finding, work.planOf?.(machineId), seen);
  const carrier = await carrierOf(work, problem, finding);
  const done = carrier
    ? await tellCarrier(work, carrier, { finding, problem, commandId })
    : await openFor(work, { finding, problem, commandId });
  if (!done) return;
  if (!carrier && finding.chatter)
    await noteFlapping(work, await requireTicket(tx, done.ticketId), finding, commandId);
  if (phase !== "cleared" && !finding.isLatched)
    await takeDoubted(work, await requireTicket(tx, done.ticketId), { finding, commandId });
  await saveCommand(tx, { commandId, ticketId: done.ticketId, name: done.name });
  if (phase === "raised" || finding.isOnset) await noteUnknownCode(work, finding);
}

/** A new onset after the proof, before anybody closed: the repair did not last, as after closing (MR-7). */
async function tellCarrier(
  work: TicketWork,
  carrier: FoundTicket,
  raised: Raised,
): Promise<Done | undefined> {
  const { ticket } = carrier;
  const isBack = ticket.state === "follow_up" && raised.finding.isOnset;
  return isBack ? reopenFor(work, ticket.ticketId, raised) : observeFinding(work, carrier, raised);
}

/**
 * The open ticket that a finding speaks of. What was foretold is there already: it goes to that ticket, unless it wants a
 * repair and nobody has set out, which then takes it in. A weaker need goes to the repair of its component (MR-2).
 */
async function carrierOf(
  { tx }: TicketWork,
  problem: Problem,
  finding: Finding,
): Promise<FoundTicket | undefined> {
  const { machineId, phase, failureMode, findingId } = finding;
  const own = await findCarrier(tx, problem.key);
  if (own) return own;
  const foretold = await findPredicted(tx, machineId, failureMode);
  const known = foretold.find(({ ticket }) => ticket.activeFindings.includes(findingId));
  if (known || phase === "cleared") return known;
  const alike = isPrediction(finding)
    ? await findCarrier(tx, problemKey(machineId, failureMode))
    : foretold.find(({ ticket }) => problem.kind === "inspection" || !isWaiting(ticket));
  if (alike || problem.kind === "repair") return alike;
  return problem.component === undefined ? undefined : findRepair(tx, machineId, problem.component);
}

interface Raised {
  readonly finding: Finding;
  readonly problem: Problem;
  readonly commandId: string;
}

export interface Done {
  readonly ticketId: string;
  readonly name: string;
}

async function openFor(work: TicketWork, raised: Raised): Promise<Done | undefined> {
  const { finding, problem } = raised;
  if (finding.phase === "cleared" || (finding.phase !== "raised" && !finding.isOnset))
    return undefined;
  if (isUnapproved(work.planOf?.(finding.machineId), finding.failureMode)) return undefined;
  const rule = { planId: planIdOf(finding), ruleId: finding.ruleId };
  const version = Number(finding.planRef.split("@")[1]);
  if (await mayOnlyShow(work, rule, version)) return undefined;
  const { tx, nowMs, policy = workPolicy } = work;
  const since = (days: number) => new Date(nowMs - days * DAY_MS).toISOString();
  const young = await findClosedSince(tx, problem.key, since(policy.reopenDays));
  if (young !== undefined) return reopenFor(work, young, raised);
  const recurrenceOf = await findClosedSince(tx, problem.key, since(policy.recurrenceDays));
  const opened = await openNew(work, raised, recurrenceOf);
  return opened && { ticketId: opened.ticket.ticketId, name: "open" };
}

async function reopenFor(
  work: TicketWork,
  ticketId: string,
  { finding, problem, commandId }: Raised,
): Promise<Done> {
  await reopenTicket(work, await requireTicket(work.tx, ticketId), {
    commandId,
    cause: "recurrence",
    reason: finding.failureMode,
    findingId: finding.findingId,
    evidence: problem.evidence,
    machineAt: finding.at,
    priority: problem.priority,
  });
  return { ticketId, name: "reopen" };
}

async function openNew(
  work: TicketWork,
  { finding, problem, commandId }: Raised,
  recurrenceOf: string | undefined,
): Promise<FoundTicket | undefined> {
  const order = await openingOrder(work, { finding, problem, commandId }, recurrenceOf);
  if (order?.type !== "open") return undefined;
  const { machineId } = finding;
  const { storm, part } = await findStorm(work, machineId);
  const isPart = storm !== undefined || part.length > 0;
  const opened = await carryOut(
    work,
    { key: problem.key, isQuiet: isPart },
    { ...order, commandId },
  );
  const own = { ticket: opened, key: problem.key };
  if (isPart) {
    const { ids } = work;
    const facts = {
      ...order.facts,
      ticketId: ids.ticketId(),
      progressCode: ids.progressCode(),
    };
    const whole =
      storm ?? (await openStorm(work, part, { facts, evidence: problem.evidence, commandId }));
    await mergeTickets(work, own, whole, { commandId, why: "storm", isQuiet: true });
    return own;
  }
  if (problem.kind === "repair") {
    const { component } = problem;
    await absorbInspections(work, own, {
      ...{ machineId, failureMode: finding.failureMode, commandId },
      ...(component === undefined ? {} : { component }),
    });
  }
  await openPartsTicket(work, await requireTicket(work.tx, opened.ticketId), commandId);
  return own;
}

async function openingOrder(
  work: TicketWork,
  { finding, problem }: Raised,
  recurrenceOf: string | undefined,
): Promise<TicketOrder | undefined> {
  const { ids, nowMs, tx } = work;
  const { machineId } = finding;
  const setting = await work.settingOf?.(machineId);
  const named = { ...problem, predictedParts: await nameParts(tx, problem.predictedParts) };
  const context = setting
    ? factsOfContext(setting.context, work.planOf?.(machineId), nowMs)
    : { stationId: "", regionId: "", billable: false };
  return orderOf(finding, named, undefined, () => ({
    ticketId: ids.ticketId(),
    progressCode: ids.progressCode(),
    nowMs,
    context,
    ...(recurrenceOf === undefined ? {} : { recurrenceOf }),
  }));
}
