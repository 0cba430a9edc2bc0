import { loadPlan } from "@firebreak/plans/load-plans.ts";
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

/** What would be a ticket, or one more line in it: the first time that a rule told of a problem. */
export interface Alarm {
  readonly rule: string;
  /** Of the rule. */
  readonly kind: string;
  readonly failureMode: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What the rules of a plan made of one machine that broke. */
export interface FaultTrial {
  readonly machineType: string;
  readonly fault: string;
  readonly failureMode: string;
  readonly seed: number;
  /** ISO 8601; null: it did not come to it within the days. */
  readonly visibleAt: string | null;
  readonly failedAt: string | null;
  /** The first alarm of the failure mode. */
  readonly found: Alarm | null;
  /** From the finding to the failure; null without one of them, negative when it came too late. */
  readonly leadHours: number | null;
  readonly isFoundInTime: boolean;
  /** Of every rule that spoke; those of other failure modes may follow from the fault. */
  readonly alarms: readonly Alarm[];
}

/** What they made of a machine that had no fault: every alarm is false. */
export interface SoundLife {
  readonly machineType: string;
  readonly seed: number;
  readonly days: number;
  readonly alarms: readonly Alarm[];
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** The machine is known for so long before anything is the matter. */
const soundDays = 2;

/** Runs a machine to failure and compares what was found with the truth. */
export function runTrial(order: TrialOrder): FaultTrial {
  const { type, fault, seed, startMs, days, lifeHours } = order;
  const fromMs = startMs + soundDays * dayMs;
  const faults = [lifeHours === undefined ? { fault, fromMs } : { fault, fromMs, lifeHours }];
  const run = { type, seed, startMs, untilMs: startMs + days * dayMs };
  const sick = judgeRun({ ...run, faults, endsAtFailure: true });
  const [truth] = sick.truth.faults;
  const { failureMode = "", visibleAt = null, failedAt = null } = truth ?? {};
  const alarms = alarmsOf(type, sick.findings);
  const found = alarms.find((alarm) => alarm.failureMode === failureMode) ?? null;
  const leadHours =
    found && failedAt !== null ? (Date.parse(failedAt) - Date.parse(found.at)) / hourMs : null;
  return {
    ...{ machineType: type.machineType, fault, failureMode, seed, visibleAt, failedAt },
    ...{ found, leadHours, isFoundInTime: leadHours !== null && leadHours > 0, alarms },
  };
}

/** The same machine without a fault. */
export function runSoundLife(order: Omit<TrialOrder, "fault" | "lifeHours">): SoundLife {
  const { type, seed, startMs, days } = order;
  const { findings } = judgeRun({ type, seed, startMs, untilMs: startMs + days * dayMs });
  return { machineType: type.machineType, seed, days, alarms: alarmsOf(type, findings) };
}

const isAlarm = ({ phase, severity, isHistory, mode }: Finding) =>
  phase === "raised" && severity !== "info" && !isHistory && mode !== "shadow";

/** Of each rule the first of every problem it told of, in their order. */
function alarmsOf({ machineType }: MachineType, findings: readonly Finding[]): Alarm[] {
  const kinds = new Map(loadPlan(machineType).rules.rules.map(({ id, kind }) => [id, kind]));
  const first = new Map<string, Alarm>();
  for (const finding of findings.filter(isAlarm)) {
    const { ruleId: rule, failureMode, subject, at } = finding;
    const key = JSON.stringify([rule, failureMode, subject]);
    if (!first.has(key))
      first.set(key, { rule, kind: kinds.get(rule) ?? "", failureMode, subject, at });
  }
  return [...first.values()].sort((one, other) => (one.at < other.at ? -1 : 1));
}

/** Of a sound machine: what each would be a ticket, once however often it comes back and whatever rule tells of it. */
export const ticketsOf = (alarms: readonly Alarm[]): string[] => [
  ...new Set(
    alarms.map(({ failureMode, subject }) =>
      subject === "" ? failureMode : `${failureMode} (${subject})`,
    ),
  ),
];
