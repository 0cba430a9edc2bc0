import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan, Service } from "@firebreak/plans/plan-schema.ts";
import {
  type InstalledPart as InstalledFile,
  installedBaseStates,
  type MachineFile,
  operatingHoursOf,
} from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { planOfFile } from "../planner/machine-usage.ts";
import type { ConditionOf } from "./conditions.ts";
import type { InstalledPart } from "./part-demand.ts";

type Reader = Pick<Database | Transaction, "tables">;
type PlanPart = NonNullable<Service["parts"]>[number];
type WearingPart = PlanPart & Required<Pick<PlanPart, "wearLife">>;

/** The parts of one number in the machines of one region. */
export interface FleetPart {
  readonly partNo: string;
  readonly regionId: string;
  readonly machines: number;
  /** On one machine. */
  readonly qtyPerMachine: number;
  readonly parts: readonly InstalledPart[];
  /** Of these machines, each once. */
  readonly plans: readonly Plan[];
}

/** All parts with a known life in machines in use, by region and number. `nowMs`: when their age is taken. */
export async function loadFleetParts(
  reader: Reader,
  plans: ReadonlyMap<string, Plan>,
  { nowMs, conditionOf }: { readonly nowMs: number; readonly conditionOf: ConditionOf },
): Promise<FleetPart[]> {
  const tables = reader.tables<OrganisationTables>();
  const rows = await tables
    .selectFrom("machine_files")
    .select("body")
    .where("state", "in", [...installedBaseStates])
    .execute();
  const installed = await tables
    .selectFrom("installed_parts")
    .select(["machine_id", "body"])
    .where("removed_at", "is", null)
    .execute();
  const byMachine = Map.groupBy(installed, ({ machine_id }) => machine_id);
  const found: Aged[] = [];
  for (const { body } of rows) {
    const machine = JSON.parse(body) as MachineFile;
    const files = (byMachine.get(machine.machineId) ?? []).map(
      (row) => JSON.parse(row.body) as InstalledFile,
    );
    const plan = planOfFile(machine, plans);
    if (plan === undefined) continue;
    for (const part of plan.service.parts ?? []) {
      const { wearLife } = part;
      if (wearLife === undefined) continue;
      const file = files.find(({ position }) => position === part.position);
      const remainingLife = file && conditionOf(machine.machineId, file);
      const aged = agedPart(machine, { ...part, wearLife }, { file, nowMs });
      const whole = { ...aged, ...(remainingLife ? { remainingLife } : {}) };
      found.push({ regionId: machine.regionId, part: whole, plan });
    }
  }
  return groupParts(found);
}

interface Aged {
  readonly regionId: string;
  readonly part: InstalledPart;
  readonly plan: Plan;
}

function groupParts(all: readonly Aged[]): FleetPart[] {
  const keyOf = ({ regionId, part }: Aged) => JSON.stringify([part.partNo, regionId]);
  return [...Map.groupBy(all, keyOf).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const parts = alike.map(({ part }) => part);
    const machines = new Set(parts.map(({ machineId }) => machineId)).size;
    const pieces = parts.reduce((sum, { quantity }) => sum + quantity, 0);
    const { partNo } = first.part;
    const { regionId } = first;
    const ofPlans = [...new Set(alike.map(({ plan }) => plan))];
    const qtyPerMachine = pieces / machines;
    return [{ partNo, regionId, machines, qtyPerMachine, parts, plans: ofPlans }];
  });
}

const MONTH_MS = (365.25 / 12) * 24 * 3600 * 1000;

/** How old a part is, and how fast it ages; of any age where nobody knows. */
function agedPart(
  machine: MachineFile,
  { partNo, position, quantity, wearLife }: WearingPart,
  { file, nowMs }: { readonly file: InstalledFile | undefined; readonly nowMs: number },
): InstalledPart {
  const { machineId } = machine;
  const { basis, value: life } = wearLife;
  const whole = { machineId, position, partNo, quantity, life };
  const months = file ? (nowMs - Date.parse(file.installedAt)) / MONTH_MS : undefined;
  if (basis === "months") return { ...whole, perMonth: 1, lifeUsed: months };
  const hours = operatingHoursOf(machine);
  const used =
    file?.usedLife ??
    (basis === "hours" && file && hours !== undefined ? hours - file.installedAtHours : undefined);
  if (used !== undefined && months !== undefined && months > 0)
    return { ...whole, perMonth: used / months, lifeUsed: used };
  const handedOver = Date.parse(machine.handoverAt ?? "");
  const age = (nowMs - handedOver) / MONTH_MS;
  const perMonth = basis === "hours" && hours !== undefined && age > 0 ? hours / age : 0;
  return { ...whole, perMonth };
}
