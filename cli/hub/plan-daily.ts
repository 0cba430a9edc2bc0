import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { runPlanner } from "@firebreak/tickets/planner/run-planner.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { type PlanSources, planSetting } from "./plan-setting.ts";
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
    readonly clock: Clock;
  } & PlanSources,
  log: Logger,
): Recurring {
  const { db, clock, tickets } = parts;
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    try {
      const { failed, ...report } = await runPlanner({
        db,
        begin: (tx) => tickets.begin(tx, actor),
        ...planSetting(parts),
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
