import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { BoardCard } from "./board-card.ts";
import type { TicketTables } from "./tables.ts";
import { conditionsOf, type TicketFilter } from "./ticket-filter.ts";
import type { Reader } from "./ticket-store.ts";
import type { TicketState } from "./vocabulary.ts";

export interface BoardQuery extends TicketFilter {
  /** `due`: what is due first, of that what is most at stake; `exposure`: the other way round. */
  readonly sort?: "due" | "exposure";
  /** 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface BoardItem extends BoardCard {
  /** States of the parts tickets of the job. */
  readonly parts: readonly { readonly ticketId: string; readonly state: TicketState }[];
}

export interface BoardPage {
  readonly items: BoardItem[];
  readonly next: string | null;
}

const MAX_PAGE = 200;

/** The queue of dispatch. Reads columns and cards, no timelines. */
export async function loadBoard(reader: Reader, query: BoardQuery): Promise<BoardPage> {
  const { sort = "due", limit, after } = query;
  const size = Math.min(Math.max(1, limit), MAX_PAGE);
  let select = reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["ticket_id", "due_at", "exposure", "card"])
    .where((where) => where.and(conditionsOf(where, { state: "open", kind: "work", ...query })))
    .limit(size + 1);
  select =
    sort === "due"
      ? select.orderBy("due_at").orderBy("ticket_id")
      : select.orderBy("exposure", "desc").orderBy("due_at").orderBy("ticket_id");
  if (after !== undefined) {
    const [exposure, dueAt, ticketId] = parseCursor(after);
    select = select.where((where) => {
      const later = where.or([
        where("due_at", ">", dueAt),
        where.and([where("due_at", "=", dueAt), where("ticket_id", ">", ticketId)]),
      ]);
      if (sort === "due") return later;
      const same = where.and([where("exposure", "=", exposure), later]);
      return where.or([where("exposure", "<", exposure), same]);
    });
  }
  const rows = await select.execute();
  const shown = rows.slice(0, size);
  const last = rows.length > size ? shown.at(-1) : undefined;
  const cards = shown.map(({ card }) => JSON.parse(card) as BoardCard);
  return {
    items: await withParts(reader, cards),
    next: last ? toCursor(Number(last.exposure), last.due_at, last.ticket_id) : null,
  };
}

async function withParts(reader: Reader, cards: readonly BoardCard[]): Promise<BoardItem[]> {
  if (cards.length === 0) return [];
  const rows = await reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["parent_id", "ticket_id", "state"])
    .where(
      "parent_id",
      "in",
      cards.map(({ ticketId }) => ticketId),
    )
    .where("kind", "=", "parts")
    .orderBy("ticket_id")
    .execute();
  const byParent = Map.groupBy(rows, (row) => row.parent_id);
  return cards.map((card) => ({
    ...card,
    parts: (byParent.get(card.ticketId) ?? []).map(({ ticket_id, state }) => ({
      ticketId: ticket_id,
      state: state as TicketState,
    })),
  }));
}

const toCursor = (exposure: number, dueAt: string, ticketId: string): string =>
  Buffer.from(`${exposure} ${dueAt} ${ticketId}`).toString("base64url");

function parseCursor(cursor: string): [exposure: number, dueAt: string, ticketId: string] {
  const [exposure, dueAt, ticketId, more] = Buffer.from(cursor, "base64url").toString().split(" ");
  const isWhole =
    ticketId !== undefined && more === undefined && Number.isInteger(Number(exposure));
  if (!isWhole || !dueAt || Number.isNaN(Date.parse(dueAt)))
    throw new CodedError("TICKET_CURSOR", "this is not a `next` of a page of the board");
  return [Number(exposure), dueAt, ticketId];
}

/** The open work of one engineer, what is due first on top. */
export const loadWorkOf = async (reader: Reader, engineerId: string): Promise<BoardItem[]> =>
  (await loadBoard(reader, { engineer: engineerId, limit: MAX_PAGE })).items;
