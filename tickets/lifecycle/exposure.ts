import type { Ticket } from "../ticket.ts";
import type { Priority } from "../vocabulary.ts";

/** Engineering defaults: how much is at stake while a ticket waits. */
const weights = {
  priority: { emergency: 8, major: 4, general: 2, planned: 1 } satisfies Record<Priority, number>,
  safety: 8,
  tier: { exceed: 3, above: 2, meet: 1 },
  customerWaits: 2,
  reopened: 2,
  breached: 4,
} as const;

/** Points by which tickets that are due at the same time are ordered: more is worse. Pure, whole number. */
export function exposureOf(ticket: Ticket): number {
  const { priority, tier = "meet", safetyRelated, customerReported, reopenCount, sla } = ticket;
  const isBreached = sla.some(({ status, stoppedAt }) => status === "breached" && !stoppedAt);
  return (
    weights.priority[priority] * weights.tier[tier] +
    (safetyRelated ? weights.safety : 0) +
    (customerReported ? weights.customerWaits : 0) +
    (reopenCount > 0 ? weights.reopened : 0) +
    (isBreached ? weights.breached : 0)
  );
}
