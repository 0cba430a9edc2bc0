import type { Evidence, Ticket } from "./types.ts";

type SignalEvidence = Extract<Evidence, { kind: "signal" }>;
const isOfSignal = (one: Evidence): one is SignalEvidence => one.kind === "signal";

/** What signals show of the tickets; `isActive` marks what goes on now. Pure. */
export function signalsInTrouble(
  tickets: readonly Pick<Ticket, "evidence" | "activeFindings">[],
): { signal: string; limit: number | null; isActive: boolean }[] {
  return tickets.flatMap((ticket) => {
    const active = new Set(ticket.activeFindings);
    return ticket.evidence.filter(isOfSignal).map(({ signal, limit, measure, findingId }) => ({
      signal,
      limit: measure === undefined ? limit : null,
      isActive: active.has(findingId),
    }));
  });
}
