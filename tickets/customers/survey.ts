import { enqueueNotices } from "../channels/notice.ts";
import type { Reader } from "../organisation/file-store.ts";
import { dayIn } from "../organisation/load-organisation.ts";
import type { ServiceWork } from "../service-work.ts";
import type { TicketTables } from "../tables.ts";
import { customersConfig } from "./customers-config.ts";
import { makeLink } from "./feedback-store.ts";
import { tablesOf } from "./report-store.ts";

/** A quarter of the year such as `2026-Q1`, by the day in the survey's time zone. */
export function quarterOf(nowMs: number, zone: string = customersConfig.surveyZone): string {
  const [year = "", month = ""] = dayIn(zone, nowMs).split("-");
  return `${year}-Q${Math.ceil(Number(month) / 3)}`;
}

export interface Campaign {
  readonly quarter: string;
  readonly startedAt: string;
  readonly invited: number;
  readonly answered: number;
}

/**
 * Starts the campaign of a quarter that has begun: every customer who was served in the quarter before is asked once
 * (O-30). Again within the same quarter does nothing. The very first start only notes the quarter, so that a new hub asks
 * nobody out of the blue. Returns how many were invited.
 */
export async function startCampaign(work: ServiceWork): Promise<number> {
  const { tx, nowMs, at } = work;
  const quarter = quarterOf(nowMs);
  const [last] = await tablesOf(tx)
    .selectFrom("survey_campaigns")
    .select(["quarter", "started_at"])
    .orderBy("quarter", "desc")
    .limit(1)
    .execute();
  if (last && last.quarter >= quarter) return 0;
  const customers = last ? await servedSince(work, last.started_at) : [];
  for (const customerId of customers) await invite(work, quarter, customerId);
  await tablesOf(tx)
    .insertInto("survey_campaigns")
    .values({ quarter, started_at: at, invited: customers.length })
    .execute();
  return customers.length;
}

/** Customers with a ticket that was closed since then. */
async function servedSince({ tx }: ServiceWork, since: string): Promise<string[]> {
  const rows = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("body")
    .where("state", "=", "closed")
    .where("kind", "!=", "parts")
    .where("closed_at", ">=", since)
    .execute();
  const ids = rows.flatMap(
    ({ body }) => (JSON.parse(body) as { customerId?: string }).customerId ?? [],
  );
  return [...new Set(ids)].sort();
}

async function invite(work: ServiceWork, quarter: string, customerId: string): Promise<void> {
  const { tx, at } = work;
  await tablesOf(tx)
    .insertInto("survey_invitations")
    .values({ quarter, customer_id: customerId, at })
    .execute();
  const subject = `${quarter}:${customerId}`;
  const code = await makeLink(work, { subject, source: "quarterly", customerId });
  if (code === undefined) return;
  await enqueueNotices(work, [
    {
      kind: "survey-invited",
      audience: { to: "customer", customerId },
      priority: "planned",
      facts: { path: `/rate/${code}`, quarter },
    },
  ]);
}

/** Newest first. */
export async function loadCampaigns(reader: Reader): Promise<Campaign[]> {
  const tables = tablesOf(reader);
  const rows = await tables
    .selectFrom("survey_campaigns")
    .selectAll()
    .orderBy("quarter", "desc")
    .limit(40)
    .execute();
  const answers = await tables
    .selectFrom("feedback")
    .select("subject")
    .where("source", "=", "quarterly")
    .execute();
  const countOf = (quarter: string) =>
    answers.filter(({ subject }) => subject.startsWith(`${quarter}:`)).length;
  return rows.map(({ quarter, started_at, invited }) => ({
    quarter,
    startedAt: started_at,
    invited,
    answered: countOf(quarter),
  }));
}
