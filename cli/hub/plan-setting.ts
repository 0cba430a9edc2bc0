import type { LiveView } from "@firebreak/ingest/live/live-view.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import type { PlannedSetting } from "@firebreak/tickets/planner/load-planned.ts";
import { planOfFile, usageOfFile } from "@firebreak/tickets/planner/machine-usage.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";

export interface PlanSources {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly machines: ReadonlyMap<string, KnownMachine>;
  readonly live: Pick<LiveView, "machine">;
}

/** The plan of a machine by its file and its gateway, and its use by file and its own meter. */
export function planSetting({
  plans,
  machines,
  live,
}: PlanSources): Pick<PlannedSetting, "planOf" | "usageOf"> {
  const planOf = (machine: MachineFile) =>
    planOfFile(machine, plans, machines.get(machine.machineId)?.plan);
  return {
    planOf,
    usageOf: (machine, nowMs) =>
      usageOfFile(machine, nowMs, shownHours(live, machine.machineId, planOf(machine))),
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
