import type { Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { ServiceReport } from "../field/service-report.ts";
import { planIdOf } from "../kpi/kpi-facts.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import { judgeRule } from "./judge-rule.ts";
import { isSafetyRule, type RuleId, rulesFor, rulesOf } from "./judged-rules.ts";
import { type LessonsConfig, lessonsDefaults } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { type JudgedReport, leadDays, type Verdict, verdictOf } from "./verdict.ts";

/** What people found, as the ticket has it. */
export interface Found {
  readonly reportId: string;
  readonly faultCode?: string | undefined;
  readonly causeId?: string | undefined;
  /** The report itself, where it is kept here. */
  readonly report?: ServiceReport | undefined;
}

export interface Learning {
  /** The plan of the ticket's machine. */
  readonly plan: Plan | undefined;
  readonly config?: LessonsConfig;
}

/**
 * Takes from a ticket's newest report what it says of the rules and of the cause, in place of what an earlier one said.
 * A rule whose precision falls too low stops opening tickets.
 */
export async function learnFromReport(
  work: ServiceWork,
  ticket: Ticket,
  found: Found,
  { plan, config = lessonsDefaults }: Learning,
): Promise<void> {
  await forgetReport(work.tx, ticket.ticketId);
  const { outcome } = ticket;
  if (outcome === undefined) return;
  const { faultCode } = found;
  const judged: JudgedReport = {
    outcome,
    ...(faultCode === undefined ? {} : { rootCause: { faultCode } }),
    ...lifeOf(ticket, found.report),
  };
  if (outcome !== "no_fault_found") await saveCause(work, ticket, found);
  const looking = plan && faultCode !== undefined ? rulesFor(plan, faultCode) : [];
  const isSensor = plan?.service.failureModes[faultCode ?? ""]?.nature === "sensor";
  const verdict = verdictOf(ticket, judged, { hasRule: looking.length > 0, isSensor, config });
  if (verdict === undefined) return;
  for (const rule of verdict === "missed" ? looking : rulesOf(ticket)) {
    await saveVerdict(work, { rule, verdict, ticket, found });
    await judgeRule(work, rule, { isSafety: isSafetyRule(plan, rule.ruleId), config, plan });
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
  report: ServiceReport | undefined,
): Pick<JudgedReport, "stoppedAt" | "remainingLifeShare"> {
  const opened = timeline.find((event) => event.type === "opened");
  const left = (report?.content.measuredWear ?? []).map((wear) => wear.remainingLifePct / 100);
  return {
    ...(opened?.priority === "emergency" ? { stoppedAt: opened.at } : {}),
    ...(left.length > 0 ? { remainingLifeShare: Math.min(...left) } : {}),
  };
}

async function saveCause(
  { tx, at }: ServiceWork,
  ticket: Ticket,
  { faultCode, causeId }: Found,
): Promise<void> {
  if (faultCode === undefined || causeId === undefined) return;
  await tx
    .tables<LessonsTables>()
    .insertInto("field_causes")
    .values({
      ticket_id: ticket.ticketId,
      plan_id: planIdOf(ticket),
      failure_mode: faultCode,
      cause_id: causeId,
      at,
    })
    .execute();
}

async function saveVerdict(
  { tx, at }: ServiceWork,
  given: { rule: RuleId; verdict: Verdict; ticket: Ticket; found: Found },
): Promise<void> {
  const { rule, verdict, ticket, found } = given;
  const foundAt = found.report?.content.finishedAt ?? at;
  const isWarning = ticket.trigger === "predicted_failure" && verdict !== "false_positive";
  await tx
    .tables<LessonsTables>()
    .insertInto("rule_verdicts")
    .values({
      ticket_id: ticket.ticketId,
      plan_id: rule.planId,
      rule_id: rule.ruleId,
      verdict,
      report_id: found.reportId,
      confirmed_fault: found.faultCode ?? null,
      lead_days: isWarning ? leadDays(ticket.createdAt, foundAt) : null,
      at,
    })
    .execute();
}
