import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
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
    .select(["ticket_id", "due_at", "exposure", "priority_rank", "card"])
    .where((where) => where.and(conditionsOf(where, { state: "open", kind: "work", ...query })))
    .limit(size + 1);
  select =
    sort === "due"
      ? select.orderBy("due_at").orderBy("exposure", "desc")
      : select.orderBy("exposure", "desc").orderBy("due_at");
  select = select.orderBy("priority_rank").orderBy("ticket_id");
  if (after !== undefined) {
    const last = parseCursor(after);
    select = select.where((where) => isBehind(where, last, sort));
  }
  const rows = await select.execute();
  const shown = rows.slice(0, size);
  const last = rows.length > size ? shown.at(-1) : undefined;
  const cards = shown.map(({ card }) => JSON.parse(card) as BoardCard);
  return {
    items: await withParts(reader, cards),
    next: last ? toCursor(placeOf(last)) : null,
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

/** Where a ticket stands in the queue; no two stand at the same place. */
interface Place {
  readonly dueAt: string;
  readonly exposure: number;
  readonly priorityRank: number;
  readonly ticketId: string;
}

const placeOf = (row: {
  readonly due_at: string;
  readonly exposure: number;
  readonly priority_rank: number;
  readonly ticket_id: string;
}): Place => ({
  dueAt: row.due_at,
  exposure: Number(row.exposure),
  priorityRank: Number(row.priority_rank),
  ticketId: row.ticket_id,
});

/** Whether a row comes after a place: by the first column in which they differ. */
function isBehind(
  where: ExpressionBuilder<TicketTables, "tickets">,
  { dueAt, exposure, priorityRank, ticketId }: Place,
  sort: "due" | "exposure",
): Expression<SqlBool> {
  const due = [where("due_at", ">", dueAt), where("due_at", "=", dueAt)] as const;
  const stake = [where("exposure", "<", exposure), where("exposure", "=", exposure)] as const;
  const [first, second] = sort === "due" ? [due, stake] : [stake, due];
  const rank = [
    where("priority_rank", ">", priorityRank),
    where("priority_rank", "=", priorityRank),
  ] as const;
  const last = where("ticket_id", ">", ticketId);
  return where.or([
    first[0],
    where.and([first[1], second[0]]),
    where.and([first[1], second[1], rank[0]]),
    where.and([first[1], second[1], rank[1], last]),
  ]);
}

const toCursor = ({ dueAt, exposure, priorityRank, ticketId }: Place): string =>
  Buffer.from(`${exposure} ${priorityRank} ${dueAt} ${ticketId}`).toString("base64url");

function parseCursor(cursor: string): Place {
  const parts = Buffer.from(cursor, "base64url").toString().split(" ");
  const [exposure, rank, dueAt = "", ticketId] = parts;
  const isWhole =
    parts.length === 4 && ticketId !== "" && ![exposure, rank].some((text) => !isCount(text));
  if (!isWhole || ticketId === undefined || Number.isNaN(Date.parse(dueAt)))
    throw new CodedError("TICKET_CURSOR", "this is not a `next` of a page of the board");
  return { dueAt, exposure: Number(exposure), priorityRank: Number(rank), ticketId };
}

const isCount = (text: string | undefined): boolean => /^-?\d{1,12}$/.test(text ?? "");

/** The open work of one engineer, what is due first on top. */
export const loadWorkOf = async (reader: Reader, engineerId: string): Promise<BoardItem[]> =>
  (await loadBoard(reader, { engineer: engineerId, limit: MAX_PAGE })).items;
