import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { enqueueNotices } from "../channels/notice.ts";
import { openWork } from "../open-work.ts";
import { loadRegions } from "../organisation/load-organisation.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketWork } from "../ticket-work.ts";
import { recordEvaluation } from "./life-evaluations.ts";
import { loadHandled, loadMachinesAfter, loadPlanned } from "./load-planned.ts";
import { usageOfFile } from "./machine-usage.ts";
import { loadOutlooks, type MachineOutlooks } from "./part-outlooks.ts";
import { planMachine } from "./plan-machine.ts";
import type { PlannedMachine, Usage } from "./planned-machine.ts";
import { workOf } from "./planned-work.ts";
import type { PlannerTables } from "./planner-tables.ts";
import type { CoveredPoint } from "./proposal.ts";

export interface PlannerOptions {
  readonly db: Database;
  /** Begins a transaction's work in the name of the planner. */
  readonly begin: (tx: Transaction) => TicketWork;
  /** See `planOfFile`. */
  readonly planOf: (machine: MachineFile) => Plan | undefined;
  /** Absent: by the hour meter in the machine's file. */
  readonly usageOf?: (machine: MachineFile, nowMs: number) => Usage | undefined;
  readonly clock: Clock;
  /** Machines read at once. */
  readonly batchSize?: number;
  /** Aborted: the run ends after the machine it is at. */
  readonly signal?: AbortSignal;
}

export interface PlannerReport {
  /** Machines that were looked at. */
  readonly machines: number;
  readonly opened: number;
  /** Points done along with another ticket. */
  readonly covered: number;
  /** Tickets that became more urgent. */
  readonly raised: number;
  /** Machines whose turn failed; the next run tries them again. */
  readonly failed: readonly { readonly machineId: string; readonly error: unknown }[];
}

/**
 * Opens every planned ticket that is due: to be run at the start and daily. One transaction for each machine that has
 * something to write, so that a kill loses nothing; run twice, the second opens nothing.
 */
export async function runPlanner(options: PlannerOptions): Promise<PlannerReport> {
  const { db, planOf, usageOf = usageOfFile, clock, batchSize = 200, signal } = options;
  const nowMs = clock.nowMs();
  const regions = await loadRegions(db);
  const report = { machines: 0, opened: 0, covered: 0, raised: 0 };
  const failed: { machineId: string; error: unknown }[] = [];
  for (let after = ""; ; ) {
    const files = await loadMachinesAfter(db, after, batchSize);
    const last = files.at(-1);
    if (last === undefined) return { ...report, failed };
    after = last.machineId;
    const machines = await loadPlanned(db, files, { planOf, usageOf, regions, nowMs });
    const outlooks = await loadOutlooks(db, machines, { nowMs });
    report.machines += machines.length;
    for (const machine of machines) {
      if (signal?.aborted) return { ...report, failed };
      const outlook = outlooks.get(machine.machineId) ?? { outlooks: [], toRecord: [] };
      try {
        const done = await planOne(options, machine, { outlook, nowMs });
        report.opened += done.opened;
        report.covered += done.covered;
        report.raised += done.raised;
      } catch (error) {
        failed.push({ machineId: machine.machineId, error });
      }
    }
  }
}

type Done = Pick<PlannerReport, "opened" | "covered" | "raised">;
const nothing: Done = { opened: 0, covered: 0, raised: 0 };

/** Plans by what is committed first: most machines want nothing, and need no transaction. */
async function planOne(
  { db, begin }: PlannerOptions,
  machine: PlannedMachine,
  { outlook, nowMs }: { readonly outlook: MachineOutlooks; readonly nowMs: number },
): Promise<Done> {
  const { outlooks, toRecord } = outlook;
  const wanted = planMachine(machine, outlooks, nowMs);
  const isIdle =
    toRecord.length + wanted.proposals.length + wanted.covered.length + wanted.raises.length === 0;
  if (isIdle) return nothing;
  // The plan by the machine's file: a machine without a gateway has one too.
  return db.transaction((tx) =>
    writePlan({ ...begin(tx), planOf: () => machine.plan }, machine, outlook),
  );
}

async function writePlan(
  work: TicketWork,
  machine: PlannedMachine,
  { outlooks, toRecord }: MachineOutlooks,
): Promise<Done> {
  const { tx, nowMs } = work;
  const { machineId } = machine;
  // What another run has done meanwhile is seen in here.
  const handled = (await loadHandled(tx, [machineId])).get(machineId) ?? [];
  const { proposals, covered, raises } = planMachine({ ...machine, handled }, outlooks, nowMs);
  for (const { installed, evaluation } of toRecord)
    await recordEvaluation(tx, { machineId, installed }, evaluation);
  const ticketIds = new Map<string, string>();
  for (const proposal of proposals) {
    const { dedupeKey, trigger, dueWindow } = proposal;
    const wanted = await workOf(tx, machine, proposal);
    const { ticket } = await openWork(work, wanted, `plan/${dedupeKey}`);
    ticketIds.set(dedupeKey, ticket.ticketId);
    await keepPoint(work, { dedupeKey, machineId, trigger, dueTo: dueWindow.to }, ticket.ticketId);
    if (trigger === "predicted_failure") await tellCustomer(work, ticket, dueWindow.to);
  }
  for (const point of covered) {
    const ticketId = "ticketId" in point.by ? point.by.ticketId : ticketIds.get(point.by.dedupeKey);
    if (ticketId !== undefined) await keepPoint(work, point, ticketId);
  }
  for (const proposal of raises) {
    const wanted = await workOf(tx, machine, proposal);
    await openWork(work, wanted, `plan/${proposal.dedupeKey}/${proposal.priority}`);
  }
  return { opened: proposals.length, covered: covered.length, raised: raises.length };
}

/** A failure to come is told to the customer with the date until which it is to be prevented (§3.10). */
async function tellCustomer(work: TicketWork, ticket: Ticket, dueAt: string): Promise<void> {
  const { customerId, ticketId, machineId = "", priority } = ticket;
  if (customerId === undefined) return;
  await enqueueNotices(work, [
    {
      kind: "failure-predicted",
      audience: { to: "customer", customerId, ticketId },
      priority,
      ticketId,
      machineId,
      facts: { dueAt },
    },
  ]);
}

type Point = Pick<CoveredPoint, "dedupeKey" | "machineId" | "trigger" | "dueTo">;

const keepPoint = async ({ tx, at }: TicketWork, point: Point, ticketId: string): Promise<void> =>
  void (await tx
    .tables<PlannerTables>()
    .insertInto("planned_points")
    .values({
      dedupe_key: point.dedupeKey,
      machine_id: point.machineId,
      ticket_id: ticketId,
      ticket_trigger: point.trigger,
      due_to: point.dueTo,
      at,
    })
    .execute());
