import type { MachineState } from "@firebreak/rules/engine/machine-state.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { MachineCondition, PastCode } from "../ports.ts";

const costOfSeverity = { critical: 60, warning: 25, info: 5 } as const;
const ocNotAvailable = 127;
const lit = new Set(["on", "slow-flash", "fast-flash"]);

type Code = MachineState["codes"][number];

/** What a trouble code takes off, by the lamp it comes with. */
function costOfCode({ lamps }: Code): number {
  if (lit.has(lamps.redStop)) return 60;
  if (lit.has(lamps.amberWarning)) return 25;
  return 10;
}

/**
 * Health index 0-100 (HP-1): 100 less the cost of what is wrong, the gravest in full and each further one by half. A
 * trouble code and all findings about it are one thing, as grave as the gravest of them, so that one thing more that is
 * wrong never raises the index (HP-2). A machine without data is unknown (null), not healthy (HP-3). Pure.
 */
export function healthIndex({ newestAt, findings, codes }: MachineState): number | null {
  if (newestAt === null) return null;
  const [gravest = 0, ...rest] = costsOf(findings, codes).sort((a, b) => b - a);
  return Math.max(0, 100 - gravest - rest.reduce((sum, cost) => sum + cost / 2, 0));
}

/** Of each thing that is wrong: of a code, or of a finding that is about none. */
function costsOf(findings: readonly Finding[], codes: readonly Code[]): number[] {
  const byCode = new Map<string, number>();
  const alone: number[] = [];
  const count = ({ sa, spn, fmi }: CodeName, cost: number) => {
    const key = `${sa}-${spn}-${fmi}`;
    byCode.set(key, Math.max(byCode.get(key) ?? 0, cost));
  };
  for (const code of codes) if (code.state === "active") count(code, costOfCode(code));
  for (const { severity, evidence } of findings) {
    const told = evidence.filter((one) => one.kind === "dtc");
    if (told.length === 0) alone.push(costOfSeverity[severity]);
    for (const one of told) count(one, costOfSeverity[severity]);
  }
  return [...byCode.values(), ...alone];
}

type CodeName = Pick<Code, "sa" | "spn" | "fmi">;

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

/** What the pages show of a rule engine's state. Codes of a silent control unit are not active. Pure. */
export function toCondition(state: MachineState): MachineCondition {
  const active = state.codes.filter((code) => code.state === "active");
  return {
    health: healthIndex(state),
    activeFindings: state.findings.length,
    pastCodes: pastOf(state),
    ...(state.faults.length > 0 ? { faultyRules: state.faults } : {}),
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
