import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Static, Type } from "typebox";
import type { ServiceWork } from "../service-work.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { partsConfig } from "./parts-config.ts";
import { fulfil } from "./reservations.ts";
import { book } from "./stock-ledger.ts";
import { ensureItem } from "./stock-levels.ts";
import { type Reader, stockTablesOf } from "./stock-locations.ts";
import { loanStates, type StockTables } from "./stock-tables.ts";

/** Parts handed out for one job: they are used or come back, and in warranty the old part comes back too (SK-7). */
export const PartLoan = Type.Object(
  {
    loanId: Type.String(),
    ticketId: Type.String({ description: "parts ticket" }),
    parentId: Type.Optional(Type.String({ description: "ticket of the job" })),
    partNo: Type.String(),
    quantity: Type.Integer({ minimum: 1 }),
    used: Type.Integer({ minimum: 0 }),
    returned: Type.Integer({ minimum: 0 }),
    locationId: Type.String({ description: "where it was handed out" }),
    engineerId: Type.Optional(Type.String()),
    state: literals(loanStates),
    openedAt: Instant,
    remindAt: Type.Optional(Type.String({ description: "when an unused part is asked for" })),
    coreDueAt: Type.Optional(Type.String({ description: "when the old part must be back" })),
    coreReturnedAt: Type.Optional(Instant),
    closedAt: Type.Optional(Instant),
  },
  closed,
);
export type PartLoan = Static<typeof PartLoan>;

const DAY_MS = 24 * 3_600_000;

export const toLoan = (row: StockTables["part_loans"]): PartLoan => ({
  loanId: row.loan_id,
  ticketId: row.ticket_id,
  ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
  partNo: row.part_no,
  quantity: row.quantity,
  used: row.used,
  returned: row.returned,
  locationId: row.location_id,
  ...(row.engineer_id === null ? {} : { engineerId: row.engineer_id }),
  state: row.state,
  openedAt: row.opened_at,
  ...(row.remind_at === null ? {} : { remindAt: row.remind_at }),
  ...(row.core_due_at === null ? {} : { coreDueAt: row.core_due_at }),
  ...(row.core_returned_at === null ? {} : { coreReturnedAt: row.core_returned_at }),
  ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
});

export interface LoanWish {
  readonly ticketId: string;
  readonly parentId?: string | undefined;
  readonly engineerId?: string | undefined;
  readonly partNo: string;
  readonly quantity: number;
  readonly locationId: string;
  readonly reservationId: string;
  /** To the customer, who fits it himself: an issue instead of a loan to an engineer. */
  readonly isIssue?: boolean;
}

/** Hands reserved pieces out; the reservation is fulfilled. */
export async function openLoan(work: ServiceWork, wish: LoanWish): Promise<string> {
  const { tx, ids, at, nowMs } = work;
  const { ticketId, partNo, quantity, locationId } = wish;
  const loanId = ids.rowId();
  await fulfil(work, wish.reservationId);
  await book(work, {
    kind: wish.isIssue ? "issue" : "loan_out",
    partNo,
    locationId,
    quantity: -quantity,
    isReserved: true,
    ticketId,
    loanId,
  });
  await stockTablesOf(tx)
    .insertInto("part_loans")
    .values({
      loan_id: loanId,
      ticket_id: ticketId,
      parent_id: wish.parentId ?? null,
      part_no: partNo,
      quantity,
      used: 0,
      returned: 0,
      location_id: locationId,
      engineer_id: wish.engineerId ?? null,
      state: "open",
      is_open: 1,
      opened_at: at,
      remind_at: new Date(nowMs + partsConfig.loans.unusedReminderDays * DAY_MS).toISOString(),
      core_due_at: null,
      core_returned_at: null,
      closed_at: null,
    })
    .execute();
  return loanId;
}

/** @throws CodedError LOAN_UNKNOWN */
export async function requireLoan(reader: Reader, loanId: string): Promise<PartLoan> {
  const row = await stockTablesOf(reader)
    .selectFrom("part_loans")
    .selectAll()
    .where("loan_id", "=", loanId)
    .executeTakeFirst();
  if (!row) throw new CodedError("LOAN_UNKNOWN", `there is no loan ${loanId}`);
  return toLoan(row);
}

/** Loans of a parts ticket, or of all parts tickets of a job; open ones only when asked. */
export async function loadLoans(
  reader: Reader,
  of: { readonly ticketId: string } | { readonly parentId: string },
): Promise<PartLoan[]> {
  const query = stockTablesOf(reader).selectFrom("part_loans").selectAll();
  const chosen =
    "ticketId" in of
      ? query.where("ticket_id", "=", of.ticketId)
      : query.where("parent_id", "=", of.parentId);
  const rows = await chosen.orderBy("opened_at").orderBy("loan_id").execute();
  return rows.map(toLoan);
}

