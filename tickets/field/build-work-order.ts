import type { Database } from "@firebreak/kit/database.ts";
import type { FailureMode, Plan } from "@firebreak/plans/plan-schema.ts";
import { loadMachineContext, type MachineContext } from "../organisation/load-organisation.ts";
import { loadPeople } from "../organisation/people.ts";
import type { PartsLine } from "../parts/parts-line.ts";
import { partsWithPlace } from "../parts/parts-queries.ts";
import type { Ticket } from "../ticket.ts";
import { loadPage, loadTicket, type Reader } from "../ticket-store.ts";
import { checklistOf } from "./checklist.ts";
import { answersOf } from "./checklist-store.ts";
import { drawSeries, type SeriesReader } from "./draw-series.ts";
import { fieldConfig } from "./field-config.ts";
import { mediaOf } from "./media.ts";
import { casesOf, reportsOf } from "./report-store.ts";
import { requireTicketOf } from "./require-ticket.ts";
import { safetyNotes } from "./safety-notes.ts";
import { surveyOf } from "./survey-store.ts";
import type { NeededPart, SmartWorkOrder } from "./work-order.ts";

export interface WorkOrderSources {
  readonly db: Database;
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly telemetry: SeriesReader;
  readonly nowMs: () => number;
}

/**
 * The work order of a ticket: evidence with what the machine did, likely causes, checks, parts with their places, machine,
 * customer, the machine's past and cases like it. What cannot be read of the machine's data leaves the rest as it is.
 * @throws CodedError TICKET_UNKNOWN
 */
export async function buildWorkOrder(
  sources: WorkOrderSources,
  ticketId: string,
): Promise<SmartWorkOrder> {
  const { db, planOf, telemetry, nowMs } = sources;
  const ticket = await requireTicketOf(db, ticketId);
  const { machineId } = ticket;
  const plan = machineId === undefined ? undefined : planOf(machineId);
  const faults = faultsOf(ticket);
  const modes = faults.flatMap((fault) => plan?.service.failureModes[fault] ?? []);
  const context = machineId ? await loadMachineContext(db, machineId, nowMs()) : undefined;
  const survey = await surveyOf(db, ticketId);
  return {
    ...headOf(ticket, modes),
    series: await drawSeries(telemetry, ticket, plan),
    checklist: checklistOf(plan, ticket),
    answers: await answersOf(db, ticketId),
    parts: await neededParts(sources, ticket, context),
    reserved: await reservedLines(db, ticket),
    ...(await placeOf(db, context)),
    installedParts: installedParts(context, plan),
    history: await historyOf(db, ticket),
    similar: await similarCases(db, ticketId, faults),
    reports: await reportsOf(db, ticketId),
    ...(survey ? { survey } : {}),
    media: await mediaOf(db, ticketId),
  };
}

const faultsOf = ({ faultCode, candidateFaults, confirmedFault }: Ticket): string[] => [
  ...new Set(
    [confirmedFault?.faultCode, ...candidateFaults.map((one) => one.faultCode), faultCode].flatMap(
      (fault) => fault ?? [],
    ),
  ),
];

function headOf(ticket: Ticket, modes: readonly FailureMode[]) {
  const { ticketId, version, kind, state, priority, title, createdAt } = ticket;
  const { occurrenceCount, visits, dueWindow, sla, evidence, checks, job } = ticket;
  const standardHours = job?.standardHours ?? modes[0]?.standardHours;
  const skill = job?.skill ?? modes[0]?.skill;
  return {
    ticketId,
    version,
    kind,
    state,
    priority,
    title,
    createdAt,
    occurrenceCount,
    visits,
    ...(dueWindow ? { dueWindow } : {}),
    ...assigned(ticket),
    clocks: sla,
    evidence,
    faults: ticket.candidateFaults,
    checks,
    ...(standardHours === undefined ? {} : { standardHours }),
    ...(skill === undefined ? {} : { skill }),
    safety: safetyNotes(modes),
  };
}

