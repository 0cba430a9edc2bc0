import type { MachineSilence } from "@firebreak/ingest/silence/silence.ts";
import { indexOf } from "@firebreak/rules/health/machine-health.ts";
import { hearingFactors, isStillKnown } from "@firebreak/rules/health/standing-factors.ts";
import type { MachineCondition, MachineRecord, ServerPorts } from "../ports.ts";
import { HttpError } from "./error-reply.ts";
import type { HealthWord, MachineRow } from "./schemas.ts";

export const machineSorts = [
  "machineId",
  "health",
  "lastContact",
  "openTickets",
  "activeCodes",
  "plan",
] as const;
export type MachineSort = (typeof machineSorts)[number];

/** The open inspections and repairs of one machine. */
export interface OpenWork {
  readonly count: number;
  readonly top: MachineRow["topTicket"];
}

export const noOpenWork: OpenWork = { count: 0, top: null };

export interface MachineListQuery {
  readonly sort: MachineSort;
  readonly order: "asc" | "desc";
  readonly search?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Health index (0-100, null unknown) in one word. */
export function healthWord(health: number | null): HealthWord {
  if (health === null) return "unknown";
  if (health >= 85) return "good";
  if (health >= 60) return "watch";
  return health >= 30 ? "poor" : "critical";
}

/** One row of the fleet list. Pure. */
export function toMachineRow(
  machine: MachineRecord,
  condition: MachineCondition | undefined,
  work: OpenWork,
  planTitle: MachineRow["planTitle"],
): MachineRow {
  const { machineId, plan, title, lastContact, online, gateway = "unknown", silence } = machine;
  const { origin = null } = machine;
  const health = healthNow(machine, condition);
  const { faultyRules, onTrial } = condition ?? {};
  return {
    machineId,
    plan,
    origin,
    title: title ?? machineId,
    planTitle,
    health: health === null ? "unknown" : Math.round(health),
    healthStatus: healthWord(health),
    lastContact,
    online,
    silence: silence === undefined ? null : toSilence(silence),
    gateway,
    openTickets: work.count,
    topTicket: work.top,
    activeCodes: condition?.activeCodes.length ?? 0,
    activeFindings: condition?.activeFindings ?? 0,
    ...(faultyRules === undefined ? {} : { faultyRules: [...faultyRules] }),
    ...(onTrial === undefined ? {} : { onTrial: [...onTrial] }),
  };
}

/** The index with what is lost of the view of the machine; null where nothing is known of today (HP-3). Pure. */
export function healthNow(
  machine: Pick<MachineRecord, "silence" | "gateway">,
  condition: MachineCondition | undefined,
): number | null {
  const { health = null, factors } = condition ?? {};
  if (health === null || !isStillKnown(machine)) return null;
  if (factors === undefined) return health;
  const hearing = hearingFactors(hearingOf(machine));
  return indexOf([...factors, ...hearing].map(({ cost }) => cost));
}

export const hearingOf = ({ silence, gateway }: Pick<MachineRecord, "silence" | "gateway">) => ({
  silence,
  isGatewayDegraded: gateway === "degraded",
});

const toSilence = ({ status, cause, isCertain, detail, sinceMs, isUsual }: MachineSilence) => ({
  ...{ status, cause, isCertain, detail, isUsual },
  since: new Date(sinceMs).toISOString(),
});

type Key = readonly [value: number | string, machineId: string];

/** What a row is sorted by; unknown health sorts before 0, a machine that never spoke before all others. */
function keyOf(row: MachineRow, sort: MachineSort): Key {
  if (sort === "health") return [row.health === "unknown" ? -1 : row.health, row.machineId];
  return [row[sort] ?? "", row.machineId];
}

const compareParts = (a: number | string, b: number | string): number =>
  a === b ? 0 : a < b ? -1 : 1;
/** Rows that are equal in the sorted column stand in the order of their ids, whichever way the column goes. */
const compareKeys = (a: Key, b: Key, sign: 1 | -1): number =>
  sign * compareParts(a[0], b[0]) || compareParts(a[1], b[1]);

const encodeCursor = (key: Key): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** Throws BAD_CURSOR for anything this server did not make. */
function decodeCursor(cursor: string): Key {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(key) && key.length === 2 && typeof key[1] === "string")
      if (typeof key[0] === "string" || typeof key[0] === "number") return [key[0], key[1]];
  } catch {
    // falls through to the refusal
  }
  throw new HttpError("BAD_CURSOR", "the cursor is not one of this list", "cursor");
}

/** One page of the rows, sorted and searched. Pure; pages stay consistent while rows change between requests. */
export function pageOfMachines(rows: readonly MachineRow[], query: MachineListQuery) {
  const { sort, order, limit, cursor } = query;
  const sign = order === "asc" ? 1 : -1;
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const wanted = query.search?.toLocaleLowerCase();
  const keyed = rows
    .filter((row) => wanted === undefined || searchText(row).includes(wanted))
    .map((row) => ({ row, key: keyOf(row, sort) }))
    .filter(({ key }) => after === undefined || compareKeys(key, after, sign) > 0)
    .sort((a, b) => compareKeys(a.key, b.key, sign));
  const page = keyed.slice(0, limit);
  const last = page.at(-1);
  const next = keyed.length > limit && last !== undefined ? encodeCursor(last.key) : null;
  return { items: page.map(({ row }) => row), next };
}

const searchText = ({ machineId, title, plan, planTitle }: MachineRow): string =>
  `${machineId}\n${title}\n${plan}\n${planTitle?.en ?? ""}\n${planTitle?.["zh-CN"] ?? ""}`.toLocaleLowerCase();

type FleetPorts = Pick<ServerPorts, "machines" | "judge" | "plans">;

/** Rows of all machines, or of those asked for. */
export async function fleetRows(
  ports: FleetPorts,
  openWork: ReadonlyMap<string, OpenWork>,
  only?: ReadonlySet<string>,
): Promise<MachineRow[]> {
  const machines = await ports.machines.list();
  const chosen = only === undefined ? machines : machines.filter((one) => only.has(one.machineId));
  return chosen.map((machine) =>
    toMachineRow(
      machine,
      ports.judge.condition(machine.machineId),
      openWork.get(machine.machineId) ?? noOpenWork,
      ports.plans.get(machine.plan)?.title ?? null,
    ),
  );
}

/** How the fleet does, in numbers: the strip above the list. Pure. */
export function summarise(rows: readonly MachineRow[]) {
  const health = { good: 0, watch: 0, poor: 0, critical: 0, unknown: 0 };
  let online = 0;
  let openTickets = 0;
  for (const row of rows) {
    health[row.healthStatus]++;
    if (row.online) online++;
    openTickets += row.openTickets;
  }
  return { machines: rows.length, online, openTickets, health };
}
