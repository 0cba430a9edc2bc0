import { type Commitment, isInForce } from "./commitment.ts";
import type { Customer } from "./customer.ts";
import type { Engineer, EngineerFile, EngineerState } from "./engineer.ts";
import { customerKind, machineKind, overrideKind, regionKind, siteKind } from "./file-kinds.ts";
import { allFiles, findFile, inBatches, type Reader } from "./file-store.ts";
import { type InstalledPart, type MachineFile, serialKeyOf } from "./machine-file.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { loadPeople } from "./people.ts";
import type { PlanOverride } from "./plan-override.ts";
import { type Region, regionPathOf, regionsBelow, regionsById, zoneOf } from "./region.ts";
import type { Site } from "./site.ts";
import type { Station } from "./station.ts";
import { loadStations } from "./station-store.ts";

const tablesOf = (reader: Reader) => reader.tables<OrganisationTables>();

export const loadRegions = async (reader: Reader): Promise<Map<string, Region>> =>
  regionsById(await allFiles(reader, regionKind));

/** From the root to the region, both included; empty for one that is not known. */
export const loadRegionPath = async (reader: Reader, regionId: string): Promise<Region[]> =>
  regionPathOf(await loadRegions(reader), regionId);

/** All that a ticket needs to know of the machine it is for. */
export interface MachineContext {
  /** Undefined: first seen by its gateway and not registered yet. */
  readonly machine?: MachineFile;
  readonly installedParts: readonly InstalledPart[];
  readonly customer?: Customer;
  readonly site?: Site;
  /** Its own, else the nearest up the region tree, else the first of all. */
  readonly station: Station;
  /** From the root down; empty when no region is known. */
  readonly regionPath: readonly Region[];
  /** The one in force today (SC-1), of the customer that has the machine now. */
  readonly commitment?: Commitment;
}

/** `nowMs`: decides which commitment holds, by the day of the machine's region. */
export async function loadMachineContext(
  reader: Reader,
  machineId: string,
  nowMs: number = Date.now(),
): Promise<MachineContext> {
  const machine = (await findFile(reader, machineKind, machineId))?.file;
  const stations = await loadStations(reader);
  const site = machine?.siteId && (await findFile(reader, siteKind, machine.siteId))?.file;
  const customer =
    machine?.customerId && (await findFile(reader, customerKind, machine.customerId))?.file;
  const regions = await loadRegions(reader);
  const ownPath = regionPathOf(regions, machine?.regionId);
  const station = stationInCharge(stations, machine?.stationId, ownPath);
  const regionPath = ownPath.length > 0 ? ownPath : regionPathOf(regions, station.regionId);
  const commitment =
    machine && (await loadCommitment(reader, machine, dayIn(zoneOf(regionPath), nowMs)));
  return {
    ...(machine ? { machine } : {}),
    installedParts: machine ? await loadInstalledParts(reader, machineId) : [],
    ...(customer ? { customer } : {}),
    ...(site ? { site } : {}),
    station,
    regionPath,
    ...(commitment ? { commitment } : {}),
  };
}

const noStation: Station = {
  stationId: "",
  regionId: "",
  name: { en: "no station", "zh-CN": "无服务站" },
  kind: "own",
  status: "inactive",
  stockLocationId: "",
};

/** Its own station, else an active one of the machine's region or of the regions above, else the first. */
export function stationInCharge(
  stations: readonly Station[],
  stationId: string | undefined,
  regionPath: readonly Region[],
): Station {
  const own = stations.find((station) => station.stationId === stationId);
  if (own) return own;
  const active = stations.filter(({ status }) => status === "active");
  for (const { regionId } of regionPath.toReversed()) {
    const near = active.find((station) => station.regionId === regionId);
    if (near) return near;
  }
  return active[0] ?? stations[0] ?? noStation;
}

/** The calendar day, YYYY-MM-DD, that it is in a time zone. */
export const dayIn = (zone: string, nowMs: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(nowMs);

export async function loadInstalledParts(
  reader: Reader,
  machineId: string,
): Promise<InstalledPart[]> {
  const rows = await tablesOf(reader)
    .selectFrom("installed_parts")
    .select("body")
    .where("machine_id", "=", machineId)
    .where("removed_at", "is", null)
    .orderBy("position")
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as InstalledPart);
}

async function loadCommitment(
  reader: Reader,
  machine: MachineFile,
  day: string,
): Promise<Commitment | undefined> {
  if (machine.customerId === undefined) return undefined;
  const active = await loadActiveCommitments(reader, [machine.machineId]);
  return commitmentFor(active.get(machine.machineId) ?? [], machine, day);
}

