import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { MachineState } from "@firebreak/rules/engine/machine-state.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { episodeFactors } from "@firebreak/rules/health/episode-factors.ts";
import { type HealthFactor, indexOf } from "@firebreak/rules/health/machine-health.ts";
import type { MachineCondition, PastCode, TrialFinding } from "../ports.ts";

const ocNotAvailable = 127;

type Code = MachineState["codes"][number];

/**
 * Health index 0-100 of what the rules know now: episodes and trouble codes alone. A machine without data is unknown
 * (null), not healthy (HP-3). Pure.
 */
export function healthIndex(state: MachineState): number | null {
  if (state.newestAt === null) return null;
  return indexOf(episodeFactors(state).map(({ cost }) => cost));
}

type Named = Pick<Code, "network" | "sa" | "spn" | "fmi">;

const isSame = (one: Named, other: Named): boolean =>
  one.spn === other.spn &&
  one.fmi === other.fmi &&
  one.sa === other.sa &&
  one.network === other.network;

const isAbout = ({ evidence }: Finding, code: Code): boolean =>
  evidence.some((one) => one.kind === "dtc" && isSame(one, code));

/** What is known of codes that are not active now, the newest first. */
function pastOf({ lives, codes }: MachineState): PastCode[] {
  return lives.toReversed().flatMap((life) => {
    const now = codes.find((code) => isSame(code, life));
    // The gateway tells of silence too, but only while it is connected.
    const state = now?.state === "unknown" ? "unknown" : life.state;
    if (now?.state === "active" || state === "active") return [];
    const { network, sa, spn, fmi, oc, lamps, first, last } = life;
    return [
      {
        ...(network === undefined ? {} : { network }),
        sa,
        spn,
        fmi,
        oc: oc === ocNotAvailable ? null : oc,
        lamps,
        state,
        since: first,
        lastSeen: last,
      },
    ];
  });
}

/** What is known of a machine beside its own words. */
export interface KnownBeside {
  readonly plan?: Plan | undefined;
  readonly isAdvisory?: (ruleId: string) => boolean;
  /** Parts near their end, overdue work, repairs again and again. */
  readonly standing?: readonly HealthFactor[];
}

const nothingBeside: readonly HealthFactor[] = [];

function trialFinding({ ruleId, since, evidence }: Finding): TrialFinding[] {
  const [first] = evidence;
  if (first?.kind !== "signal") return [];
  return [{ ruleId, signal: first.signal, since, isNovel: first.measure === "novelty" }];
}

/** What the pages show of a rule engine's state. Codes of a silent control unit are not active. Pure. */
export function toCondition(
  state: MachineState,
  { plan, isAdvisory, standing = nothingBeside }: KnownBeside = {},
): MachineCondition {
  const active = state.codes.filter((code) => code.state === "active");
  const factors = [...episodeFactors(state, plan, isAdvisory), ...standing];
  return {
    health: state.newestAt === null ? null : indexOf(factors.map(({ cost }) => cost)),
    factors,
    findings: state.findings,
    newestAt: state.newestAt,
    activeFindings: state.findings.length,
    pastCodes: pastOf(state),
    ...(state.faults.length > 0 ? { faultyRules: state.faults } : {}),
    ...(state.onTrial.length > 0 ? { onTrial: state.onTrial.flatMap(trialFinding) } : {}),
    activeCodes: active.map((code) => ({
      ...(code.network === undefined ? {} : { network: code.network }),
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
