import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { canopenNetworks } from "@firebreak/wire/machine-event.ts";
import type { ActiveCode } from "../ports.ts";

/** The failure mode of the plan that a trouble code belongs to. */
export function titleOfCode(plan: Plan | undefined, code: ActiveCode) {
  const modes = Object.values(plan?.service.failureModes ?? {});
  return modes.find((mode) => isCodeOf(mode, code))?.title ?? null;
}

function isCodeOf(
  { dtcs = [], emergencies = [] }: Plan["service"]["failureModes"][string],
  { network = 0, sa, spn, fmi }: ActiveCode,
): boolean {
  if (network >= canopenNetworks)
    return emergencies.some(({ code, node = sa }) => code === spn && node === sa);
  return dtcs.some((dtc) => dtc.spn === spn && dtc.fmis.includes(fmi) && (dtc.sa ?? sa) === sa);
}
