import { CodedError } from "@firebreak/kit/coded-error.ts";
import { notHere } from "../lifecycle/step.ts";
import { openWork } from "../open-work.ts";
import { giveOrder } from "../orders/give-order.ts";
import type { OrderOf } from "../orders/order-bodies.ts";
import { loadLoans } from "../parts/loans.ts";
import { requestParts } from "../parts/parts-ticket.ts";
import type { Ticket } from "../ticket.ts";
import { requireTicket, type TicketWork } from "../ticket-work.ts";
import type { TicketState } from "../vocabulary.ts";
import type { ChecklistAnswer, ChecklistStep } from "./checklist.ts";
import { checklistOf, checklistState } from "./checklist.ts";
import { answerSteps, answersOf } from "./checklist-store.ts";
import { type FieldRecord, isRecord, type OfflineOrder } from "./field-command.ts";
import { applyToMachine } from "./replaced-parts.ts";
import { reconcile } from "./report-rules.ts";
import { newestReport, reportsOf, saveDraft, submitDraft } from "./report-store.ts";
import { requireTicketOf } from "./require-ticket.ts";
import type { ServiceReport } from "./service-report.ts";
import { saveSurvey, surveyOf } from "./survey-store.ts";

/** Carries out what an engineer does or writes down in the field. `commandId`: used for this alone. */
export async function carryOutField(
  work: TicketWork,
  ticketId: string,
  command: OfflineOrder | FieldRecord,
  commandId: string,
): Promise<Ticket> {
  if (isRecord(command)) return record(work, ticketId, command, commandId);
  if (command.type !== "finish") return giveOrder(work, ticketId, command, commandId);
  const ticket = await requireTicketOf(work.tx, ticketId);
  checkOwn(work, ticket);
  if (ticket.kind !== "inspection") return giveOrder(work, ticketId, command, commandId);
  const { inspection, followUp } = await inspectionOf(work, ticket);
  await giveOrder({ ...work, opensSteps: true }, ticketId, { ...command, inspection }, commandId);
  for (const [step, answer] of followUp)
    await raiseStep(work, ticketId, { step, answer, commandId });
  return requireTicketOf(work.tx, ticketId);
}

/** Engineers write on their own tickets, others of the service on all. @throws CodedError TICKET_NOT_ALLOWED */
function checkOwn({ role, engineerId, actor }: TicketWork, ticket: Ticket): void {
  if (role !== "engineer") return;
  if (ticket.assignment?.engineerId !== (engineerId ?? actor.id))
    throw new CodedError("TICKET_NOT_ALLOWED", `${ticket.ticketId} is not assigned to you`);
}

async function record(
  work: TicketWork,
  ticketId: string,
  command: FieldRecord,
  commandId: string,
): Promise<Ticket> {
  const ticket = await requireTicketOf(work.tx, ticketId);
  checkOwn(work, ticket);
  const engineerId = work.engineerId ?? work.actor.id;
  switch (command.type) {
    case "answer-checklist": {
      const steps = checklistOf(planOf(work, ticket), ticket);
      await answerSteps(work, ticket, { engineerId, steps, answers: command.answers });
      return ticket;
    }
    case "save-survey":
      await saveSurvey(work, ticket, { engineerId, survey: command.survey });
      return ticket;
    case "save-report": {
      const { reportId, content } = command;
      if (content.siteSurvey)
        await saveSurvey(work, ticket, { engineerId, survey: content.siteSurvey });
      await saveDraft(work, { ticketId, visitNo: ticket.visits, engineerId, reportId }, content);
      return ticket;
    }
    case "hand-in-report":
      return handIn(work, ticket, { reportId: command.reportId, commandId });
  }
}

const planOf = (work: TicketWork, { machineId }: Ticket) =>
  machineId === undefined ? undefined : work.planOf?.(machineId);

/** What the life of an inspection asks for at its finish, and the failed steps that become work of their own. */
async function inspectionOf(work: TicketWork, ticket: Ticket) {
  const steps = checklistOf(planOf(work, ticket), ticket);
  const answers = await answersOf(work.tx, ticket.ticketId);
  const { unanswered, failed } = checklistState(steps, answers);
  if (unanswered.length > 0)
    throw new CodedError("TICKET_GUARD", `not answered yet: ${unanswered.join(", ")}`);
  const isSurveyed = (await surveyOf(work.tx, ticket.ticketId)) !== undefined;
  const followUp = answers.flatMap(({ answer }): [ChecklistStep, ChecklistAnswer][] => {
    const step = steps.find(({ stepId }) => stepId === answer.stepId);
    return step && answer.result === "failed" ? [[step, answer]] : [];
  });
  return { inspection: { isAnswered: true, isSurveyed, failedSteps: failed }, followUp };
}

