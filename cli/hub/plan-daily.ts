import type { LiveView } from "@firebreak/ingest/live/live-view.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import { planOfFile, usageOfFile } from "@firebreak/tickets/planner/machine-usage.ts";
import { runPlanner } from "@firebreak/tickets/planner/run-planner.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { type Recurring, recurring } from "./recurring.ts";

/** After a start gateways first hand over what they have kept, and hour meters catch up. */
const firstMs = 15 * 60_000;
/** More often than daily, so that a point is never a day late for the hour of the start. */
const everyMs = 6 * 3_600_000;
const actor = { kind: "system", id: "planner" } as const;

/** Inspections, services and predicted failures become tickets when they are due. */
export function planDaily(
  parts: {
    readonly db: Database;
    readonly tickets: Pick<TicketService, "begin">;
    readonly plans: ReadonlyMap<string, Plan>;
    readonly machines: ReadonlyMap<string, KnownMachine>;
    readonly live: Pick<LiveView, "machine">;
    readonly clock: Clock;
  },
  log: Logger,
): Recurring {
  const { db, clock, tickets, plans, machines, live } = parts;
  const planOf = (machine: MachineFile) =>
    planOfFile(machine, plans, machines.get(machine.machineId)?.plan);
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    try {
      const { failed, ...report } = await runPlanner({
        db,
        begin: (tx) => tickets.begin(tx, actor),
        planOf,
        usageOf: (machine, nowMs) =>
          usageOfFile(machine, nowMs, shownHours(live, machine.machineId, planOf(machine))),
        clock,
        signal: stopping.signal,
      });
      log.info(report, "planned work looked at");
      for (const { machineId, error } of failed)
        log.error({ err: error, machineId }, "planned work of a machine could not be opened");
    } catch (error) {
      log.error({ err: error }, "planned work could not be looked at");
    }
  };
  const planner = recurring({ firstMs, everyMs, run });
  return {
    ...planner,
    stop() {
      stopping.abort();
      return planner.stop();
    },
  };
}

/** What the machine's own meter showed last; undefined when it has none or showed nothing good. */
function shownHours(
  live: Pick<LiveView, "machine">,
  machineId: string,
  plan: Plan | undefined,
): number | undefined {
  const name = plan?.service.hourMeter;
  const shown = live.machine(machineId)?.signals.find((signal) => signal.name === name);
  return shown?.quality === "good" && shown.value !== null ? shown.value : undefined;
}
