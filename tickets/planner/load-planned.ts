import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { surveyedPeaks } from "../field/survey-store.ts";
import type { Customer } from "../organisation/customer.ts";
import type { Reader } from "../organisation/file-store.ts";
import {
  commitmentFor,
  dayIn,
  loadActiveCommitments,
  loadOverrides,
} from "../organisation/load-organisation.ts";
import type { InstalledPart, MachineFile } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { type Region, regionPathOf, zoneOf } from "../organisation/region.ts";
import type { Site } from "../organisation/site.ts";
import type { TicketTables } from "../tables.ts";
import { priorities } from "../vocabulary.ts";
import { baseProgram, inspectionProgramOf } from "./inspection-program.ts";
import type { Peak, PlannedMachine, Usage } from "./planned-machine.ts";
import type { PlannerTables } from "./planner-tables.ts";
import type { HandledPoint, PlannedTrigger } from "./proposal.ts";

/** Machines that work, or could: in commissioning nothing is due yet, retired ones are left alone. */
const plannedStates = ["in_service", "standby", "under_repair"];

/** In the order of their ids, after one of them. */
export async function loadMachinesAfter(
  reader: Reader,
  after: string,
  limit: number,
): Promise<MachineFile[]> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select("body")
    .where("id", ">", after)
    .where("state", "in", plannedStates)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as MachineFile);
}

/** What the planner is told beside the database. */
export interface PlannedSetting {
  /** The plan of a machine; undefined: none fits it, and it has the base service. */
  readonly planOf: (machine: MachineFile) => Plan | undefined;
  readonly usageOf: (machine: MachineFile, nowMs: number) => Usage | undefined;
  readonly regions: ReadonlyMap<string, Region>;
  readonly nowMs: number;
}

/** All that the sources look at, of several machines at once. */
export async function loadPlanned(
  reader: Reader,
  machines: readonly MachineFile[],
  { planOf, usageOf, regions, nowMs }: PlannedSetting,
): Promise<PlannedMachine[]> {
  const ids = machines.map(({ machineId }) => machineId);
  const [overrides, commitments, sites, customers, parts, handled, surveyed] = await Promise.all([
    loadOverrides(reader),
    loadActiveCommitments(reader, ids),
    bodiesById<Site>(
      reader,
      "sites",
      machines.map(({ siteId }) => siteId),
    ),
    bodiesById<Customer>(
      reader,
      "customers",
      machines.map(({ customerId }) => customerId),
    ),
    loadParts(reader, ids),
    loadHandled(reader, ids),
    surveyedPeaks(reader, ids),
  ]);
  return machines.map((machine): PlannedMachine => {
    const plan = planOf(machine);
    const { machineId, handoverAt, siteId = "", customerId = "", peakPeriods } = machine;
    const path = regionPathOf(regions, machine.regionId);
    const layers = {
      regionIds: path.map(({ regionId }) => regionId),
      segment: customers.get(customerId)?.segment,
      overrides: overrides.filter(({ planId }) => planId === plan?.plan),
      commitment: commitmentFor(
        commitments.get(machineId) ?? [],
        machine,
        dayIn(zoneOf(path), nowMs),
      ),
    };
    return {
      machineId,
      handoverAt,
      plan,
      program: plan ? inspectionProgramOf(plan.service, layers) : baseProgram(),
      zone: zoneOf(path),
      usage: usageOf(machine, nowMs),
      peaks: distinctPeaks([
        ...peakPeriods,
        ...(sites.get(siteId)?.peakPeriods ?? []),
        ...(surveyed.get(machineId) ?? []),
      ]),
      installedParts: parts.get(machineId) ?? [],
      handled: handled.get(machineId) ?? [],
    };
  });
}

/** The same season told by file, site and survey is one season. */
const distinctPeaks = (peaks: readonly Peak[]): Peak[] => [
  ...new Map(peaks.map((peak) => [`${peak.from} ${peak.to}`, peak])).values(),
];

async function bodiesById<File>(
  reader: Reader,
  table: "sites" | "customers",
  ids: readonly (string | undefined)[],
): Promise<Map<string, File>> {
  const wanted = [...new Set(ids.filter((id) => id !== undefined))];
  if (wanted.length === 0) return new Map();
  const rows = await reader
    .tables<Pick<OrganisationTables, "sites">>()
    .selectFrom(table as "sites")
    .select(["id", "body"])
    .where("id", "in", wanted)
    .execute();
  return new Map(rows.map(({ id, body }) => [id, JSON.parse(body) as File]));
}

async function loadParts(
  reader: Reader,
  machineIds: readonly string[],
): Promise<Map<string, InstalledPart[]>> {
  if (machineIds.length === 0) return new Map();
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("installed_parts")
    .select(["machine_id", "body"])
    .where("machine_id", "in", [...machineIds])
    .where("removed_at", "is", null)
    .orderBy("position")
    .execute();
  return grouped(rows, ({ body }) => JSON.parse(body) as InstalledPart);
}

/** Points that are dealt with, and how their tickets stand. */
export async function loadHandled(
  reader: Reader,
  machineIds: readonly string[],
): Promise<Map<string, HandledPoint[]>> {
  if (machineIds.length === 0) return new Map();
  const rows = await reader
    .tables<PlannerTables & TicketTables>()
    .selectFrom("planned_points")
    .leftJoin("tickets", "tickets.ticket_id", "planned_points.ticket_id")
    .select([
      "planned_points.dedupe_key",
      "planned_points.machine_id",
      "planned_points.ticket_id",
      "planned_points.ticket_trigger",
      "planned_points.due_to",
      "tickets.is_open",
      "tickets.priority_rank",
    ])
    .where("planned_points.machine_id", "in", [...machineIds])
    .orderBy("planned_points.dedupe_key")
    .execute();
  return grouped(rows, (row): HandledPoint => {
    const priority = priorities[Number(row.priority_rank ?? Number.NaN)];
    return {
      dedupeKey: row.dedupe_key,
      ticketId: row.ticket_id,
      trigger: row.ticket_trigger as PlannedTrigger,
      dueTo: row.due_to,
      isOpen: Number(row.is_open ?? 0) === 1,
      ...(priority === undefined ? {} : { priority }),
    };
  });
}

function grouped<Row extends { readonly machine_id: string }, Value>(
  rows: readonly Row[],
  toValue: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const group = groups.get(row.machine_id) ?? [];
    group.push(toValue(row));
    groups.set(row.machine_id, group);
  }
  return groups;
}
