import { AsyncLocalStorage } from "node:async_hooks";
import type { Kysely } from "kysely";
import { CodedError } from "./coded-error.ts";
import type { Transaction } from "./database.ts";

/** Stores what `work` does through its `Kysely`, or nothing; may run it again before that. */
export type Transact = <Result>(
  work: (kysely: Kysely<unknown>) => Promise<Result>,
) => Promise<Result>;

/** `Database.transaction` on top of whatever begins and commits: refuses nesting, and tells listeners after the commit. */
export function createTransactions(transact: Transact) {
  const inside = new AsyncLocalStorage<true>();
  return async <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => {
    if (inside.getStore())
      throw new CodedError("DATABASE_NESTED", "a transaction cannot begin inside another");
    let actions: (() => void)[] = [];
    const result = await inside.run(true, () =>
      transact((kysely) => {
        // What was asked for by a run that was not stored is forgotten with it.
        actions = [];
        return work({
          tables: <Tables>() => kysely as unknown as Kysely<Tables>,
          afterCommit: (action) => void actions.push(action),
        });
      }),
    );
    // Not in this call: it is committed, and no listener may make it look as if it were not.
    for (const action of actions) queueMicrotask(action);
    return result;
  };
}
