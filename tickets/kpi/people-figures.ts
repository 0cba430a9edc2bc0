import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { coverageOf } from "../dispatch/coverage.ts";
import type { Engineer, EngineerLevel } from "../organisation/engineer.ts";
import { loadEngineers } from "../organisation/load-organisation.ts";
import { installedBaseStates, type MachineFile } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { TicketTables } from "../tables.ts";
import { type CapacityZone, capacityZone, machinesPerEngineer } from "./capacity.ts";
import { finalScore, type ScoreLine } from "./engineer-score.ts";
import type { KpiConfig } from "./kpi-config.ts";
import type { KpiTables } from "./kpi-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

export interface EngineerScore {
  readonly engineerId: string;
  /** YYYY-MM. */
  readonly month: string;
  readonly level: EngineerLevel;
  readonly total: number;
  readonly final: number;
  readonly lines: readonly ScoreLine[];
}

/** @throws CodedError ENGINEER_UNKNOWN */
export async function engineerScore(
  reader: Reader,
  engineerId: string,
  month: string,
  { score }: KpiConfig,
): Promise<EngineerScore> {
  const [engineer] = await loadEngineers(reader, { engineerIds: [engineerId] });
  if (!engineer) throw new CodedError("ENGINEER_UNKNOWN", `there is no engineer ${engineerId}`);
  const rows = await reader
    .tables<KpiTables>()
    .selectFrom("engineer_score_lines")
    .selectAll()
    .where("engineer_id", "=", engineerId)
    .where("month", "=", month)
    .orderBy("at")
    .orderBy("ticket_id")
    .orderBy("seq")
    .execute();
  const lines = rows.map((row) => ({
    engineerId,
    ticketId: row.ticket_id,
    seq: Number(row.seq),
    kind: row.kind as ScoreLine["kind"],
    points: Number(row.points),
    at: row.at,
  }));
  const { level } = engineer;
  return { engineerId, month, level, ...finalScore(lines, level, score), lines };
}

export interface StationScore {
  readonly stationId: string;
  readonly engineers: number;
  /** Mean of its engineers' final scores. */
  readonly score: number;
}

/** Best first; stations without an engineer are left out. */
export async function stationScores(
  reader: Reader,
  month: string,
  { score }: KpiConfig,
): Promise<StationScore[]> {
  const engineers = await loadEngineers(reader);
  const rows = await reader
    .tables<KpiTables>()
    .selectFrom("engineer_score_lines")
    .select(["engineer_id", (eb) => eb.fn.sum<number>("points").as("points")])
    .where("month", "=", month)
    .groupBy("engineer_id")
    .execute();
  const points = new Map(rows.map((row) => [row.engineer_id, Number(row.points)]));
  const finalOf = ({ engineerId, level }: Engineer) =>
    finalScore([{ points: points.get(engineerId) ?? 0 }], level, score).final;
  return [...Map.groupBy(engineers, ({ stationId }) => stationId)]
    .map(([stationId, own]) => ({
      stationId,
      engineers: own.length,
      score: own.reduce((sum, engineer) => sum + finalOf(engineer), 0) / own.length,
    }))
    .sort((a, b) => b.score - a.score || (a.stationId < b.stationId ? -1 : 1));
}

export interface Staffing {
  readonly regionId: string;
  readonly machines: number;
  readonly engineers: number;
  readonly machinesPerEngineer: number | null;
  readonly loadHours: number;
  readonly optimalHours: number;
  readonly maxHours: number;
  readonly zone: CapacityZone;
  /** Share of the machines with a known place that a qualified engineer of any region reaches in time. */
  readonly coverage: number | null;
}

/** What each region's people have to do, and what they could; in the order of the regions' ids. */
export async function staffing(
  reader: Reader,
  nowMs: number,
  config: KpiConfig,
): Promise<Staffing[]> {
  const engineers = await loadEngineers(reader);
  const machines = await loadMachines(reader);
  const load = await loadHours(reader);
  const regions = new Set([
    ...machines.map(({ regionId }) => regionId),
    ...engineers.map(({ regionId = "" }) => regionId),
  ]);
  return [...regions].sort().map((regionId) => {
    const own = engineers.filter((engineer) => (engineer.regionId ?? "") === regionId);
    const fleet = machines.filter((machine) => machine.regionId === regionId);
    const sum = (of: (engineer: Engineer) => number) =>
      own.reduce((total, engineer) => total + of(engineer), 0);
    const hours = sum(({ engineerId }) => load.get(engineerId) ?? 0);
    const optimalHours = sum(({ optimalLoadHours }) => optimalLoadHours);
    const maxHours = sum(({ maxLoadHours }) => maxLoadHours);
    const covered = fleet.flatMap(({ productType, location: place }) =>
      place
        ? [
            {
              productType,
              place,
              minLevel: "junior" as const,
              arrivalMinutes: config.coverageMinutes,
            },
          ]
        : [],
    );
    return {
      regionId,
      machines: fleet.length,
      engineers: own.length,
      machinesPerEngineer: machinesPerEngineer(fleet.length, own.length),
      loadHours: hours,
      optimalHours,
      maxHours,
      zone: capacityZone(hours, { optimalHours, maxHours }, config),
      coverage: coverageOf(covered, engineers, { nowMs }),
    };
  });
}

async function loadMachines(reader: Reader): Promise<MachineFile[]> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select("body")
    .where("state", "in", [...installedBaseStates])
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as MachineFile);
}

/** Booked on each engineer by open tickets. */
async function loadHours(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["engineer_id", (eb) => eb.fn.sum<number>("standard_hours").as("hours")])
    .where("is_open", "=", 1)
    .where("engineer_id", "is not", null)
    .groupBy("engineer_id")
    .execute();
  return new Map(rows.map((row) => [row.engineer_id ?? "", Number(row.hours)]));
}
