import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { audit } from "../audit/audit.ts";
import { createJudgeStore, FINDINGS_KEPT } from "../registry/judge-store.ts";
import type { TicketService } from "../ticket-service.ts";
import type { TicketWork } from "../ticket-work.ts";
import type { Actor } from "../vocabulary.ts";
import { createShelfEnds, type FailedShelf } from "./end-due-shelves.ts";
import { endShelf } from "./end-shelf.ts";
import { isSafetyMode, saysStop } from "./safety-matter.ts";
import type { ShelvingTables } from "./shelving-tables.ts";
import { factsOfShelf } from "./take-off.ts";

/** Longest time on the shelf, hours. IEC 62682 and ISA-18.2 want a limit; its value is an engineering default. */
export const maxShelfHours = 72;
/** Engineering default: somebody who shelves more of one machine has another problem. */
export const maxShelvesOfMachine = 50;
const HOUR_MS = 3_600_000;

/** An episode's key on its machine, for how long and why. */
export interface ShelfWanted {
  readonly machineId: string;
  readonly ruleId: string;
  /** Absent: the rule's own. Rules about trouble codes and sensor errors have none of their own. */
  readonly failureMode?: string | undefined;
  /** Such as the trouble code of an uncatalogued finding; absent: empty, as of most findings. */
  readonly subject?: string | undefined;
  /** 1 to 72. */
  readonly hours: number;
  /** 3 to 500 characters. */
  readonly reason: string;
}

export interface Shelf {
  readonly shelfId: string;
  readonly ruleId: string;
  readonly failureMode: string;
  readonly subject: string;
  /** Who shelved it. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 UTC, as is `until`. */
  readonly at: string;
  readonly until: string;
}

/**
 * Alarms that a person has set aside for a limited time (IEC 62682, ISA-18.2: shelved). What is found meanwhile is stored
 * and shown, and comes to tickets when the shelf ends, if it lasts.
 */
export interface ShelvingDesk {
  /** What is shelved of a machine, what ends first on top. */
  list(machineId: string): Promise<readonly Shelf[]>;
  /**
   * @throws CodedError SHELF_RULE (404), SHELF_FAILURE_MODE (400), SHELF_SAFETY, SHELF_STOP_LAMP, SHELF_EXISTS,
   * SHELVES_FULL (409)
   */
  shelve(wanted: ShelfWanted, actor: Actor): Promise<Shelf>;
  /** @throws CodedError SHELF_UNKNOWN (404) */
  unshelve(machineId: string, shelfId: string, actor: Actor): Promise<void>;
  /** Ends what is due. What failed is tried again by itself, ever more seldom, and holds up nothing else. */
  tick(): Promise<readonly FailedShelf[]>;
}

export interface ShelvingOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly tickets: Pick<TicketService, "begin">;
  readonly planOf: (machineId: string) => Plan | undefined;
}

const scheduler: Actor = { kind: "system", id: "scheduler" };

export function createShelvingDesk({ db, clock, tickets, planOf }: ShelvingOptions): ShelvingDesk {
  const endDue = createShelfEnds({
    ...{ db, clock, planOf },
    begin: (tx) => tickets.begin(tx, scheduler),
  });
  return {
    list: async (machineId) => (await rowsOf(db, machineId)).map(toShelf),
    async shelve(wanted, actor) {
      const failureMode = checkedMode(wanted, planOf(wanted.machineId));
      return db.transaction((tx) => putOnShelf(tickets.begin(tx, actor), wanted, failureMode));
    },
    unshelve: (machineId, shelfId, actor) =>
      db.transaction(async (tx) => {
        const isThere = (await rowsOf(tx, machineId)).some((row) => row.shelf_id === shelfId);
        const end = { action: "finding.unshelved" } as const;
        if (!isThere || !(await endShelf(tickets.begin(tx, actor), shelfId, end)))
          throw new CodedError(
            "SHELF_UNKNOWN",
            `nothing of ${machineId} is shelved as ${shelfId}: it may have ended by itself`,
          );
      }),
    tick: endDue,
  };
}

const rowsOf = (reader: Pick<Database | Transaction, "tables">, machineId: string) =>
  reader
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .selectAll()
    .where("machine_id", "=", machineId)
    .orderBy("until")
    .orderBy("shelf_id")
    .execute();

