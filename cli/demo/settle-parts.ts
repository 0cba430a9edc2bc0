import type { ReportContent } from "@firebreak/tickets/field/service-report.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { isOpen } from "@firebreak/tickets/vocabulary.ts";
import type { DemoDesks } from "./demo-desks.ts";
import { demoActor } from "./seed-organisation.ts";

/** What was handed out for a job: all of it is fitted. */
export async function partsHandedOut(
  { tickets }: Pick<DemoDesks, "tickets">,
  { childIds }: Pick<Ticket, "childIds">,
): Promise<ReportContent["partsUsed"]> {
  const children = await Promise.all(childIds.map((id) => tickets.get(id)));
  return children
    .flatMap(({ parts }) => parts)
    .filter(({ state }) => state === "loaned")
    .map(({ partNo, quantity }) => ({ partNo, quantity, oldPartReturned: true }));
}

/** Ends the parts of a job that is done: old parts come back, what nobody needed is called off. */
export async function settleParts(
  { tickets, stock }: Pick<DemoDesks, "tickets" | "stock">,
  { childIds }: Pick<Ticket, "childIds">,
  key: string,
): Promise<void> {
  for (const [at, ticketId] of childIds.entries()) {
    const by = (name: string) => ({ actor: demoActor, commandId: `demo/${key}/${name}/${at}` });
    const child = await tickets.get(ticketId);
    if (!isOpen(child.state)) continue;
    if (child.state !== "consumed" && child.state !== "returned") {
      await stock.cancelRequest({ ...by("cancel"), ticketId, reason: "不需要 / not needed" });
      continue;
    }
    for (const loanId of child.parts.flatMap(({ loanIds = [] }) => loanIds)) {
      const { items } = await stock.loans({ isOpen: true, limit: 200 });
      if (items.some((loan) => loan.loanId === loanId))
        await stock.returnOldPart({ ...by(`old-part/${loanId}`), loanId });
    }
    await stock.closeRequest({ ...by("close"), ticketId });
  }
}
