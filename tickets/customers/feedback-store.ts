import { CodedError } from "@firebreak/kit/coded-error.ts";
import { npsClassOf, npsOf, share } from "../kpi/kpi-formulas.ts";
import { saveRating } from "../kpi/kpi-store.ts";
import type { Reader } from "../organisation/file-store.ts";
import { once, type ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import { loadTicket } from "../ticket-store.ts";
import { codeHash, isCode } from "./codes.ts";
import { customersConfig } from "./customers-config.ts";
import {
  dimensionNames,
  expectations,
  type Feedback,
  type FeedbackContent,
  type FeedbackSource,
  type FeedbackSummary,
} from "./feedback.ts";
import { cursorOf, parseCursor } from "./page-cursor.ts";
import { tablesOf } from "./report-store.ts";

/**
 * What a customer answers by his own link. The code is all that is needed, and no code that a ticket or its progress page
 * shows: whoever did the work cannot rate it (FB-2). The same link again, with the same answer or another, is refused.
 * @throws CodedError LINK_UNKNOWN for every link that opens nothing, FEEDBACK_GIVEN (FB-1)
 */
export async function rateByLink(
  work: ServiceWork,
  code: string,
  content: FeedbackContent,
): Promise<Feedback> {
  const link = await findLink(work.tx, code, work.at);
  if (!link) throw linkUnknown();
  if (link.used_at !== null) throw alreadyGiven();
  await tablesOf(work.tx)
    .updateTable("rating_links")
    .set({ used_at: work.at })
    .where("code_hash", "=", link.code_hash)
    .execute();
  const subject = {
    subject: link.subject,
    source: link.source as FeedbackSource,
    ticketId: link.ticket_id ?? undefined,
    customerId: link.customer_id ?? undefined,
  };
  return save(work, subject, { content, channel: "link" });
}

/**
 * What a customer answers a follow-up agent on the telephone.
 * @throws CodedError TICKET_UNKNOWN, FEEDBACK_GIVEN (FB-1), FEEDBACK_EARLY before the work is done
 */
export const recordFeedback = (
  work: ServiceWork,
  order: {
    readonly ticketId: string;
    readonly content: FeedbackContent;
    readonly commandId: string;
  },
): Promise<Feedback> =>
  once(
    work,
    { commandId: order.commandId, name: "feedback.record", subject: order.ticketId },
    async () => {
      const { ticketId, content } = order;
      const found = await loadTicket(work.tx, ticketId);
      if (!found) throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
      const { stage } = found.ticket;
      if (stage !== "follow_up" && stage !== "done" && stage !== "feedback")
        throw new CodedError("FEEDBACK_EARLY", `the work on ${ticketId} is not done`);
      const subject = { subject: ticketId, source: "follow_up", ticketId } as const;
      return save(work, subject, { content, channel: "phone" });
    },
  );

export const linkUnknown = (): CodedError =>
  new CodedError("LINK_UNKNOWN", "this link is not valid, or no longer");
const alreadyGiven = (): CodedError =>
  new CodedError("FEEDBACK_GIVEN", "there is an answer already");

/** A link that may still be used, or was. */
export async function findLink(reader: Reader, code: string, at: string) {
  if (!isCode(code)) return undefined;
  return tablesOf(reader)
    .selectFrom("rating_links")
    .selectAll()
    .where("code_hash", "=", codeHash(code))
    .where("expires_at", ">", at)
    .executeTakeFirst();
}

/**
 * Makes the one link of a subject and source. One that was not used yet is replaced: nobody can tell an old code again.
 * Undefined when there is an answer already.
 */
export async function makeLink(
  { tx, ids, at, nowMs }: ServiceWork,
  of: {
    readonly subject: string;
    readonly source: FeedbackSource;
    readonly ticketId?: string;
    readonly customerId?: string;
  },
): Promise<string | undefined> {
  const { subject, source, ticketId = null, customerId = null } = of;
  const earlier = await tablesOf(tx)
    .selectFrom("rating_links")
    .select(["code_hash", "used_at"])
    .where("subject", "=", subject)
    .where("source", "=", source)
    .executeTakeFirst();
  if (earlier && earlier.used_at !== null) return undefined;
  if (earlier)
    await tablesOf(tx)
      .deleteFrom("rating_links")
      .where("code_hash", "=", earlier.code_hash)
      .execute();
  const code = ids.progressCode();
  await tablesOf(tx)
    .insertInto("rating_links")
    .values({
      code_hash: codeHash(code),
      subject,
      source,
      ticket_id: ticketId,
      customer_id: customerId,
      created_at: at,
      expires_at: new Date(nowMs + customersConfig.ratingLinkMs).toISOString(),
      used_at: null,
    })
    .execute();
  return code;
}

interface Subject {
  readonly subject: string;
  readonly source: FeedbackSource;
  readonly ticketId?: string | undefined;
  readonly customerId?: string | undefined;
}

async function save(
  { tx, ids, at }: ServiceWork,
  { subject, source, ticketId, customerId }: Subject,
  said: { readonly content: FeedbackContent; readonly channel: Feedback["channel"] },
): Promise<Feedback> {
  const earlier = await tablesOf(tx)
    .selectFrom("feedback")
    .select("feedback_id")
    .where("subject", "=", subject)
    .where("source", "=", source)
    .executeTakeFirst();
  if (earlier) throw alreadyGiven();
  const found = ticketId === undefined ? undefined : await loadTicket(tx, ticketId);
  const feedback: Feedback = {
    ...said.content,
    feedbackId: ids.rowId(),
    source,
    channel: said.channel,
    ...(customerId === undefined ? {} : { customerId }),
    ...(found ? about(found.ticket) : {}),
    submittedAt: at,
  };
  await tablesOf(tx)
    .insertInto("feedback")
    .values({
      feedback_id: feedback.feedbackId,
      subject,
      source,
      ticket_id: ticketId ?? null,
      customer_id: feedback.customerId ?? null,
      machine_id: feedback.machineId ?? null,
      region_id: feedback.regionId ?? null,
      station_id: feedback.stationId ?? null,
      engineer_id: feedback.engineerId ?? null,
      product_type: feedback.productType ?? null,
      nps: feedback.npsScore ?? null,
      csat: feedback.csat ?? null,
      at,
      body: JSON.stringify(feedback),
    })
    .execute();
  if (found) {
    const { npsScore: nps, csat } = said.content;
    await saveRating(tx, found.ticket, { source, nps, csat });
  }
  return feedback;
}

/** Whose work it is, as the ticket knows at this moment: whoever was there last. */
function about(ticket: Ticket) {
  const { ticketId, customerId, machineId, regionId, stationId, productType } = ticket;
  const engineerId = ticket.visitLog.at(-1)?.engineerId ?? ticket.assignment?.engineerId;
  return {
    ticketId,
    regionId,
    stationId,
    ...(customerId === undefined ? {} : { customerId }),
    ...(machineId === undefined ? {} : { machineId }),
    ...(engineerId === undefined ? {} : { engineerId }),
    ...(productType === undefined ? {} : { productType }),
  };
}

export interface FeedbackFilter {
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
  /** All regions at and below the one that is asked for. */
  readonly regionIds?: readonly string[];
  readonly stationId?: string;
  readonly engineerId?: string;
  readonly productType?: string;
  readonly customerId?: string;
  readonly ticketId?: string;
  readonly source?: FeedbackSource;
}

const columns = {
  stationId: "station_id",
  engineerId: "engineer_id",
  productType: "product_type",
  customerId: "customer_id",
  ticketId: "ticket_id",
  source: "source",
} as const;

function select(reader: Reader, filter: FeedbackFilter) {
  let query = tablesOf(reader).selectFrom("feedback").selectAll();
  if (filter.from !== undefined) query = query.where("at", ">=", filter.from);
  if (filter.to !== undefined) query = query.where("at", "<", filter.to);
  if (filter.regionIds !== undefined) query = query.where("region_id", "in", [...filter.regionIds]);
  for (const [name, column] of Object.entries(columns)) {
    const wanted = filter[name as keyof typeof columns];
    if (wanted !== undefined) query = query.where(column, "=", wanted);
  }
  return query;
}

/** Newest first; for headquarters. */
export async function loadFeedback(
  reader: Reader,
  filter: FeedbackFilter & { readonly limit: number; readonly after?: string },
): Promise<{ readonly items: Feedback[]; readonly next: string | null }> {
  const { limit, after } = filter;
  let query = select(reader, filter)
    .orderBy("at", "desc")
    .orderBy("feedback_id", "desc")
    .limit(limit + 1);
  if (after !== undefined) {
    const [at, id] = parseCursor(after);
    query = query.where(({ or, and, eb }) =>
      or([eb("at", "<", at), and([eb("at", "=", at), eb("feedback_id", "<", id)])]),
    );
  }
  const rows = await query.execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(({ body }) => JSON.parse(body) as Feedback),
    next: last ? cursorOf(last.at, last.feedback_id) : null,
  };
}

