import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { FieldTables } from "../field/field-tables.ts";
import type { ServiceReport } from "../field/service-report.ts";
import type { ServiceWork } from "../service-work.ts";
import {
  type CatalogueDraft,
  draftFromReports,
  draftProblems,
  toPlanYaml,
} from "./catalogue-draft.ts";
import type { LessonsTables } from "./lessons-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

export const catalogueStates = ["draft", "submitted", "approved", "rejected"] as const;
export type CatalogueState = (typeof catalogueStates)[number];

/** A case from the field on its way into the fault catalogue. */
export interface CatalogueProposal {
  readonly proposalId: string;
  readonly planId: string;
  readonly faultCode: string;
  readonly state: CatalogueState;
  readonly openedAt: string;
  readonly ticketIds: readonly string[];
  readonly mode: CatalogueDraft;
  readonly proposedBy: string;
  readonly reviewedBy?: string;
  readonly note?: string;
}

type Body = Pick<CatalogueProposal, "ticketIds" | "mode" | "proposedBy" | "reviewedBy" | "note">;

/** Makes a draft of the reports of some tickets, and of the unknown code they were about, when there is one. */
export async function proposeFailureMode(
  work: ServiceWork,
  wanted: {
    readonly planId: string;
    readonly faultCode: string;
    readonly ticketIds: readonly string[];
    readonly codeId?: string | undefined;
  },
): Promise<CatalogueProposal> {
  const { planId, faultCode, ticketIds, codeId } = wanted;
  const code = codeId === undefined ? undefined : await requireCode(work.tx, codeId);
  const reports = await loadReports(work.tx, ticketIds);
  if (reports.length === 0)
    throw new CodedError("LESSON_CASES", "none of these tickets has a report that was handed in");
  const mode = draftFromReports(reports, code);
  const body: Body = { ticketIds, mode, proposedBy: work.actor.id };
  const proposalId = work.ids.rowId();
  await work.tx
    .tables<LessonsTables>()
    .insertInto("catalogue_proposals")
    .values({
      item_id: proposalId,
      plan_id: planId,
      fault_code: faultCode,
      state: "draft",
      open_key: null,
      at: work.at,
      body: JSON.stringify(body),
    })
    .execute();
  return requireProposal(work.tx, proposalId);
}

async function requireCode(reader: Reader, codeId: string) {
  const row = await reader
    .tables<LessonsTables>()
    .selectFrom("unknown_codes")
    .select(["spn", "fmi", "sa"])
    .where("code_id", "=", codeId)
    .executeTakeFirst();
  if (!row) throw new CodedError("LESSON_UNKNOWN", `there is no unknown code ${codeId}`);
  return { spn: Number(row.spn), fmi: Number(row.fmi), sa: Number(row.sa) };
}

/** The newest revision of each report of these tickets that was handed in. */
async function loadReports(reader: Reader, ticketIds: readonly string[]): Promise<ServiceReport[]> {
  if (ticketIds.length === 0) return [];
  const rows = await reader
    .tables<FieldTables>()
    .selectFrom("service_reports")
    .select(["report_id", "body"])
    .where("ticket_id", "in", [...ticketIds])
    .where("state", "!=", "draft")
    .orderBy("revision")
    .execute();
  const newest = new Map(rows.map((row) => [row.report_id, row.body]));
  return [...newest.values()].map((body) => JSON.parse(body) as ServiceReport);
}

/** Newest first. */
export async function listCatalogue(
  reader: Reader,
  state?: CatalogueState,
): Promise<CatalogueProposal[]> {
  let query = reader
    .tables<LessonsTables>()
    .selectFrom("catalogue_proposals")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("item_id")
    .limit(200);
  if (state !== undefined) query = query.where("state", "=", state);
  return (await query.execute()).map(toProposal);
}

const toProposal = (row: LessonsTables["catalogue_proposals"]): CatalogueProposal => ({
  proposalId: row.item_id,
  planId: row.plan_id,
  faultCode: row.fault_code,
  state: row.state as CatalogueState,
  openedAt: row.at,
  ...(JSON.parse(row.body) as Body),
});

/** @throws CodedError LESSON_UNKNOWN */
export async function requireProposal(
  reader: Reader,
  proposalId: string,
): Promise<CatalogueProposal> {
  const row = await reader
    .tables<LessonsTables>()
    .selectFrom("catalogue_proposals")
    .selectAll()
    .where("item_id", "=", proposalId)
    .executeTakeFirst();
  if (!row) throw new CodedError("LESSON_UNKNOWN", `there is no catalogue proposal ${proposalId}`);
  return toProposal(row);
}

export type CatalogueStep =
  | { readonly type: "edit"; readonly mode: CatalogueDraft }
  | { readonly type: "submit" }
  | { readonly type: "approve" | "reject"; readonly note: string };

const legalFrom = {
  edit: "draft",
  submit: "draft",
  approve: "submitted",
  reject: "submitted",
} as const;
const stateAfter = {
  edit: "draft",
  submit: "submitted",
  approve: "approved",
  reject: "rejected",
} as const;

/**
 * Brings a proposal on. Only a whole failure mode is submitted and approved.
 * @throws CodedError LESSON_UNKNOWN, LESSON_DECIDED or CATALOGUE_INCOMPLETE with everything that is missing
 */
export async function stepProposal(
  { tx, actor }: ServiceWork,
  proposalId: string,
  step: CatalogueStep,
): Promise<CatalogueProposal> {
  const before = await requireProposal(tx, proposalId);
  if (before.state !== legalFrom[step.type])
    throw new CodedError("LESSON_DECIDED", `${step.type} is not possible: it is ${before.state}`);
  const mustBeWhole = step.type === "submit" || step.type === "approve";
  const problems = mustBeWhole ? draftProblems(before.mode) : [];
  if (problems.length > 0)
    throw new CodedError("CATALOGUE_INCOMPLETE", `not yet a failure mode: ${problems.join("; ")}`);
  const { ticketIds, proposedBy } = before;
  const body: Body = {
    ticketIds,
    proposedBy,
    mode: modeAfter(before.mode, step),
    ...("note" in step ? { reviewedBy: actor.id, note: step.note } : {}),
  };
  await tx
    .tables<LessonsTables>()
    .updateTable("catalogue_proposals")
    .set({ state: stateAfter[step.type], body: JSON.stringify(body) })
    .where("item_id", "=", proposalId)
    .execute();
  return requireProposal(tx, proposalId);
}

/** Only an approval makes an entry one that opens tickets (FC-5). */
function modeAfter(before: CatalogueDraft, step: CatalogueStep): CatalogueDraft {
  if (step.type === "edit") return { ...step.mode, reviewState: "draft" };
  return step.type === "approve" ? { ...before, reviewState: "approved" } : before;
}

export const proposalYaml = ({ faultCode, mode }: CatalogueProposal): string =>
  toPlanYaml(faultCode, mode);
