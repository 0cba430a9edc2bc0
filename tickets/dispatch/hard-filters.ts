import { certifiedFor, isAtLeast } from "../organisation/engineer.ts";
import { dayIn } from "../organisation/load-organisation.ts";
import { slaConfig } from "../sla/sla-config.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import type { Candidate, DispatchJob } from "./dispatch-job.ts";
import type { DispatchReason } from "./dispatch-reason.ts";

export interface Moment {
  readonly nowMs: number;
  /** Zone whose day decides whether a certificate still holds. */
  readonly zone?: string;
}

/** Everything that keeps an engineer from a job; empty when he may be sent (§3.12). Pure. */
export function refusalsOf(
  job: DispatchJob,
  candidate: Candidate,
  { moment, config }: { readonly moment: Moment; readonly config: DispatchConfig },
): DispatchReason[] {
  const { engineer } = candidate;
  const refusals: DispatchReason[] = [];
  if (engineer.state === "off_duty" || engineer.state === "leave")
    refusals.push({ code: "off_duty", params: { state: engineer.state } });
  refusals.push(...skillRefusals(job, candidate, moment));
  if (!isAtLeast(engineer.level, job.minLevel))
    refusals.push({
      code: "level_too_low",
      params: { level: engineer.level, least: job.minLevel },
    });
  const hours = candidate.assignedHours + job.standardHours;
  if (hours > engineer.maxLoadHours)
    refusals.push({ code: "overloaded", params: { hours, max: engineer.maxLoadHours } });
  if (job.excludedEngineerIds.includes(engineer.engineerId)) refusals.push({ code: "excluded" });
  if (engineer.flyingSquad && !config.squadPriorities.includes(job.priority))
    refusals.push({ code: "squad_reserved" });
  return refusals;
}

/** EN-2: an expired certificate takes the skill away. */
function skillRefusals(
  { productType, faultClass }: DispatchJob,
  { engineer }: Candidate,
  { nowMs, zone = slaConfig.defaultZone }: Moment,
): DispatchReason[] {
  const refusals: DispatchReason[] = [];
  if (!engineer.skills.productTypes.includes(productType))
    refusals.push({ code: "product_skill", params: { productType } });
  else if (!certifiedFor(engineer, dayIn(zone, nowMs)).includes(productType))
    refusals.push({ code: "certificate", params: { productType } });
  if (faultClass !== undefined && !engineer.skills.faultClasses.includes(faultClass))
    refusals.push({ code: "fault_skill", params: { faultClass } });
  return refusals;
}