const toShelf = (row: ShelvingTables["shelves"]): Shelf => ({
  shelfId: row.shelf_id,
  ruleId: row.rule_id,
  failureMode: row.failure_mode,
  subject: row.subject,
  by: row.by_actor,
  reason: row.reason,
  at: row.at,
  until: row.until,
});

/** Of an unknown trouble code. */
const UNCATALOGUED = "uncatalogued";

/** The failure mode that is meant, which must be one that a person may set aside. */
function checkedMode({ machineId, ruleId, failureMode }: ShelfWanted, plan: Plan | undefined) {
  const rule = plan?.rules.rules.find(({ id }) => id === ruleId);
  if (!plan || !rule)
    throw new CodedError("SHELF_RULE", `the plan of ${machineId} has no rule ${ruleId}`);
  const own = "failureMode" in rule ? rule.failureMode : undefined;
  const meant = failureMode ?? own;
  const mode = meant === undefined ? undefined : plan.service.failureModes[meant];
  if (
    meant === undefined ||
    (own !== undefined && meant !== own) ||
    !(mode || meant === UNCATALOGUED)
  )
    throw new CodedError(
      "SHELF_FAILURE_MODE",
      `say in failureMode which failure mode of ${ruleId} is meant, as its finding has it`,
    );
  if (isSafetyMode(meant, plan))
    throw new CodedError(
      "SHELF_SAFETY",
      `${meant} is safety-related: it cannot be shelved, have it looked at or take the machine out of service`,
    );
  return meant;
}

/** What the machine says now, which no plan needs to know. */
async function refuseStop(
  tx: Transaction,
  key: Pick<Finding, "machineId" | "ruleId" | "failureMode" | "subject">,
): Promise<void> {
  const { machineId, ruleId, failureMode, subject } = key;
  const findings = await createJudgeStore(tx).findings(machineId, FINDINGS_KEPT);
  const isStop = findings.some(
    (one) =>
      one.phase !== "cleared" &&
      one.ruleId === ruleId &&
      one.failureMode === failureMode &&
      one.subject === subject &&
      saysStop(one),
  );
  if (isStop)
    throw new CodedError(
      "SHELF_STOP_LAMP",
      `${machineId} names ${failureMode} ${subject} with its red stop lamp on: stop the machine and have it looked at, it can be shelved once the lamp is off`,
    );
}

const shelved = (ruleId: string, how: string): CodedError =>
  new CodedError("SHELF_EXISTS", `${ruleId} is shelved ${how}: end that first`);

async function putOnShelf(
  work: TicketWork,
  { machineId, ruleId, subject = "", hours, reason }: ShelfWanted,
  failureMode: string,
): Promise<Shelf> {
  const { tx, at, nowMs, ids, actor } = work;
  await refuseStop(tx, { machineId, ruleId, failureMode, subject });
  const rows = await rowsOf(tx, machineId);
  const same = rows.find(
    (row) => row.rule_id === ruleId && row.failure_mode === failureMode && row.subject === subject,
  );
  if (same) throw shelved(ruleId, `until ${same.until} by ${same.by_actor}`);
  if (rows.length >= maxShelvesOfMachine)
    throw new CodedError(
      "SHELVES_FULL",
      `${machineId} has ${maxShelvesOfMachine} shelved already: end one first`,
    );
  const until = new Date(nowMs + hours * HOUR_MS).toISOString();
  const row = {
    ...{ shelf_id: ids.rowId(), machine_id: machineId, rule_id: ruleId },
    ...{ failure_mode: failureMode, subject, by_actor: actor.id, reason, at, until },
  };
  const { numInsertedOrUpdatedRows } = await tx
    .tables<ShelvingTables>()
    .insertInto("shelves")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  // Somebody else at the same instant, whose row could not be read yet.
  if (numInsertedOrUpdatedRows !== 1n) throw shelved(ruleId, "by somebody else at this moment");
  await audit(work, {
    action: "finding.shelved",
    subject: { kind: "machine", id: machineId },
    facts: { ...factsOfShelf(row), hours },
  });
  return toShelf(row);
}
