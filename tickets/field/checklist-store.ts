import { CodedError } from "@firebreak/kit/coded-error.ts";
import { measurePart } from "../organisation/installed-parts.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import type { Reader } from "../ticket-store.ts";
import type { ChecklistAnswer, ChecklistStep, StoredAnswer } from "./checklist.ts";
import type { FieldTables } from "./field-tables.ts";
import { requireMediaOf } from "./media.ts";

/**
 * Answers steps of a ticket's checklist; the newest answer of a step counts. Measured wear goes to the installed part.
 * @throws CodedError CHECKLIST_STEP, MEDIA_UNKNOWN
 */
export async function answerSteps(
  work: ServiceWork,
  ticket: Ticket,
  given: {
    readonly engineerId: string;
    readonly steps: readonly ChecklistStep[];
    readonly answers: readonly ChecklistAnswer[];
  },
): Promise<void> {
  const { tx, at } = work;
  const { ticketId, machineId } = ticket;
  const { engineerId, steps, answers } = given;
  await requireMediaOf(
    tx,
    ticketId,
    answers.flatMap(({ photos = [] }) => photos),
  );
  for (const answer of answers) {
    const step = steps.find(({ stepId }) => stepId === answer.stepId);
    if (!step)
      throw new CodedError("CHECKLIST_STEP", `${ticketId} has no step ${answer.stepId} to answer`);
    const where = { ticket_id: ticketId, step_id: answer.stepId };
    const tables = tx.tables<FieldTables>();
    await tables
      .deleteFrom("checklist_answers")
      .where("ticket_id", "=", ticketId)
      .where("step_id", "=", answer.stepId)
      .execute();
    await tables
      .insertInto("checklist_answers")
      .values({ ...where, engineer_id: engineerId, at, body: JSON.stringify(answer) })
      .execute();
    if (step.measures !== undefined && answer.remainingLifePct !== undefined && machineId)
      await measurePart(work, machineId, {
        position: step.measures,
        remainingLifePct: answer.remainingLifePct,
      });
  }
}

export async function answersOf(reader: Reader, ticketId: string): Promise<StoredAnswer[]> {
  const rows = await reader
    .tables<FieldTables>()
    .selectFrom("checklist_answers")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .orderBy("at")
    .orderBy("step_id")
    .execute();
  return rows.map(({ body, engineer_id, at }) => ({
    answer: JSON.parse(body) as ChecklistAnswer,
    engineerId: engineer_id,
    at,
  }));
}