const stillOut = ({ quantity, used, returned }: PartLoan): number => quantity - used - returned;

/**
 * Pieces of a loan were fitted. In warranty their old parts must come back.
 * @throws CodedError LOAN_STATE when fewer are out
 */
export async function useLoan(
  work: ServiceWork,
  loan: PartLoan,
  use: {
    readonly quantity: number;
    /** Of the service report (SK-4). */
    readonly reportLine: string;
    readonly isInWarranty: boolean;
  },
): Promise<PartLoan> {
  requireOut(loan, use.quantity);
  const { partNo, locationId, ticketId, loanId } = loan;
  await book(work, {
    kind: "consume",
    partNo,
    locationId,
    quantity: 0,
    amount: use.quantity,
    ticketId,
    loanId,
    reportLine: use.reportLine,
  });
  const dueAt = new Date(work.nowMs + partsConfig.loans.coreReturnDays * DAY_MS).toISOString();
  return saveLoan(work, {
    ...loan,
    used: loan.used + use.quantity,
    ...(use.isInWarranty ? { coreDueAt: loan.coreDueAt ?? dueAt } : {}),
  });
}

/**
 * Unused pieces come back: to where they were handed out, or another place.
 * @throws CodedError LOAN_STATE when fewer are out
 */
export async function returnLoan(
  work: ServiceWork,
  loan: PartLoan,
  back: { readonly quantity: number; readonly locationId?: string | undefined },
): Promise<PartLoan> {
  requireOut(loan, back.quantity);
  const { partNo, ticketId, loanId } = loan;
  const { locationId = loan.locationId, quantity } = back;
  await ensureItem(work, partNo, locationId);
  await book(work, { kind: "loan_return", partNo, locationId, quantity, ticketId, loanId });
  return saveLoan(work, { ...loan, returned: loan.returned + quantity });
}

/**
 * The old parts of a loan came back.
 * @throws CodedError LOAN_STATE when none is due
 */
export async function returnCore(work: ServiceWork, loan: PartLoan): Promise<PartLoan> {
  if (loan.coreDueAt === undefined || loan.coreReturnedAt !== undefined)
    throw new CodedError("LOAN_STATE", `loan ${loan.loanId} owes no old part`);
  const { partNo, locationId, ticketId, loanId, used } = loan;
  await book(work, {
    kind: "core_return",
    partNo,
    locationId,
    quantity: 0,
    amount: used,
    ticketId,
    loanId,
  });
  return saveLoan(work, { ...loan, coreReturnedAt: work.at });
}

function requireOut(loan: PartLoan, quantity: number): void {
  if (quantity < 1 || quantity > stillOut(loan))
    throw new CodedError(
      "LOAN_STATE",
      `loan ${loan.loanId} of ${loan.partNo}: ${stillOut(loan)} still out, not ${quantity}`,
    );
}

/** SK-7: closed by return of the unused, or consumption and, in warranty, return of the old part. */
async function saveLoan(work: ServiceWork, changed: PartLoan): Promise<PartLoan> {
  const isBack = stillOut(changed) === 0;
  const owesCore = changed.coreDueAt !== undefined && changed.coreReturnedAt === undefined;
  const settled = changed.used > 0 ? "consumed" : "returned";
  const state = !isBack ? "open" : owesCore ? settled : "closed";
  const loan: PartLoan = {
    ...changed,
    state,
    ...(state === "closed" ? { closedAt: work.at } : {}),
  };
  await stockTablesOf(work.tx)
    .updateTable("part_loans")
    .set({
      used: loan.used,
      returned: loan.returned,
      state,
      is_open: state === "closed" ? 0 : 1,
      ...(isBack ? { remind_at: null } : {}),
      core_due_at: loan.coreDueAt ?? null,
      core_returned_at: loan.coreReturnedAt ?? null,
      closed_at: loan.closedAt ?? null,
    })
    .where("loan_id", "=", loan.loanId)
    .execute();
  return loan;
}

/** Unused parts that should be back by now; each is named once. */
export async function takeReminders(work: ServiceWork, limit: number): Promise<PartLoan[]> {
  const tables = stockTablesOf(work.tx);
  const rows = await tables
    .selectFrom("part_loans")
    .selectAll()
    .where("is_open", "=", 1)
    .where("remind_at", "<=", work.at)
    .orderBy("remind_at")
    .limit(limit)
    .execute();
  for (const { loan_id } of rows)
    await tables
      .updateTable("part_loans")
      .set({ remind_at: null })
      .where("loan_id", "=", loan_id)
      .execute();
  return rows.map(toLoan);
}
