import { type Static, Type } from "typebox";
import type { TicketTables } from "./tables.ts";
import { conditionsOf, type TicketFilter } from "./ticket-filter.ts";
import type { Reader } from "./ticket-store.ts";
import { closed } from "./vocabulary.ts";

const Count = Type.Integer({ minimum: 0 });
const HOUR_MS = 3_600_000;

/** The open inspections and repairs of the dispatch board, in numbers. */
export const BoardFigures = Type.Object(
  {
    open: Count,
    unassigned: Type.Integer({ minimum: 0, description: "new or acknowledged, with nobody sent" }),
    dueWithinHour: Type.Integer({ minimum: 0, description: "and not over yet" }),
    breached: Type.Integer({ minimum: 0, description: "a running clock is past its due time" }),
    waitingParts: Count,
  },
  closed,
);
export type BoardFigures = Static<typeof BoardFigures>;

/** Counts by columns; no timelines are read. */
export async function countBoard(
  reader: Reader,
  filter: TicketFilter,
  nowMs: number,
): Promise<BoardFigures> {
  const now = new Date(nowMs).toISOString();
  const soon = new Date(nowMs + HOUR_MS).toISOString();
  const row = await reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .where((where) => where.and(conditionsOf(where, { ...filter, state: "open", kind: "work" })))
    .select((column) => {
      const of = column.fn.countAll<number>();
      return [
        of.as("open"),
        of
          .filterWhere("engineer_id", "is", null)
          .filterWhere("state", "in", ["new", "acknowledged"])
          .as("unassigned"),
        of.filterWhere("due_at", ">=", now).filterWhere("due_at", "<", soon).as("dueWithinHour"),
        of.filterWhere("due_at", "<", now).as("breached"),
        of.filterWhere("state", "=", "waiting_parts").as("waitingParts"),
      ];
    })
    .executeTakeFirstOrThrow();
  const { open, unassigned, dueWithinHour, breached, waitingParts } = row;
  return {
    open: Number(open),
    unassigned: Number(unassigned),
    dueWithinHour: Number(dueWithinHour),
    breached: Number(breached),
    waitingParts: Number(waitingParts),
  };
}
