import type { Outcome } from "../vocabulary.ts";
import type { LessonsConfig } from "./lessons-config.ts";

/** What people found, said of the rule that spoke, or should have spoken. */
export const verdicts = [
  "true_positive",
  "false_positive",
  "early",
  "late",
  "different_fault",
  "sensor",
  "unknown",
  "missed",
] as const;
export type Verdict = (typeof verdicts)[number];

/** The part of a ticket that a verdict needs. */
export interface JudgedTicket {
  readonly trigger: string;
  readonly faultCode?: string | undefined;
  readonly createdAt: string;
}

/** The part of a service report that a verdict needs. */
export interface JudgedReport {
  readonly outcome: Outcome;
  readonly rootCause?: { readonly faultCode: string } | undefined;
  /** When the machine stopped, if it did. */
  readonly stoppedAt?: string | undefined;
  /** Of the part that was looked at, 0 to 1. */
  readonly remainingLifeShare?: number | undefined;
}

const ofMachine = ["anomaly", "dtc", "predicted_failure"];

/** What the plan says of the confirmed fault. */
export interface VerdictSetting {
  /** Some rule looks for it. */
  readonly hasRule: boolean;
  /** It is a fault of a measuring chain. */
  readonly isSensor?: boolean;
  readonly config: LessonsConfig;
}

/**
 * The verdict of a report on a ticket. `unknown`: it was mended and nobody said what it was. Undefined while work goes on
 * and the cause is not known, and for a fault that people reported and no rule looks for.
 */
export function verdictOf(
  ticket: JudgedTicket,
  report: JudgedReport,
  { hasRule, isSensor = false, config }: VerdictSetting,
): Verdict | undefined {
  // No rule can find a fault in what did not come.
  if (ticket.trigger === "machine_silent") return undefined;
  const confirmed = report.rootCause?.faultCode;
  if (!ofMachine.includes(ticket.trigger))
    return confirmed !== undefined && hasRule && report.outcome !== "no_fault_found"
      ? "missed"
      : undefined;
  if (report.outcome === "no_fault_found") return "false_positive";
  if (confirmed === undefined) return report.outcome === "fixed" ? "unknown" : undefined;
  if (confirmed !== ticket.faultCode) return isSensor ? "sensor" : "different_fault";
  return ticket.trigger === "predicted_failure"
    ? verdictOfPrediction(ticket, report, config)
    : "true_positive";
}

function verdictOfPrediction(
  { createdAt }: JudgedTicket,
  { stoppedAt, remainingLifeShare }: JudgedReport,
  { earlyLifeShare }: LessonsConfig,
): Verdict {
  if (stoppedAt !== undefined && stoppedAt <= createdAt) return "late";
  if (remainingLifeShare !== undefined && remainingLifeShare >= earlyLifeShare) return "early";
  return "true_positive";
}

const DAY_MS = 24 * 3600 * 1000;

/** Days from the first ticket to the failure, or to the day the wear was confirmed; negative when it came too late. */
export const leadDays = (ticketAt: string, confirmedAt: string): number =>
  (Date.parse(confirmedAt) - Date.parse(ticketAt)) / DAY_MS;
