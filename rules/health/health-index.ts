import type { MachineState } from "../engine/machine-state.ts";
import type { Severity } from "../finding.ts";

/** Share of the remaining index that one open finding takes away. Engineering default. */
const weights: Readonly<Record<Severity, number>> = { critical: 0.75, warning: 0.4, info: 0.15 };

/**
 * Health index of one machine, 0 (worst) to 100; null when it is unknown, because nothing was heard of the machine.
 * One more open finding never raises it; missing data never look like health. @see HP-1 to HP-3 of the domain rules
 */
export function healthIndex(state: MachineState | undefined): number | null {
  if (state === undefined || state.newestAt === null) return null;
  const left = state.findings
    .filter(({ isHistory }) => !isHistory)
    .reduce((rest, { severity }) => rest * (1 - weights[severity]), 100);
  return Math.round(left);
}
