import type { Ranking } from "@firebreak/tickets/dispatch/rank-engineers.ts";
import type { BoardItem } from "@firebreak/tickets/load-board.ts";
import type { CrewMember } from "@firebreak/tickets/orders/crew.ts";

export type { BoardItem, Ranking };

/** An engineer with load and state; the name only for who may see people. */
export type CrewRow = Omit<CrewMember, "name"> & { readonly name?: string };

export interface Bundle {
  readonly stops: readonly { readonly ticketId: string }[];
  readonly savedKm: number;
}

export type Urgency = "none" | "calm" | "warned" | "breached";

/** How a ticket stands against the clock that is due first; `seconds` until then, negative behind it. Pure. */
export function urgencyOf(
  due: BoardItem["due"],
  nowMs: number,
): { readonly level: Urgency; readonly seconds: number } {
  if (due === undefined) return { level: "none", seconds: 0 };
  const dueMs = Date.parse(due.at);
  const startMs = Date.parse(due.startedAt);
  const seconds = Math.round((dueMs - nowMs) / 1000);
  if (seconds < 0) return { level: "breached", seconds };
  const isWarned = dueMs > startMs && (nowMs - startMs) / (dueMs - startMs) >= 0.8;
  return { level: isWarned ? "warned" : "calm", seconds };
}

/** The engineers for one ticket: those who can go in the order of the ranking, then nobody else. Pure. */
export const rankedCrew = (ranking: Ranking, crew: readonly CrewRow[]) =>
  ranking.ranked.map((ranked) => ({
    ranked,
    member: crew.find(({ engineerId }) => engineerId === ranked.engineerId),
  }));