/** A failed step becomes a parts ticket when it names parts, else a repair; both are children of the inspection. */
async function raiseStep(
  work: TicketWork,
  parentId: string,
  failed: {
    readonly step: ChecklistStep;
    readonly answer: ChecklistAnswer;
    readonly commandId: string;
  },
): Promise<void> {
  const { step, answer, commandId } = failed;
  const parent = await requireTicket(work.tx, parentId);
  const own = `${commandId}/${step.stepId}`;
  const { machineId, component } = parent.ticket;
  // Checks of a fault that this ticket is about already: what it finds, it mends.
  if (machineId === undefined || step.stepId.startsWith("check-")) return;
  if (answer.parts && answer.parts.length > 0) {
    const reason = `checklist step ${step.stepId} failed`;
    await requestParts(work, parent, answer.parts, { commandId: own, reason });
    return;
  }
  await openWork(
    work,
    {
      kind: "repair",
      priority: "general",
      trigger: "manual",
      channel: "engineer",
      title: step.step,
      machineId,
      key: `${machineId}:checklist/${step.stepId}`,
      parentId,
      ...(component === undefined ? {} : { component }),
      ...(answer.note
        ? { about: { en: answer.note, "zh-CN": answer.note } }
        : { about: step.acceptance }),
    },
    own,
  );
}

/** The report is of work that is finished; afterwards it may be corrected. */
const finishedStates: readonly TicketState[] = ["work_done", "verifying", "follow_up", "closed"];

/** Hands a report in: the ticket goes on, parts are booked, the machine's file learns of new parts and wear. */
async function handIn(
  work: TicketWork,
  ticket: Ticket,
  { reportId, commandId }: { readonly reportId: string | undefined; readonly commandId: string },
): Promise<Ticket> {
  const { ticketId } = ticket;
  if (!finishedStates.includes(ticket.state)) throw notHere(ticket, "hand-in-report");
  const draft = await newestReport(work.tx, ticketId, reportId);
  await checkLoans(work, ticketId, draft);
  const report = await submitDraft(work, draft, windowsOf(ticket));
  const plan = planOf(work, ticket);
  if (draft.state === "draft")
    await applyToMachine(work, ticket, { plan, content: report.content });
  // A correction later on changes the report, not the ticket.
  if (ticket.state !== "work_done") return ticket;
  return giveOrder(work, ticketId, submitOrder(report), commandId);
}

async function checkLoans(work: TicketWork, ticketId: string, draft: ServiceReport): Promise<void> {
  const loans = await loadLoans(work.tx, { parentId: ticketId });
  const open = loans.map(({ loanId, partNo, quantity, used, returned }) => ({
    loanId,
    partNo,
    quantity: quantity - used - returned,
  }));
  const earlier = (await reportsOf(work.tx, ticketId)).some(({ state }) => state !== "draft");
  const { problems } = reconcile(draft.content.partsUsed, open);
  if (problems.length > 0 && !earlier)
    throw new CodedError("REPORT_INCOMPLETE", problems.join("; "));
}

/** What the machine did while it was worked on, from the last arrival to now. */
const windowsOf = ({ visitLog, finishedAt, updatedAt }: Ticket) => {
  const from = visitLog.at(-1)?.arrivedAt;
  return from === undefined ? [] : [{ from, to: finishedAt ?? updatedAt }];
};

function submitOrder({ reportId, content }: ServiceReport): OrderOf<"submit-report"> & {
  readonly type: "submit-report";
} {
  const { rootCause, solution, preventionAdvice, partsUsed, attempts } = content;
  return {
    type: "submit-report",
    reportId,
    cause: rootCause
      ? `${rootCause.faultCode}/${rootCause.causeId}`
      : (attempts.at(-1)?.judgement ?? ""),
    solution,
    preventionAdvice,
    ...(rootCause ? { faultCode: rootCause.faultCode, causeId: rootCause.causeId } : {}),
    partsUsed: partsUsed.map(({ partNo, quantity }, index) => ({
      partNo,
      quantity,
      reportLine: `${reportId}/${index + 1}`,
    })),
  };
}
