import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import type { Reader } from "../ticket-store.ts";
import type { FieldTables } from "./field-tables.ts";
import { type SiteSurvey, type StoredSurvey, surveyProblems } from "./site-survey.ts";

/**
 * Keeps the survey of a ticket; another one of the same ticket replaces it.
 * @throws CodedError SURVEY_INVALID
 */
export async function saveSurvey(
  { tx, at, ids }: ServiceWork,
  { ticketId, machineId = "" }: Pick<Ticket, "ticketId" | "machineId">,
  { engineerId, survey }: { readonly engineerId: string; readonly survey: SiteSurvey },
): Promise<StoredSurvey> {
  const problems = surveyProblems(survey);
  if (problems.length > 0) throw new CodedError("SURVEY_INVALID", problems.join("; "));
  const tables = tx.tables<FieldTables>();
  await tables.deleteFrom("site_surveys").where("ticket_id", "=", ticketId).execute();
  const row = {
    survey_id: ids.rowId(),
    ticket_id: ticketId,
    machine_id: machineId,
    engineer_id: engineerId,
    at,
    body: JSON.stringify(survey),
  };
  await tables.insertInto("site_surveys").values(row).execute();
  return surveyOfRow(row);
}

export async function surveyOf(
  reader: Reader,
  ticketId: string,
): Promise<StoredSurvey | undefined> {
  const row = await reader
    .tables<FieldTables>()
    .selectFrom("site_surveys")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .executeTakeFirst();
  return row && surveyOfRow(row);
}

/**
 * Peaks of work that the newest survey of each machine names, for the planner. `machineIds` absent: all machines.
 */
export async function surveyedPeaks(
  reader: Reader,
  machineIds?: readonly string[],
): Promise<Map<string, SiteSurvey["peakPeriods"]>> {
  let query = reader
    .tables<FieldTables>()
    .selectFrom("site_surveys")
    .select(["machine_id", "body"])
    .orderBy("at")
    .orderBy("survey_id");
  if (machineIds) query = query.where("machine_id", "in", [...machineIds]);
  return new Map(
    (await query.execute()).map(({ machine_id, body }) => [
      machine_id,
      (JSON.parse(body) as SiteSurvey).peakPeriods,
    ]),
  );
}

const surveyOfRow = (row: FieldTables["site_surveys"]): StoredSurvey => ({
  surveyId: row.survey_id,
  ticketId: row.ticket_id,
  machineId: row.machine_id,
  engineerId: row.engineer_id,
  at: row.at,
  survey: JSON.parse(row.body) as SiteSurvey,
});
