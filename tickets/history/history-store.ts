import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type Finding, historyIds, type PartForecast } from "@firebreak/rules/finding.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { InstalledPart, MachineFile } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { keepForecasts } from "../planner/life-forecasts.ts";
import { loadSupply } from "../planner/part-outlooks.ts";
import { plannerConfig } from "../planner/planner-config.ts";
import { horizonDays } from "../planner/predicted-source.ts";
import { createJudgeStore, FINDINGS_KEPT } from "../registry/judge-store.ts";
import type { RegistryTables } from "../registry/registry-tables.ts";
import type { TicketService } from "../ticket-service.ts";
import type { HistoryTables } from "./history-tables.ts";

/** What is known of a machine before its hours are judged. */
export interface KnownHistory {
  readonly machineId: string;
  /** Findings of history rules as they were last told. */
  readonly told: readonly Finding[];
  /** Whether the planner looks after it: then its tickets of predicted failures are the planner's. */
  readonly isPlanned: boolean;
  /** Of the parts that are in it now. */
  readonly installedAt: ReadonlyMap<string, string>;
  /** Undefined: never judged. */
  readonly pass: number | undefined;
}

/** Of several machines at once, in the order of the ids. */
export async function loadHistory(
  db: Database,
  machineIds: readonly string[],
): Promise<KnownHistory[]> {
  const files = await filesOf(db, machineIds);
  const parts = await partsOf(db, machineIds);
  const passes = await passesOf(db, machineIds);
  return Promise.all(
    machineIds.map(async (machineId) => ({
      machineId,
      told: await toldOf(db, machineId),
      isPlanned: files.has(machineId),
      installedAt: parts.get(machineId) ?? new Map<string, string>(),
      pass: passes.get(machineId),
    })),
  );
}

/** The newest first. */
async function toldOf(reader: Reader, machineId: string): Promise<Finding[]> {
  const rows = await reader
    .tables<RegistryTables>()
    .selectFrom("findings")
    .select("body")
    .where("machine_id", "=", machineId)
    .where("finding_id", "like", `${historyIds}%`)
    .orderBy("at", "desc")
    .orderBy("finding_id", "desc")
    .limit(FINDINGS_KEPT)
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as Finding);
}

async function filesOf(reader: Reader, ids: readonly string[]): Promise<Map<string, MachineFile>> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select(["id", "body"])
    .where("id", "in", [...ids])
    .execute();
  return new Map(rows.map(({ id, body }) => [id, JSON.parse(body) as MachineFile]));
}

async function partsOf(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("installed_parts")
    .select(["machine_id", "body"])
    .where("machine_id", "in", [...ids])
    .where("removed_at", "is", null)
    .execute();
  const found = new Map<string, Map<string, string>>();
  for (const { machine_id, body } of rows) {
    const { position, installedAt } = JSON.parse(body) as InstalledPart;
    const ofMachine = found.get(machine_id) ?? new Map<string, string>();
    found.set(machine_id, ofMachine.set(position, installedAt));
  }
  return found;
}

async function passesOf(reader: Reader, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await reader
    .tables<HistoryTables>()
    .selectFrom("history_passes")
    .selectAll()
    .where("machine_id", "in", [...ids])
    .execute();
  return new Map(rows.map(({ machine_id, pass }) => [machine_id, Number(pass)]));
}

/** Days ahead at which a failure of each part of a plan is to be told, by position: as long as the part takes (O-09). */
export async function loadHorizons(
  reader: Reader,
  plan: Plan,
): Promise<(position: string | undefined) => number> {
  const parts = plan.service.parts ?? [];
  const supplyOf = await loadSupply(reader, [{ plan }], plannerConfig);
  const days = new Map(
    parts.map(({ position, partNo, quantity }) => [
      position,
      horizonDays(supplyOf(partNo, quantity, plan.service.tier)),
    ]),
  );
  return (position) => days.get(position ?? "") ?? plannerConfig.predicted.horizonDays;
}

/**
 * Writes what was judged of one machine, all of it or nothing: findings, what is expected of its parts, and that the pass
 * has been here. A machine that the planner does not look after has its tickets from its findings, as from live ones.
 */
export async function writeHistory(
  tx: Transaction,
  known: KnownHistory,
  {
    judgement,
    pass,
    tickets,
  }: {
    readonly judgement: {
      readonly findings: readonly Finding[];
      readonly forecasts: readonly PartForecast[];
    };
    readonly pass: number;
    readonly tickets: Pick<TicketService, "applyFindings">;
  },
): Promise<void> {
  const { machineId, installedAt, isPlanned } = known;
  const { findings, forecasts } = judgement;
  if (findings.length > 0) {
    const isOfLife = (finding: Finding) =>
      forecasts.some(({ ruleId }) => ruleId === finding.ruleId);
    await createJudgeStore(tx, "history").commit(tx, { offset: pass, findings });
    await tickets.applyFindings(
      tx,
      // The planner opens their tickets; that nothing is expected any more is told to these too.
      findings.filter((finding) => !isPlanned || finding.phase === "cleared" || !isOfLife(finding)),
    );
  }
  await keepForecasts(tx, machineId, {
    forecasts,
    installedAtOf: (position) => installedAt.get(position),
  });
  await tx
    .tables<HistoryTables>()
    .insertInto("history_passes")
    .values({ machine_id: machineId, pass })
    .onConflict((conflict) => conflict.column("machine_id").doUpdateSet({ pass }))
    .execute();
}

/** Findings of history rules that are open, of all machines. */
export async function openHistoryFindings(reader: Reader): Promise<Finding[]> {
  const rows = await reader
    .tables<RegistryTables>()
    .selectFrom("findings")
    .select("body")
    .where("finding_id", ">=", "h-")
    .where("finding_id", "<", "h.")
    .orderBy("finding_id")
    .execute();
  return rows
    .map(({ body }) => JSON.parse(body) as Finding)
    .filter(({ phase }) => phase !== "cleared");
}
