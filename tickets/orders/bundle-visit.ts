import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { GeoPlace } from "../dispatch/dispatch-job.ts";
import { type BundleTicket, proposeVisit, type VisitProposal } from "../dispatch/visit-bundle.ts";
import { certifiedFor, placeOf } from "../organisation/engineer.ts";
import { siteKind } from "../organisation/file-kinds.ts";
import { findFile } from "../organisation/file-store.ts";
import { dayIn, loadEngineers } from "../organisation/load-organisation.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { zoneOf } from "../organisation/region.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket, TicketSummary } from "../ticket.ts";
import type { TicketWork } from "../ticket-work.ts";
import { rankNow } from "./assign-ticket.ts";
import { hoursOf } from "./ranking.ts";

/** Engineering defaults where the plan names none: as the crow flies, and ahead. */
const bundleDefaults = { radiusKm: 30, windowDays: 7 };
const CANDIDATES = 500;

/**
 * What else could be done on the journey to a ticket: for whoever is named, assigned or suggested. Undefined when
 * nothing lies on the way, or nobody knows where the machine is.
 */
export async function bundleFor(
  work: TicketWork,
  ticket: Ticket,
  engineerId = ticket.assignment?.engineerId,
): Promise<VisitProposal | undefined> {
  const { machineId = "" } = ticket;
  const context = (await work.settingOf?.(machineId))?.context;
  const { job, candidates, chosen } = await rankNow(work, ticket);
  const who = engineerId ?? chosen?.engineerId;
  const [engineer] = who === undefined ? [] : await loadEngineers(work.tx, { engineerIds: [who] });
  if (!engineer)
    throw new CodedError("TICKET_GUARD", "nobody to go is named, assigned or suggested");
  const home = placeOf(engineer, work.nowMs);
  if (!context || !job.place || !home) return undefined;
  const hours = candidates.find((one) => one.engineer.engineerId === who)?.assignedHours ?? 0;
  const bundle = work.planOf?.(machineId)?.service.preventive?.bundle ?? bundleDefaults;
  return proposeVisit(
    {
      anchor: { ticketId: ticket.ticketId, machineId, place: job.place },
      home,
      engineer: {
        productTypes: certifiedFor(engineer, dayIn(zoneOf(context.regionPath), work.nowMs)),
        hoursLeft: engineer.maxLoadHours - hours - hoursOf(ticket),
      },
      radiusKm: bundle.radiusKm,
      windowDays: bundle.windowDays,
      nowMs: work.nowMs,
    },
    await waitingNear(work, ticket),
  );
}

/** Work of the region that nobody has set out for, with the place of its machine. */
async function waitingNear(work: TicketWork, { regionId }: Ticket): Promise<BundleTicket[]> {
  const rows = await work.tx
    .tables<TicketTables & OrganisationTables>()
    .selectFrom("tickets")
    .innerJoin("machine_files", "machine_files.id", "tickets.machine_id")
    .select(["tickets.body as ticket", "machine_files.body as machine"])
    .where("tickets.region_id", "=", regionId)
    .where("tickets.is_open", "=", 1)
    .where("tickets.kind", "!=", "parts")
    .where("tickets.state", "in", ["planned", "new", "acknowledged"])
    .orderBy("tickets.due_at")
    .limit(CANDIDATES)
    .execute();
  const tickets: BundleTicket[] = [];
  for (const row of rows) {
    const summary = JSON.parse(row.ticket) as TicketSummary;
    const place = await placeOfMachine(work, JSON.parse(row.machine) as MachineFile);
    if (place) tickets.push(toBundle(summary, place));
  }
  return tickets;
}

async function placeOfMachine(
  { tx }: TicketWork,
  { location, siteId }: MachineFile,
): Promise<GeoPlace | undefined> {
  if (location || siteId === undefined) return location;
  return (await findFile(tx, siteKind, siteId))?.file.location;
}

const toBundle = (ticket: TicketSummary, place: GeoPlace): BundleTicket => {
  const { ticketId, machineId = "", kind, priority, state, productType = "", dueWindow } = ticket;
  return {
    ticketId,
    machineId,
    kind,
    priority,
    state,
    place,
    standardHours: hoursOf(ticket),
    productType,
    dueWindow,
    visitId: ticket.visitId,
  };
};
