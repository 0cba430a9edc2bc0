import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type MachineFile, operatingHoursOf } from "../organisation/machine-file.ts";
import type { Usage } from "./planned-machine.ts";

const MS_PER_DAY = 86_400_000;

/** Fewer days say nothing of how much a machine works. Engineering default. */
const minDays = 14;

/**
 * By the hour meter: what the file says, or what the machine itself shows now when that is more. Hours are those over all
 * meters (MA-4); their average is since handover.
 */
export function usageOfFile(
  machine: MachineFile,
  nowMs: number,
  shownHours?: number,
): Usage | undefined {
  const { handoverAt, meter } = machine;
  const told = operatingHoursOf(machine);
  const shown = shownHours === undefined ? undefined : shownHours + (meter?.offsetHours ?? 0);
  if (told === undefined && shown === undefined) return undefined;
  const isShown = (shown ?? 0) > (told ?? 0);
  const operatingHours = Math.max(told ?? 0, shown ?? 0);
  const untilMs = isShown ? nowMs : Math.min(nowMs, Date.parse(meter?.at ?? "") || nowMs);
  const days = handoverAt === undefined ? 0 : (untilMs - Date.parse(handoverAt)) / MS_PER_DAY;
  return days >= minDays
    ? { operatingHours, hoursPerDay: operatingHours / days }
    : { operatingHours };
}

/**
 * The plan of a machine: the one its file names, else the one its gateway was matched with, else the only plan for
 * machines of its type.
 */
export function planOfFile(
  { planId, productType }: Pick<MachineFile, "planId" | "productType">,
  plans: ReadonlyMap<string, Plan>,
  gatewayPlanId?: string,
): Plan | undefined {
  const named = plans.get(planId ?? "") ?? plans.get(gatewayPlanId ?? "");
  if (named) return named;
  const ofType = [...plans.values()].filter(({ service }) => service.productType === productType);
  return ofType.length === 1 ? ofType[0] : undefined;
}
