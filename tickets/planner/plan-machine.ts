import { calendarSource, type Planned } from "./calendar-source.ts";
import { hoursSource } from "./hours-source.ts";
import { peakSource } from "./peak-source.ts";
import type { PlannedMachine } from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import { type PartOutlook, predictedSource } from "./predicted-source.ts";

/** Every ticket that one machine ought to have now, from all planned sources, and the points that others cover. Pure. */
export function planMachine(
  machine: PlannedMachine,
  outlooks: readonly PartOutlook[],
  nowMs: number,
  config: PlannerConfig = plannerConfig,
): Planned {
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
  };
}
