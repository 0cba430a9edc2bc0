import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { createPutOff } from "@firebreak/kit/put-off.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { TicketWork } from "../ticket-work.ts";
import { endShelf } from "./end-shelf.ts";
import { isSafetyMode } from "./safety-matter.ts";
import type { ShelvingTables } from "./shelving-tables.ts";
import type { ShelfEnd } from "./take-off.ts";

/** Shelves per run; engineering default. */
const limit = 200;
/** How long one that could not be ended waits at least and at most; engineering default. */
const minMs = 10_000;
const capMs = 600_000;
/** A shelf begun so far ahead of now was begun before the clock was set back; engineering default. */
const aheadMs = 300_000;

export interface FailedShelf {
  readonly shelfId: string;
  readonly error: unknown;
  /** Until it is tried again. */
  readonly againInMs: number;
}

interface Due {
  readonly shelfId: string;
  readonly end: Pick<ShelfEnd, "action">;
}

/**
 * Gives what ends shelves: those whose time is over, and at first, as plans are read when a hub starts, those of what its
 * plan has made a safety matter since. Each in a transaction of its own; returns those that failed, which are tried again
 * by themselves.
 */
export function createShelfEnds(of: {
  readonly db: Database;
  readonly clock: Clock;
  readonly begin: (tx: Transaction) => TicketWork;
  readonly planOf: (machineId: string) => Plan | undefined;
}): () => Promise<readonly FailedShelf[]> {
  const { db, clock, begin, planOf } = of;
  const putOff = createPutOff({ minMs, capMs, now: clock.monotonicMs });
  let arePlansNew = true;

  const tryToEnd = async ({ shelfId, end }: Due): Promise<FailedShelf[]> => {
    if (putOff.isWaiting(shelfId)) return [];
    try {
      await db.transaction((tx) => endShelf(begin(tx), shelfId, end));
      putOff.succeeded(shelfId);
      return [];
    } catch (error) {
      return [{ shelfId, error, againInMs: putOff.failed(shelfId) }];
    }
  };

  return async () => {
    const overruled = arePlansNew ? await overruledShelves(db, planOf) : [];
    const failed: FailedShelf[] = [];
    for (const one of overruled) failed.push(...(await tryToEnd(one)));
    arePlansNew = failed.length > 0;
    const due = await dueShelves(db, clock.nowMs(), limit + putOff.count);
    for (const one of due) failed.push(...(await tryToEnd(one)));
    return failed;
  };
}

/**
 * Wall time, as people mean it. Where the clock was set back behind the begin of a shelf, nobody knows how long it has
 * been there: it ends.
 */
async function dueShelves(db: Database, nowMs: number, most: number): Promise<Due[]> {
  const rows = await db
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .select("shelf_id")
    .where(({ eb, or }) =>
      or([
        eb("until", "<=", new Date(nowMs).toISOString()),
        eb("at", ">", new Date(nowMs + aheadMs).toISOString()),
      ]),
    )
    .orderBy("until")
    .orderBy("shelf_id")
    .limit(most)
    .execute();
  return rows.map((row) => ({ shelfId: row.shelf_id, end: { action: "finding.shelf-expired" } }));
}

async function overruledShelves(
  db: Database,
  planOf: (machineId: string) => Plan | undefined,
): Promise<Due[]> {
  const rows = await db
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .select(["shelf_id", "machine_id", "failure_mode"])
    .execute();
  return rows
    .filter((row) => isSafetyMode(row.failure_mode, planOf(row.machine_id)))
    .map((row) => ({ shelfId: row.shelf_id, end: { action: "finding.shelf-overruled" } }));
}
