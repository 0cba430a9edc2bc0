import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { resolveService } from "@firebreak/plans/resolve-service.ts";
import { type Candidate, type DispatchJob, neighboursOf } from "../dispatch/dispatch-job.ts";
import { type Ranking, rankEngineers } from "../dispatch/rank-engineers.ts";
import { layersOfContext } from "../organisation/layers-of-context.ts";
import {
  loadEngineers,
  loadRegions,
  type MachineContext,
} from "../organisation/load-organisation.ts";
import { zoneOf } from "../organisation/region.ts";
import type { StockTables } from "../parts/stock-tables.ts";
import { isLive } from "../sla/sla-clock.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import type { Reader } from "../ticket-store.ts";

/** Hours of work that a ticket is taken for while no plan says how many. Engineering default. */
const HOURS_IF_UNKNOWN = 2;

export interface RankingInput {
  readonly job: DispatchJob;
  readonly candidates: readonly Candidate[];
  readonly moment: { readonly nowMs: number; readonly zone: string };
}

/** Who could go to a ticket, best first, and who could not and why. */
export async function rankFor(
  reader: Reader,
  ticket: Ticket,
  of: { readonly context: MachineContext; readonly plan: Plan | undefined; readonly nowMs: number },
): Promise<Ranking & RankingInput> {
  const input = await rankingInput(reader, ticket, of);
  return { ...input, ...rankEngineers(input.job, input.candidates, input) };
}

async function rankingInput(
  reader: Reader,
  ticket: Ticket,
  {
    context,
    plan,
    nowMs,
  }: { readonly context: MachineContext; readonly plan: Plan | undefined; readonly nowMs: number },
): Promise<RankingInput> {
  const regions = await loadRegions(reader);
  const engineers = await loadEngineers(reader);
  const hours = await assignedHours(reader, ticket.ticketId);
  const onBoard = await partsOnBoard(reader, ticket);
  return {
    job: jobOf(ticket, {
      context,
      plan,
      neighbourRegionIds: neighboursOf(regions, ticket.regionId),
    }),
    candidates: engineers.map((engineer) => ({
      engineer,
      assignedHours: hours.get(engineer.engineerId) ?? 0,
      partsOnBoardShare: onBoard(engineer.vehicleStockLocationId),
    })),
    moment: { nowMs, zone: zoneOf(context.regionPath) },
  };
}

export function jobOf(
  ticket: Ticket,
  {
    context,
    plan,
    neighbourRegionIds,
  }: {
    readonly context: MachineContext;
    readonly plan: Plan | undefined;
    readonly neighbourRegionIds: readonly string[];
  },
): DispatchJob {
  const { machine, site, station, commitment } = context;
  const { ticketId, priority, stationId, regionId, job, productType = "", sla } = ticket;
  const staffing = plan && resolveService(plan.service, layersOfContext(context)).staffing?.value;
  const arrival = sla.find((clock) => clock.kind === "arrival" && isLive(clock));
  return {
    ticketId,
    priority,
    productType,
    faultClass: job?.faultClass,
    minLevel: staffing?.minLevel ?? "junior",
    standardHours: hoursOf(ticket),
    place: machine?.location ?? site?.location ?? station.location,
    stationId,
    regionId,
    neighbourRegionIds,
    wantsSpecialist: staffing?.dedicatedSpecialist ?? false,
    stationedEngineerId: commitment?.stationedEngineerId,
    responsibleEngineerId: machine?.responsibleEngineerId,
    excludedEngineerIds: ticket.rejectedBy,
    arrivalDueAt: arrival?.dueAt,
  };
}

export const hoursOf = ({ job }: Pick<Ticket, "job">): number =>
  job?.standardHours ?? HOURS_IF_UNKNOWN;

/** Standard hours of the open work of every engineer; one ticket may be left out of the sum. */
export async function assignedHours(reader: Reader, without = ""): Promise<Map<string, number>> {
  const rows = await reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select((column) => ["engineer_id", column.fn.sum<number>("standard_hours").as("hours")])
    .where("is_open", "=", 1)
    .where("engineer_id", "is not", null)
    .where("ticket_id", "!=", without)
    .groupBy("engineer_id")
    .execute();
  return new Map(rows.map(({ engineer_id, hours }) => [engineer_id ?? "", Number(hours)]));
}

/** Share of the likely parts that lie in a vehicle, 0 to 1. */
async function partsOnBoard(
  reader: Reader,
  { predictedParts }: Ticket,
): Promise<(locationId: string | undefined) => number> {
  if (predictedParts.length === 0) return () => 0;
  const rows = await reader
    .tables<StockTables>()
    .selectFrom("stock_levels")
    .select(["location_id", "part_no", "on_hand", "reserved"])
    .where("part_no", "in", [...new Set(predictedParts.map(({ partNo }) => partNo))])
    .execute();
  const free = new Map(
    rows.map((row) => [
      `${row.location_id} ${row.part_no}`,
      Number(row.on_hand) - Number(row.reserved),
    ]),
  );
  return (locationId) => {
    const there = predictedParts.filter(
      ({ partNo, qty }) => (free.get(`${locationId} ${partNo}`) ?? 0) >= qty,
    );
    return there.length / predictedParts.length;
  };
}
