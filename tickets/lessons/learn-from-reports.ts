import type { Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { outcomeOf } from "../field/report-rules.ts";
import type { ServiceReport } from "../field/service-report.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import { judgeRule } from "./judge-rule.ts";
import { isSafetyRule, type RuleId, rulesFor, rulesOf } from "./judged-rules.ts";
import { type LessonsConfig, lessonsDefaults } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { type JudgedReport, leadDays, type Verdict, verdictOf } from "./verdict.ts";

export interface Learning {
  /** The plan of the ticket's machine. */
  readonly plan: Plan | undefined;
  readonly config?: LessonsConfig;
}

/**
 * Takes from a ticket's newest report what it says of the rules and of the cause, in place of what an earlier one said.
 * A rule whose precision falls too low stops opening tickets. To be called when a report is submitted.
 */
export async function learnFromReport(
  work: ServiceWork,
  ticket: Ticket,
  report: ServiceReport,
  { plan, config = lessonsDefaults }: Learning,
): Promise<void> {
  const outcome = outcomeOf(report.content.attempts);
  await forgetReport(work.tx, ticket.ticketId);
  if (outcome === undefined) return;
  const { rootCause } = report.content;
  const judged = { outcome, ...(rootCause ? { rootCause } : {}), ...lifeOf(ticket, report) };
  await saveCause(work, ticket, judged, rootCause?.causeId);
  const spoke = rulesOf(ticket);
  const looking = plan && rootCause ? rulesFor(plan, rootCause.faultCode) : [];
  const verdict = verdictOf(ticket, judged, { hasRule: looking.length > 0, config });
  if (verdict === undefined) return;
  const rules = verdict === "missed" ? looking : spoke;
  for (const rule of rules) {
    await saveVerdict(work, { rule, verdict, ticket, report });
    await judgeRule(work, rule, { isSafety: isSafetyRule(plan, rule.ruleId), config });
  }
}

/** What the last report of a ticket said is refuted: its repair did not hold. */
export async function forgetReport(tx: Transaction, ticketId: string): Promise<void> {
  const tables = tx.tables<LessonsTables>();
  await tables.deleteFrom("rule_verdicts").where("ticket_id", "=", ticketId).execute();
  await tables.deleteFrom("field_causes").where("ticket_id", "=", ticketId).execute();
}

/** When the machine stood still, and what was left of the part a prediction was about. */
function lifeOf(
  { timeline }: Ticket,
  { content }: ServiceReport,
): Pick<JudgedReport, "stoppedAt" | "remainingLifeShare"> {
  const opened = timeline.find(({ type }) => type === "opened");
  const stopped = opened && "priority" in opened && opened.priority === "emergency";
  const worst = content.measuredWear.map(({ remainingLifePct }) => remainingLifePct / 100);
  return {
    ...(stopped ? { stoppedAt: opened.at } : {}),
    ...(worst.length > 0 ? { remainingLifeShare: Math.min(...worst) } : {}),
  };
}

async function saveCause(
  { tx, at }: ServiceWork,
  ticket: Ticket,
  { outcome, rootCause }: JudgedReport,
  causeId: string | undefined,
): Promise<void> {
  if (!rootCause || causeId === undefined || outcome === "no_fault_found") return;
  await tx
    .tables<LessonsTables>()
    .insertInto("field_causes")
    .values({
      ticket_id: ticket.ticketId,
      plan_id: ticket.planRef.split("@")[0] ?? "",
      failure_mode: rootCause.faultCode,
      cause_id: causeId,
      at,
    })
    .execute();
}

async function saveVerdict(
  { tx, at }: ServiceWork,
  given: { rule: RuleId; verdict: Verdict; ticket: Ticket; report: ServiceReport },
): Promise<void> {
  const { rule, verdict, ticket, report } = given;
  const { content, reportId } = report;
  const found = content.finishedAt ?? report.at;
  const isWarning = ticket.trigger === "predicted_failure" && verdict !== "false_positive";
  await tx
    .tables<LessonsTables>()
    .insertInto("rule_verdicts")
    .values({
      ticket_id: ticket.ticketId,
      plan_id: rule.planId,
      rule_id: rule.ruleId,
      verdict,
      report_id: reportId,
      confirmed_fault: content.rootCause?.faultCode ?? null,
      lead_days: isWarning ? leadDays(ticket.createdAt, found) : null,
      at,
    })
    .execute();
}
