import type { MachineState } from "@firebreak/rules/engine/machine-state.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { MachineCondition } from "../ports.ts";

const costOfSeverity = { critical: 60, warning: 25, info: 5 } as const;
const lit = new Set(["on", "slow-flash", "fast-flash"]);

type Code = MachineState["codes"][number];

/** What a trouble code takes off, by the lamp it comes with. */
function costOfCode({ lamps }: Code): number {
  if (lit.has(lamps.redStop)) return 60;
  if (lit.has(lamps.amberWarning)) return 25;
  return 10;
}

/**
 * Health index 0-100: 100 less the cost of what is wrong, the gravest in full and each further one by half. A machine
 * without data is unknown (null), not healthy; one thing more that is wrong never raises the index. Pure.
 */
export function healthIndex({ newestAt, findings, codes }: MachineState): number | null {
  if (newestAt === null) return null;
  const active = codes.filter(({ state }) => state === "active");
  const costs = [
    ...findings.map((finding) => {
      const reported = active.filter((code) => isAbout(finding, code)).map(costOfCode);
      return Math.max(costOfSeverity[finding.severity], ...reported);
    }),
    ...active.filter((code) => !findings.some((one) => isAbout(one, code))).map(costOfCode),
  ].sort((a, b) => b - a);
  const [gravest = 0, ...rest] = costs;
  return Math.max(0, 100 - gravest - rest.reduce((sum, cost) => sum + cost / 2, 0));
}

const isAbout = ({ evidence }: Finding, { sa, spn, fmi }: Code): boolean =>
  evidence.some((one) => one.kind === "dtc" && one.spn === spn && one.fmi === fmi && one.sa === sa);

/** What the pages show of a rule engine's state. Codes of a silent control unit are not active. Pure. */
export function toCondition(state: MachineState): MachineCondition {
  const active = state.codes.filter((code) => code.state === "active");
  return {
    health: healthIndex(state),
    activeFindings: state.findings.length,
    activeCodes: active.map((code) => ({
      sa: code.sa,
      spn: code.spn,
      fmi: code.fmi,
      oc: code.oc,
      lamps: code.lamps,
      since: state.findings.find((finding) => isAbout(finding, code))?.since ?? null,
      lastSeen: code.at,
    })),
  };
}
