import { CodedError } from "@firebreak/kit/coded-error.ts";
import { enqueueNotices, type Notice } from "../channels/notice.ts";
import type { Reader } from "../organisation/file-store.ts";
import { once, type ServiceWork } from "../service-work.ts";
import { loadTicket } from "../ticket-store.ts";
import { advance, type Complaint, type ComplaintState, dueOf } from "./complaint.ts";
import { type Contact, saveContact } from "./contact.ts";
import type { CustomerTables } from "./customers-tables.ts";
import { cursorOf, parseCursor } from "./page-cursor.ts";
import { tablesOf } from "./report-store.ts";

export interface ComplaintOrder {
  readonly text: string;
  readonly ticketId?: string;
  readonly customerId?: string;
  readonly machineId?: string;
  readonly contact?: Contact;
  readonly commandId: string;
}

/** @throws CodedError TICKET_UNKNOWN */
export const openComplaint = (work: ServiceWork, order: ComplaintOrder): Promise<Complaint> =>
  once(work, { commandId: order.commandId, name: "complaint.open", subject: "" }, async () => {
    const { tx, ids, at } = work;
    const { text, ticketId, contact } = order;
    const ticket = ticketId === undefined ? undefined : await loadTicket(tx, ticketId);
    if (ticketId !== undefined && !ticket)
      throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
    const customerId = order.customerId ?? ticket?.ticket.customerId;
    const machineId = order.machineId ?? ticket?.ticket.machineId;
    const contactId = await saveContact(work, contact);
    const dueAt = dueOf("open", at);
    const complaint: Complaint = {
      complaintId: ids.rowId(),
      state: "open",
      openedAt: at,
      ...(dueAt === undefined ? {} : { dueAt }),
      ...(ticketId === undefined ? {} : { ticketId }),
      ...(customerId === undefined ? {} : { customerId }),
      ...(machineId === undefined ? {} : { machineId }),
      ...(contactId === undefined ? {} : { contactId }),
      text,
      steps: [],
      version: 1,
    };
    await tablesOf(tx).insertInto("complaints").values(toRow(complaint)).execute();
    await enqueueNotices(work, [noticeOf("complaint-opened", complaint)]);
    return complaint;
  });

/** @throws CodedError COMPLAINT_UNKNOWN, COMPLAINT_STATE */
export const advanceComplaint = (
  work: ServiceWork,
  order: {
    readonly complaintId: string;
    readonly to: ComplaintState;
    readonly note: string;
    readonly commandId: string;
  },
): Promise<Complaint> => {
  const { complaintId, to, note, commandId } = order;
  const command = { commandId, name: `complaint.${to}`, subject: complaintId };
  return once(work, command, async () => {
    const before = await requireComplaint(work.tx, complaintId);
    const after = advance(before, { to, at: work.at, by: work.actor.id, note });
    await tablesOf(work.tx)
      .updateTable("complaints")
      .set(toRow(after))
      .where("complaint_id", "=", complaintId)
      .where("version", "=", before.version)
      .execute();
    return after;
  });
};

/** Tells headquarters of each step that is late, once. Returns how many. */
export async function tellOverdueComplaints(work: ServiceWork): Promise<number> {
  const rows = await tablesOf(work.tx)
    .selectFrom("complaints")
    .selectAll()
    .where("state", "!=", "closed")
    .where("due_at", "<", work.at)
    .where("told_overdue", "=", 0)
    .execute();
  for (const row of rows) {
    await enqueueNotices(work, [noticeOf("complaint-overdue", JSON.parse(row.body) as Complaint)]);
    await tablesOf(work.tx)
      .updateTable("complaints")
      .set({ told_overdue: 1 })
      .where("complaint_id", "=", row.complaint_id)
      .execute();
  }
  return rows.length;
}

/** Never its text: that is the customer's. */
const noticeOf = (kind: string, { complaintId, ticketId, dueAt = "" }: Complaint): Notice => ({
  kind,
  audience: { to: "role", role: "hq_service" },
  priority: "major",
  ...(ticketId === undefined ? {} : { ticketId }),
  facts: { complaintId, dueAt },
});

export async function requireComplaint(reader: Reader, complaintId: string): Promise<Complaint> {
  const row = await tablesOf(reader)
    .selectFrom("complaints")
    .select("body")
    .where("complaint_id", "=", complaintId)
    .executeTakeFirst();
  if (!row) throw new CodedError("COMPLAINT_UNKNOWN", `there is no complaint ${complaintId}`);
  return JSON.parse(row.body) as Complaint;
}

/** A new step is due at a new time, so its being late is news again. */
const toRow = (complaint: Complaint): CustomerTables["complaints"] => ({
  complaint_id: complaint.complaintId,
  state: complaint.state,
  ticket_id: complaint.ticketId ?? null,
  customer_id: complaint.customerId ?? null,
  opened_at: complaint.openedAt,
  due_at: complaint.dueAt ?? null,
  told_overdue: 0,
  version: complaint.version,
  body: JSON.stringify(complaint),
});

export interface ComplaintQuery {
  readonly state?: ComplaintState;
  readonly ticketId?: string;
  readonly customerId?: string;
  readonly limit: number;
  readonly after?: string;
}

/** Newest first. */
export async function loadComplaints(
  reader: Reader,
  { state, ticketId, customerId, limit, after }: ComplaintQuery,
): Promise<{ readonly items: Complaint[]; readonly next: string | null }> {
  let query = tablesOf(reader)
    .selectFrom("complaints")
    .select(["body", "opened_at", "complaint_id"])
    .orderBy("opened_at", "desc")
    .orderBy("complaint_id", "desc")
    .limit(limit + 1);
  if (state !== undefined) query = query.where("state", "=", state);
  if (ticketId !== undefined) query = query.where("ticket_id", "=", ticketId);
  if (customerId !== undefined) query = query.where("customer_id", "=", customerId);
  if (after !== undefined) {
    const [at, id] = parseCursor(after);
    query = query.where(({ or, and, eb }) =>
      or([eb("opened_at", "<", at), and([eb("opened_at", "=", at), eb("complaint_id", "<", id)])]),
    );
  }
  const rows = await query.execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ body }) => JSON.parse(body) as Complaint),
    next: last ? cursorOf(last.opened_at, last.complaint_id) : null,
  };
}
