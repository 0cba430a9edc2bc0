import type { Evidence, Ticket } from "./types.ts";

/** The findings of a ticket that have not been cleared since they were last seen. Pure. */
export function activeFindings({ timeline }: Pick<Ticket, "timeline">): Set<string> {
  const active = new Set<string>();
  for (const event of timeline) {
    if (event.type === "evidence-added") active.add(event.findingId);
    if (event.type === "finding-cleared") active.delete(event.findingId);
  }
  return active;
}

type SignalEvidence = Extract<Evidence, { kind: "signal" }>;
const isOfSignal = (one: Evidence): one is SignalEvidence => one.kind === "signal";

/** What signals show of the tickets; `isActive` marks what goes on now. Pure. */
export function signalsInTrouble(
  tickets: readonly Pick<Ticket, "evidence" | "timeline">[],
): { signal: string; limit: number | null; isActive: boolean }[] {
  return tickets.flatMap((ticket) => {
    const active = activeFindings(ticket);
    return ticket.evidence.filter(isOfSignal).map(({ signal, limit, findingId }) => ({
      signal,
      limit,
      isActive: active.has(findingId),
    }));
  });
}
