import type { PrepareNotice } from "../channels/outbox.ts";
import { createTicketIds } from "../ticket-ids.ts";
import { makeLink } from "./feedback-store.ts";

/**
 * An invitation to rate gets its link when it goes out: a code of its own, which no ticket and no list shows. Undefined
 * for a ticket that was rated already.
 */
export function invitesToRate(nowMs: () => number): PrepareNotice {
  const ids = createTicketIds(nowMs);
  return async (tx, notice) => {
    const { kind, ticketId, facts } = notice;
    if (kind !== "rating-invited" || ticketId === undefined) return notice;
    const now = nowMs();
    const work = {
      tx,
      actor: { kind: "system", id: "channels" },
      nowMs: now,
      at: new Date(now).toISOString(),
      ids,
    } as const;
    const code = await makeLink(work, { subject: ticketId, source: "micro", ticketId });
    if (code === undefined) return undefined;
    return { ...notice, facts: { ...facts, path: `/rate/${code}` } };
  };
}