/** Of several machines, by machine: those that are active, of whatever customer and day. */
export async function loadActiveCommitments(
  reader: Reader,
  machineIds: readonly string[],
): Promise<Map<string, Commitment[]>> {
  const rows = await inBatches(machineIds, (batch) =>
    tablesOf(reader)
      .selectFrom("commitment_machines")
      .innerJoin("commitments", "commitments.id", "commitment_machines.commitment_id")
      .select(["commitment_machines.machine_id", "commitments.body"])
      .where("commitment_machines.machine_id", "in", batch)
      .where("commitments.state", "=", "active")
      .orderBy("commitments.id")
      .execute(),
  );
  const byMachine = new Map<string, Commitment[]>();
  for (const { machine_id, body } of rows)
    byMachine.set(machine_id, [...(byMachine.get(machine_id) ?? []), JSON.parse(body)]);
  return byMachine;
}

/** The one in force on a day (SC-1), of the customer that has the machine now. Pure. */
export const commitmentFor = (
  commitments: readonly Commitment[],
  { customerId }: Pick<MachineFile, "customerId">,
  day: string,
): Commitment | undefined =>
  commitments.find((one) => one.customerId === customerId && isInForce(one, day));

/** What headquarters changed of service plans, in the order of their ids. */
export const loadOverrides = (reader: Reader): Promise<PlanOverride[]> =>
  allFiles(reader, overrideKind);

/** However the number was typed; undefined when no machine has it. */
export async function findMachineBySerial(
  reader: Reader,
  serialNumber: string,
): Promise<MachineFile | undefined> {
  const row = await tablesOf(reader)
    .selectFrom("machine_files")
    .select("body")
    .where("serial_key", "=", serialKeyOf(serialNumber))
    .executeTakeFirst();
  return row && (JSON.parse(row.body) as MachineFile);
}

export interface EngineerFilter {
  readonly stationId?: string;
  /** This region and all below it, by the engineer's station. */
  readonly regionId?: string;
  readonly engineerIds?: readonly string[];
  readonly flyingSquad?: boolean;
}

/** Engineers with name, state and place, in the order of their ids. */
export async function loadEngineers(
  reader: Reader,
  filter: EngineerFilter = {},
): Promise<Engineer[]> {
  let query = tablesOf(reader)
    .selectFrom("engineers")
    .leftJoin("engineer_presence", "engineer_presence.engineer_id", "engineers.id")
    .select(["engineers.body", "engineers.version", "state", "lat", "lon", "position_at"])
    .orderBy("engineers.id");
  if (filter.stationId !== undefined)
    query = query.where("engineers.station_id", "=", filter.stationId);
  if (filter.engineerIds !== undefined)
    query = query.where("engineers.id", "in", [...filter.engineerIds]);
  const rows = await query.execute();
  const stations = new Map(
    (await loadStations(reader)).map((station) => [station.stationId, station]),
  );
  const files = rows.map((row) => ({ ...row, file: JSON.parse(row.body) as EngineerFile }));
  const people = await loadPeople(
    reader,
    files.map(({ file }) => file.engineerId),
  );
  const engineers = files.map(({ file, version, state, lat, lon, position_at: at }): Engineer => {
    const { name = file.engineerId, firstName } = people.get(file.engineerId) ?? {};
    const station = stations.get(file.stationId);
    return {
      ...file,
      ...(station ? { regionId: station.regionId } : {}),
      name,
      ...(firstName === undefined ? {} : { firstName }),
      state: (state ?? "off_duty") as EngineerState,
      ...(lat !== null && lon !== null && at !== null
        ? { position: { lat: Number(lat), lon: Number(lon), at } }
        : {}),
      ...(station?.location ? { stationLocation: station.location } : {}),
      version: Number(version),
    };
  });
  return filterEngineers(engineers, filter, await regionsOf(reader, filter.regionId));
}

const regionsOf = async (reader: Reader, regionId: string | undefined) =>
  regionId === undefined ? undefined : new Set(regionsBelow(await loadRegions(reader), regionId));

const filterEngineers = (
  engineers: readonly Engineer[],
  { flyingSquad }: EngineerFilter,
  regions: ReadonlySet<string> | undefined,
): Engineer[] =>
  engineers.filter(
    (engineer) =>
      (flyingSquad === undefined || engineer.flyingSquad === flyingSquad) &&
      (regions === undefined || regions.has(engineer.regionId ?? "")),
  );
