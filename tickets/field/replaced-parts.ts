import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { installPart, measurePart } from "../organisation/installed-parts.ts";
import { loadMachineContext } from "../organisation/load-organisation.ts";
import { operatingHoursOf } from "../organisation/machine-file.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import { putReset } from "../verification/component-resets.ts";
import type { PartUsed, ReportContent } from "./service-report.ts";

/** Where a part was fitted: as the report says, else the only place of the machine that the plan has for it. Pure. */
export function positionOf(
  plan: Plan | undefined,
  { position, partNo }: Pick<PartUsed, "position" | "partNo">,
): string | undefined {
  if (position !== undefined) return position;
  const places = (plan?.service.parts ?? []).filter((part) => part.partNo === partNo);
  return places.length === 1 ? places[0]?.position : undefined;
}

/** Parts of a report with the place each went to; those without one are consumables. Pure. */
export const replacedParts = (plan: Plan | undefined, { partsUsed }: ReportContent) =>
  partsUsed.flatMap((used) => {
    const position = positionOf(plan, used);
    return position === undefined ? [] : [{ ...used, position }];
  });

/**
 * What a report changed in its machine: wear as it was measured, of a replaced part too, and new parts in their places as
 * of the finish. How much they are used since is not known here: nobody counts it up.
 */
export async function applyToMachine(
  work: ServiceWork,
  { ticketId, machineId, finishedAt = work.at }: Ticket,
  { plan, content }: { readonly plan: Plan | undefined; readonly content: ReportContent },
): Promise<void> {
  if (machineId === undefined) return;
  const { machine } = await loadMachineContext(work.tx, machineId, work.nowMs);
  const hours = (machine && operatingHoursOf(machine)) ?? 0;
  for (const wear of content.measuredWear) await measurePart(work, machineId, wear);
  for (const { partNo, position, serialIn } of replacedParts(plan, content)) {
    if (machine)
      await installPart(work, machineId, {
        position,
        partNo,
        ...(serialIn === undefined ? {} : { serial: serialIn }),
        installedAt: finishedAt,
        installedAtHours: hours,
        remainingLifePct: 100,
        source: "default",
      });
    await putReset(work, { machineId, position, partNo, ticketId, at: finishedAt });
  }
}
