import type { Point } from "@firebreak/ingest/aemp/fleet-document.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { canopenNetworks } from "@firebreak/wire/machine-event.ts";
import { titleOfCode } from "../api/title-of-code.ts";
import type { ActiveCode, MachineCondition } from "../ports.ts";

/**
 * Trouble codes that began within [from, to), the oldest first: those that are active and those that were, as far as
 * they are kept. A code without a time of its own is left out.
 */
export function faultPoints(
  plan: Plan | undefined,
  condition: MachineCondition | undefined,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly Point[] {
  const { activeCodes = [], pastCodes = [] } = condition ?? {};
  return [...activeCodes, ...pastCodes]
    .flatMap((code) => {
      const timeMs = Date.parse(code.since ?? code.lastSeen ?? "");
      return timeMs >= fromMs && timeMs < toMs ? [faultPoint(plan, code, timeMs)] : [];
    })
    .sort((one, other) => one.timeMs - other.timeMs);
}

function faultPoint(plan: Plan | undefined, code: ActiveCode, timeMs: number): Point {
  const { network = 0, sa, spn, fmi } = code;
  const isCanopen = network >= canopenNetworks;
  const identifier = isCanopen
    ? `EMCY ${spn.toString(16).toUpperCase().padStart(4, "0")}`
    : `SPN ${spn} FMI ${fmi}`;
  return {
    element: "FaultCode",
    timeMs,
    values: {
      CodeIdentifier: identifier,
      Description: titleOfCode(plan, code)?.en ?? identifier,
      Severity: severityOf(code),
      Source: isCanopen ? `CANopen node ${sa}` : `J1939 SA ${sa}`,
    },
  };
}

/** By the lamps that came with it. @see SAE J1939-73, DM1 */
function severityOf({ lamps }: ActiveCode): "high" | "medium" | "low" {
  if (lamps.redStop === "on") return "high";
  return lamps.amberWarning === "on" || lamps.protect === "on" ? "medium" : "low";
}
