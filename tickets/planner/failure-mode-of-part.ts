import { approvedModes } from "@firebreak/plans/fault-catalogue.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { PartOutlook } from "./predicted-source.ts";

/**
 * What a part fails by when it has come to its end: the approved failure mode of that very component, else the one whose
 * repair is the likeliest to take the part. Undefined where the plan has none: then it is work without a fault.
 */
export function failureModeOfPart(
  plan: Plan,
  { position, partNo }: Pick<PartOutlook["part"], "position" | "partNo">,
): string | undefined {
  let best: string | undefined;
  let likeliest = 0;
  for (const [name, { nature, component, parts }] of approvedModes(plan)) {
    if (nature !== "component") continue;
    const chance = parts.find((one) => one.partNo === partNo)?.probability ?? 0;
    if (chance > 0 && component === position) return name;
    if (chance > likeliest) [best, likeliest] = [name, chance];
  }
  return best;
}
