import { enqueueNotices, type Notice } from "../channels/notice.ts";
import type { ServiceWork } from "../service-work.ts";
import { type PartLoan, takeReminders } from "./loans.ts";

/** Asks for unused parts that should be back by now, each once. Returns how many were asked for. */
export async function remindOfLoans(work: ServiceWork, limit: number): Promise<number> {
  const due = await takeReminders(work, limit);
  await enqueueNotices(work, due.map(reminderOf));
  return due.length;
}

const reminderOf = (loan: PartLoan): Notice => ({
  kind: "part-return-due",
  audience:
    loan.engineerId === undefined
      ? { to: "role", role: "parts_manager" }
      : { to: "engineer", engineerId: loan.engineerId },
  priority: "general",
  ticketId: loan.ticketId,
  facts: { parts: loan.partNo, quantity: loan.quantity - loan.used - loan.returned },
});