function assigned({ assignment, visitLog }: Ticket) {
  const { engineerId, acceptedAt, acceptBy } = assignment ?? {};
  return {
    ...(engineerId === undefined ? {} : { engineerId }),
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(acceptBy === undefined ? {} : { acceptBy }),
    consultCount: visitLog.at(-1)?.consultCount ?? 0,
  };
}

async function neededParts(
  { db, nowMs }: WorkOrderSources,
  { predictedParts, assignment, tier = "meet", priority }: Ticket,
  context: MachineContext | undefined,
): Promise<NeededPart[]> {
  const found = await partsWithPlace(
    db,
    {
      destinationId: context?.station.stockLocationId ?? "",
      engineerId: assignment?.engineerId,
      tier,
      priority,
      nowMs: nowMs(),
    },
    predictedParts.map(({ partNo, qty }) => ({ partNo, quantity: qty })),
  );
  return found.map((part, index) => {
    const probability = predictedParts[index]?.probability;
    return probability === undefined ? part : { ...part, probability };
  });
}

async function reservedLines(reader: Reader, { childIds }: Ticket): Promise<PartsLine[]> {
  const children = await Promise.all(childIds.map((childId) => loadTicket(reader, childId)));
  return children.flatMap((child) => (child?.ticket.kind === "parts" ? child.ticket.parts : []));
}

async function placeOf(reader: Reader, context: MachineContext | undefined) {
  const { machine, customer, site, station } = context ?? {};
  const people = await loadPeople(reader, customer?.contactIds ?? []);
  return {
    ...(machine ? { machine } : {}),
    ...(customer ? { customer } : {}),
    contacts: [...people.values()],
    ...(site ? { site } : {}),
    station: {
      stationId: station?.stationId ?? "",
      name: station?.name ?? { en: "", "zh-CN": "" },
    },
  };
}

const installedParts = (
  context: MachineContext | undefined,
  plan: Plan | undefined,
): SmartWorkOrder["installedParts"] =>
  (context?.installedParts ?? []).map((part) => {
    const known = plan?.service.parts?.find(({ position }) => position === part.position);
    if (known === undefined) return part;
    const { title, isWearPart, wearLife } = known;
    return { ...part, title, isWearPart, ...(wearLife === undefined ? {} : { wearLife }) };
  });

async function historyOf(
  reader: Reader,
  { ticketId, machineId }: Ticket,
): Promise<SmartWorkOrder["history"]> {
  if (machineId === undefined) return [];
  const { items } = await loadPage(reader, {
    machine: machineId,
    // Every second one may be of parts.
    limit: 2 * fieldConfig.workOrderHistory + 2,
  });
  return items
    .filter((one) => one.ticketId !== ticketId && one.kind !== "parts")
    .slice(0, fieldConfig.workOrderHistory)
    .map((one) => ({
      ticketId: one.ticketId,
      kind: one.kind,
      title: one.title,
      state: one.state,
      createdAt: one.createdAt,
      ...(one.closedAt === undefined ? {} : { closedAt: one.closedAt }),
      ...(one.faultCode === undefined ? {} : { faultCode: one.faultCode }),
      ...(one.outcome === undefined ? {} : { outcome: one.outcome }),
    }));
}

async function similarCases(
  reader: Reader,
  ticketId: string,
  faults: readonly string[],
): Promise<SmartWorkOrder["similar"]> {
  const [fault] = faults;
  if (fault === undefined) return [];
  const limit = fieldConfig.workOrderHistory;
  const cases = await casesOf(reader, fault, { not: ticketId, limit });
  return cases.map(({ ticketId: other, at, content }) => ({
    ticketId: other,
    at,
    causeId: content.rootCause?.causeId ?? "",
    solution: content.solution,
    partNos: content.partsUsed.map(({ partNo }) => partNo),
  }));
}
