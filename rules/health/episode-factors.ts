import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { MachineState } from "../engine/machine-state.ts";
import type { Finding } from "../finding.ts";
import { healthConfig } from "./health-config.ts";
import type { HealthFactor } from "./machine-health.ts";

/** What the rules know of a machine now. */
export type Episodes = Pick<MachineState, "findings" | "codes">;

type Code = MachineState["codes"][number];
type CodeName = Pick<Code, "network" | "sa" | "spn" | "fmi">;

const lit = new Set(["on", "slow-flash", "fast-flash"]);

/** What a trouble code takes off, by the lamp it comes with. */
function costOfCode({ lamps }: Code): number {
  const { redStop, amberWarning, other } = healthConfig.costOfLamp;
  if (lit.has(lamps.redStop)) return redStop;
  return lit.has(lamps.amberWarning) ? amberWarning : other;
}

const keyOf = ({ network = 0, sa, spn, fmi }: CodeName): string =>
  network === 0 ? `${sa}:${spn}:${fmi}` : `${network}/${sa}:${spn}:${fmi}`;

/**
 * Active episodes and trouble codes as factors. A code and all findings about it are one thing, as grave as the gravest
 * of them. `isAdvisory` says which rules are shown only. Pure.
 */
export function episodeFactors(
  { findings, codes }: Episodes,
  plan?: Plan,
  isAdvisory: (ruleId: string) => boolean = () => false,
): HealthFactor[] {
  const componentOf = (mode: string) => plan?.service.failureModes[mode]?.component ?? "";
  const byCode = new Map<string, HealthFactor>();
  const alone: HealthFactor[] = [];
  const count = (key: string, factor: HealthFactor) => {
    const known = byCode.get(key);
    if (known === undefined) byCode.set(key, factor);
    else
      byCode.set(key, {
        ...graver(known, factor),
        // Of the first that knows one, so that a further finding takes nothing off another component.
        component: known.component || factor.component,
        since: earlier(known.since, factor.since),
      });
  };
  for (const code of codes) {
    if (code.state !== "active") continue;
    const about = keyOf(code);
    const factor = { cause: "trouble-code", component: "", about, cost: costOfCode(code) } as const;
    count(about, { ...factor, since: null });
  }
  for (const finding of findings) {
    const factor = factorOf(finding, { componentOf, isAdvisory });
    const told = finding.evidence.filter((one) => one.kind === "dtc");
    if (told.length === 0) alone.push(factor);
    for (const one of told) count(keyOf(one), factor);
  }
  return [...byCode.values(), ...alone];
}

function factorOf(
  { ruleId, failureMode, severity, mode, since }: Finding,
  ask: { componentOf: (mode: string) => string; isAdvisory: (ruleId: string) => boolean },
): HealthFactor {
  const weights = healthConfig.weightOfMode;
  const weight = weights[mode ?? (ask.isAdvisory(ruleId) ? "advisory" : "active")];
  const cost = healthConfig.costOfSeverity[severity] * weight;
  return {
    cause: "episode",
    component: ask.componentOf(failureMode),
    about: failureMode,
    cost,
    since,
  };
}

/** The words of the graver one; of equals those that a finding has, which say more. */
const graver = (one: HealthFactor, other: HealthFactor): HealthFactor =>
  one.cost > other.cost || (one.cost === other.cost && one.cause === "episode") ? one : other;

const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;
