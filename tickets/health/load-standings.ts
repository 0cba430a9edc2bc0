import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { LessonsTables } from "../lessons/lessons-tables.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import { loadPlanned, type PlannedSetting } from "../planner/load-planned.ts";
import { loadOutlooks } from "../planner/part-outlooks.ts";
import type { PlannedMachine } from "../planner/planned-machine.ts";
import { evaluateWear } from "../planner/wear-evaluation.ts";
import type { TicketTables } from "../tables.ts";
import type { TicketSummary } from "../ticket.ts";
import { fieldOf, loadLives } from "./field-lives.ts";
import { newestOfEach, type PartStanding, type Standing } from "./standing.ts";

const dayMs = 86_400_000;
/** Repairs further back are another machine's life. Engineering default. */
const historyDays = 180;
const plannedTriggers = ["calendar", "service_hours", "peak_season"];
const notBegun = ["planned", "new", "acknowledged", "assigned"];

/** What is known of several machines beside what they say themselves, by machine. */
export async function loadStandings(
  reader: Reader,
  files: readonly MachineFile[],
  setting: PlannedSetting,
): Promise<Map<string, Standing>> {
  if (files.length === 0) return new Map();
  const { nowMs } = setting;
  const machines = await loadPlanned(reader, files, setting);
  const ids = machines.map(({ machineId }) => machineId);
  const parts = await loadParts(reader, machines, nowMs);
  const overdue = await loadOverdue(reader, ids, nowMs);
  const repairs = await loadRepairs(reader, ids, nowMs);
  const advisory = await loadAdvisory(reader);
  return new Map(
    machines.map(({ machineId, plan }) => [
      machineId,
      {
        machineId,
        parts: parts.get(machineId) ?? [],
        overdue: overdue.get(machineId) ?? [],
        repairs: repairs.get(machineId) ?? [],
        advisory: advisory.get(plan?.plan ?? "") ?? [],
      },
    ]),
  );
}

async function loadParts(
  reader: Reader,
  machines: readonly PlannedMachine[],
  nowMs: number,
): Promise<Map<string, PartStanding[]>> {
  const known = await loadOutlooks(reader, machines, { nowMs });
  const worn = (plan: Plan | undefined) => plan?.service.parts ?? [];
  const partNos = new Set(machines.flatMap(({ plan }) => worn(plan).map(({ partNo }) => partNo)));
  const lives = await loadLives(reader, [...partNos]);
  return new Map(
    machines.map(({ machineId, plan, installedParts, usage }) => {
      const outlooks = known.get(machineId)?.outlooks ?? [];
      const standing = worn(plan).flatMap((part): PartStanding[] => {
        const { position, partNo, title } = part;
        const installed = installedParts.find((one) => one.position === position);
        const told = outlooks.filter((one) => one.part.position === position);
        if (installed === undefined && told.length === 0) return [];
        const byUse = installed && evaluateWear(part, installed, { usage, nowMs });
        const kept = told.flatMap(({ evaluations }) => evaluations);
        const installedMs = Date.parse(installed?.installedAt ?? "");
        return [
          {
            ...{ position, partNo, title },
            ageDays: Number.isNaN(installedMs) ? 0 : Math.max(0, (nowMs - installedMs) / dayMs),
            estimates: newestOfEach(byUse ? [...kept, byUse] : kept, nowMs),
            judgedSince: firstBefore(kept, nowMs),
            ...fieldOf(part, lives.get(partNo) ?? [], nowMs),
          },
        ];
      });
      return [machineId, standing];
    }),
  );
}

/** When it was first said, on a day before. */
function firstBefore(kept: readonly { readonly evaluatedAt: string }[], nowMs: number) {
  const before = kept.filter(({ evaluatedAt }) => Date.parse(evaluatedAt) < nowMs);
  return before.map(({ evaluatedAt }) => evaluatedAt).sort()[0] ?? null;
}

async function loadOverdue(reader: Reader, machineIds: readonly string[], nowMs: number) {
  const rows = await reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["machine_id", "ticket_id", "component", "body"])
    .where("machine_id", "in", [...machineIds])
    .where("is_open", "=", 1)
    .where("ticket_trigger", "in", plannedTriggers)
    .where("state", "in", notBegun)
    .execute();
  const late = rows.flatMap(({ machine_id, ticket_id, component, body }) => {
    const { dueWindow } = JSON.parse(body) as Pick<TicketSummary, "dueWindow">;
    if (dueWindow === undefined || Date.parse(dueWindow.to) >= nowMs) return [];
    const about = { ticketId: ticket_id, dueTo: dueWindow.to };
    return [{ machine_id, value: { ...about, ...(component === null ? {} : { component }) } }];
  });
  return byMachine(late);
}

async function loadRepairs(reader: Reader, machineIds: readonly string[], nowMs: number) {
  const rows = await reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["machine_id", "component", "closed_at", "body"])
    .where("machine_id", "in", [...machineIds])
    .where("kind", "=", "repair")
    .where("state", "=", "closed")
    .where("closed_at", ">=", new Date(nowMs - historyDays * dayMs).toISOString())
    .execute();
  const done = rows.flatMap(({ machine_id, component, closed_at: closedAt, body }) => {
    const { outcome } = JSON.parse(body) as Pick<TicketSummary, "outcome">;
    if (component === null || closedAt === null || outcome === "no_fault_found") return [];
    return [{ machine_id, value: { component, closedAt } }];
  });
  return byMachine(done);
}

/** By plan. */
async function loadAdvisory(reader: Reader): Promise<Map<string, string[]>> {
  const rows = await reader
    .tables<LessonsTables>()
    .selectFrom("rule_modes")
    .select(["plan_id", "rule_id"])
    .where("mode", "=", "advisory")
    .execute();
  return byMachine(rows.map((row) => ({ machine_id: row.plan_id, value: row.rule_id })));
}

function byMachine<Value>(
  rows: readonly { readonly machine_id: string | null; readonly value: Value }[],
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const { machine_id: id, value } of rows) {
    if (id === null) continue;
    const group = groups.get(id) ?? [];
    group.push(value);
    groups.set(id, group);
  }
  return groups;
}
