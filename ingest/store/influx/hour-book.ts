import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../book/transaction.ts";

/** Hours whose sums in the database are missing or out of date, because samples of them have come since. */
export interface DueHour {
  readonly machineId: string;
  readonly machine: number;
  /** UTC, counted from the epoch. */
  readonly hour: number;
  /** Grows with each change; below 0 in the file: the sums were refused since. */
  readonly changed: number;
}

/** How many hours of one machine are summed up at once. */
export const hoursAtOnce = 24;

/** The writer's side; `mark` inside a transaction with what changed the hour. */
export function createHourBook(database: DatabaseSync) {
  const mark = database.prepare(
    "insert into due_hour values (?, ?, 0) on conflict do update set changed = abs(changed) + 1",
  );
  const findMachine = database.prepare(
    "select machine from due_hour where hour < ? and changed >= 0 order by hour limit 1",
  );
  const find = database.prepare(
    `select name, machine, hour, changed from due_hour join machine on machine.id = due_hour.machine
     where machine = ? and hour >= ? and hour < ? and changed >= 0 order by hour limit ${hoursAtOnce}`,
  );
  const findFirst = database.prepare(
    "select min(hour) as hour from due_hour where machine = ? and changed >= 0",
  );
  const leave = database.prepare(
    "update due_hour set changed = -1 - changed where machine = ? and hour = ? and changed = ?",
  );
  const drop = database.prepare(
    "delete from due_hour where machine = ? and hour = ? and changed = ?",
  );
  return {
    mark: (machine: number, hour: number): void => void mark.run(machine, hour),
    /** Of one machine, within a day, all before an hour; empty when nothing is due. */
    next(beforeHour: number): DueHour[] {
      const machine = findMachine.get(beforeHour)?.machine;
      if (machine === undefined) return [];
      const first = Number(findFirst.get(machine)?.hour);
      const end = Math.min(beforeHour, first + hoursAtOnce);
      return find.all(machine, first, end).map((row) => ({
        machineId: String(row.name),
        machine: Number(row.machine),
        hour: Number(row.hour),
        changed: Number(row.changed),
      }));
    },
    /** They are right now, but for those that changed meanwhile. */
    settle: (hours: readonly DueHour[]): void =>
      inTransaction(database, () => {
        for (const { machine, hour, changed } of hours) drop.run(machine, hour, changed);
      }),
    /** They are not to be had: charts go on reading their samples, and they are due again when more of them come. */
    leave: (hours: readonly DueHour[]): void =>
      inTransaction(database, () => {
        for (const { machine, hour, changed } of hours) leave.run(machine, hour, changed);
      }),
  };
}

export type HourBook = ReturnType<typeof createHourBook>;

/** The hours of a machine from one on and before another that have to be read sample by sample, in order. */
export function createDueHours(database: DatabaseSync) {
  const find = database.prepare(
    `select hour from due_hour join machine on machine.id = due_hour.machine
     where name = ? and hour >= ? and hour < ? order by hour`,
  );
  return (machineId: string, from: number, before: number): number[] =>
    find.all(machineId, from, before).map(({ hour }) => Number(hour));
}

export type DueHours = ReturnType<typeof createDueHours>;
