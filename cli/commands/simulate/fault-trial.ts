import type { Finding } from "@firebreak/rules/finding.ts";
import type { MachineType } from "@firebreak/simulator/machine/machine-model.ts";
import { judgeRun } from "./judge-run.ts";

export interface TrialOrder {
  readonly type: MachineType;
  readonly fault: string;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** How long the fault is waited for, days. */
  readonly days: number;
  /** Hours it takes at nominal load, instead of what the seed draws: less to compute, and less time to be found in. */
  readonly lifeHours?: number;
}

/** What the rules of a plan made of one machine that broke, and of its sound twin. */
export interface FaultTrial {
  readonly machineType: string;
  readonly fault: string;
  readonly failureMode: string;
  readonly seed: number;
  /** ISO 8601; null: it did not come to it within the days. */
  readonly visibleAt: string | null;
  readonly failedAt: string | null;
  /** First finding of the failure mode. */
  readonly foundAt: string | null;
  /** From the finding to the failure; null without one of them, negative when it came too late. */
  readonly leadHours: number | null;
  readonly isFoundInTime: boolean;
  /** Other failure modes that were found on the way; they may follow from the fault. */
  readonly others: readonly string[];
  /** What was found on a machine of the same life that had no fault: every one of them is false. */
  readonly falseFindings: readonly string[];
  readonly twinDays: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** The machine is known for so long before anything is the matter. */
const soundDays = 2;

/** Runs a machine to failure and its twin without the fault as long, and compares what was found with the truth. */
export function runTrial(order: TrialOrder): FaultTrial {
  const { type, fault, seed, startMs, days, lifeHours } = order;
  const run = { type, seed, startMs, untilMs: startMs + days * dayMs };
  const fromMs = startMs + soundDays * dayMs;
  const faults = [lifeHours === undefined ? { fault, fromMs } : { fault, fromMs, lifeHours }];
  const sick = judgeRun({ ...run, faults, endsAtFailure: true });
  const [truth] = sick.truth.faults;
  const { failureMode = "", visibleAt = null, failedAt = null } = truth ?? {};
  const endMs = failedAt === null ? run.untilMs : Date.parse(failedAt) + dayMs;
  const sound = judgeRun({ ...run, untilMs: endMs });
  const first = sick.findings.find(
    (finding) => isAlarm(finding) && finding.failureMode === failureMode,
  );
  const leadHours =
    first && failedAt !== null ? (Date.parse(failedAt) - Date.parse(first.at)) / hourMs : null;
  return {
    machineType: type.machineType,
    fault,
    failureMode,
    seed,
    visibleAt,
    failedAt,
    foundAt: first?.at ?? null,
    leadHours,
    isFoundInTime: leadHours !== null && leadHours > 0,
    others: problemsOf(sick.findings).filter((one) => !one.startsWith(failureMode)),
    falseFindings: problemsOf(sound.findings),
    twinDays: (endMs - startMs) / dayMs,
  };
}

const isAlarm = ({ phase, severity, isHistory, mode }: Finding) =>
  phase === "raised" && severity !== "info" && !isHistory && mode !== "shadow";

/** What would each be a ticket: failure mode and subject, once however often it comes back. */
const problemsOf = (findings: readonly Finding[]): string[] => [
  ...new Set(
    findings
      .filter(isAlarm)
      .map(({ failureMode, subject }) =>
        subject === "" ? failureMode : `${failureMode} (${subject})`,
      ),
  ),
];

export interface TrialSummary {
  readonly trials: number;
  readonly foundInTime: number;
  readonly medianLeadHours: number | null;
  readonly falseFindings: number;
  readonly twinDays: number;
  /** Of one machine in 30 days. */
  readonly falsePerMonth: number;
}

export function summaryOf(trials: readonly FaultTrial[]): TrialSummary {
  const leads = trials
    .flatMap(({ leadHours, isFoundInTime }) =>
      isFoundInTime && leadHours !== null ? [leadHours] : [],
    )
    .sort((one, other) => one - other);
  const twinDays = trials.reduce((sum, trial) => sum + trial.twinDays, 0);
  const falseFindings = trials.reduce((sum, trial) => sum + trial.falseFindings.length, 0);
  return {
    trials: trials.length,
    foundInTime: leads.length,
    medianLeadHours: leads[Math.floor(leads.length / 2)] ?? null,
    falseFindings,
    twinDays,
    falsePerMonth: twinDays === 0 ? 0 : (falseFindings / twinDays) * 30,
  };
}
