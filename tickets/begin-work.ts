import type { Clock } from "@firebreak/kit/clock.ts";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import { loadMachineSetting, type MachineSetting } from "./machine-terms.ts";
import type { HolidayTable } from "./sla/calendar.ts";
import { readHolidays } from "./sla/load-holidays.ts";
import { createTicketIds, type TicketIds } from "./ticket-ids.ts";
import type { TicketChange } from "./ticket-service.ts";
import type { Follow, TicketWork } from "./ticket-work.ts";
import type { Actor } from "./vocabulary.ts";

/** Who acts. */
export interface Acting {
  readonly actor: Actor;
  readonly role?: string | undefined;
  /** Which engineer that person is, if any. */
  readonly engineerId?: string | undefined;
}

/** The work of one transaction: what it changes is told to listeners after the commit. */
export type BeginWork = (
  tx: Transaction,
  actor: Actor,
  role?: string,
  engineerId?: string,
) => TicketWork;

export interface WorkOptions {
  /** The plan that judges a machine. */
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly clock: Clock;
  readonly ids?: TicketIds;
  /** Of working days; absent: the file that comes with Firebreak. */
  readonly holidays?: HolidayTable;
  readonly policy?: WorkPolicy;
  /** What else follows from what happened to a ticket, in the same transaction. */
  readonly follow?: Follow;
}

/** Gives the way to begin the work of a transaction; `tell` hears what changed once it is committed. */
export function beginWith(
  {
    planOf,
    clock,
    ids = createTicketIds(clock.nowMs),
    holidays = readHolidays(),
    policy = workPolicy,
    follow,
  }: WorkOptions,
  tell: (change: TicketChange) => void,
): BeginWork {
  return (tx, actor, role, engineerId) => {
    const nowMs = clock.nowMs();
    const settings = new Map<string, Promise<MachineSetting>>();
    const settingOf = (machineId: string): Promise<MachineSetting> => {
      const known = settings.get(machineId);
      if (known) return known;
      const plan = planOf(machineId);
      const setting = loadMachineSetting(tx, machineId, { plan, nowMs, holidays });
      settings.set(machineId, setting);
      return setting;
    };
    const work: TicketWork = {
      tx,
      actor,
      role,
      engineerId,
      nowMs,
      at: new Date(nowMs).toISOString(),
      ids,
      policy,
      follow,
      planOf,
      settingOf,
      changes: new Map(),
    };
    tx.afterCommit(() => {
      for (const change of work.changes.values()) tell(change);
    });
    return work;
  };
}