/** The answers as the KPI formulas want them. */
export async function ratingsOf(reader: Reader, filter: FeedbackFilter) {
  const rows = await select(reader, filter).execute();
  const scores = rows.flatMap(({ nps }) => (nps === null ? [] : [npsClassOf(nps)]));
  const marks = rows.flatMap(({ csat }) => (csat === null ? [] : [csat]));
  const countOf = (name: (typeof scores)[number]) => scores.filter((one) => one === name).length;
  return {
    promoters: countOf("promoters"),
    passives: countOf("passives"),
    detractors: countOf("detractors"),
    csatAnswers: marks.length,
    csatSatisfied: marks.filter((mark) => mark >= 4).length,
  };
}

export async function summaryOf(reader: Reader, filter: FeedbackFilter): Promise<FeedbackSummary> {
  const ratings = await ratingsOf(reader, filter);
  const rows = await select(reader, filter).execute();
  const said = rows.map(({ body }) => JSON.parse(body) as Feedback);
  const countOf = (name: Feedback["expectation"]) =>
    said.filter(({ expectation }) => expectation === name).length;
  const meanOf = (name: (typeof dimensionNames)[number]) => {
    const marks = said.flatMap(({ dimensions }) => dimensions?.[name] ?? []);
    return share(
      marks.reduce((sum, mark) => sum + mark, 0),
      marks.length,
    );
  };
  return {
    answers: said.length,
    nps: npsOf(ratings),
    csat: share(ratings.csatSatisfied, ratings.csatAnswers),
    expectations: Object.fromEntries(
      expectations.map((name) => [name, countOf(name)]),
    ) as FeedbackSummary["expectations"],
    dimensions: Object.fromEntries(
      dimensionNames.map((name) => [name, meanOf(name)]),
    ) as FeedbackSummary["dimensions"],
  };
}

/** For those who must not learn who said what: nothing while so few have answered that it would show. */
export const withoutFew = (summary: FeedbackSummary): FeedbackSummary =>
  summary.answers >= customersConfig.leastAnswers ? summary : emptySummary(summary.answers);

const emptySummary = (answers: number): FeedbackSummary => ({
  answers,
  nps: null,
  csat: null,
  expectations: { exceed: 0, above: 0, meet: 0, below: 0 },
  dimensions: {
    tangibles: null,
    reliability: null,
    responsiveness: null,
    assurance: null,
    empathy: null,
  },
});
