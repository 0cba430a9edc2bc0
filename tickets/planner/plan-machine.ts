import { calendarSource, type Planned } from "./calendar-source.ts";
import { hoursSource } from "./hours-source.ts";
import { peakSource } from "./peak-source.ts";
import type { PlannedMachine } from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import { type PartOutlook, predictedRaises, predictedSource } from "./predicted-source.ts";
import type { TicketProposal } from "./proposal.ts";

export interface MachinePlan extends Planned {
  /** Proposals whose ticket is open and less urgent than it ought to be. */
  readonly raises: readonly TicketProposal[];
}

/** Every ticket that one machine ought to have now, from all planned sources, and the points that others cover. Pure. */
export function planMachine(
  machine: PlannedMachine,
  outlooks: readonly PartOutlook[],
  nowMs: number,
  config: PlannerConfig = plannerConfig,
): MachinePlan {
  const services = hoursSource(machine, nowMs, config);
  const { proposals, covered } = calendarSource(machine, nowMs, services, config);
  return {
    proposals: [
      ...services,
      ...proposals,
      ...peakSource(machine, nowMs, config),
      ...predictedSource(machine, outlooks, nowMs, config),
    ],
    covered,
    raises: predictedRaises(machine, outlooks, nowMs, config),
  };
}
