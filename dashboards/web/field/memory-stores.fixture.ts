import type { Stores, Transact } from "./idb.ts";

const keyOf = (store: string, row: Readonly<Record<string, unknown>>): string => {
  const { user, ticketId, localId, seq } = row;
  return JSON.stringify({ steps: seq, photos: localId }[store] ?? [user, ticketId]);
};

/** The phone's disk in memory: rows by store, transactions one after the other. */
export function memoryStores(): {
  readonly transact: Transact;
  readonly rows: (store: string) => unknown[];
} {
  const tables = new Map<string, Map<string, unknown>>();
  const table = (store: string) => {
    const found = tables.get(store) ?? new Map<string, unknown>();
    tables.set(store, found);
    return found;
  };
  let nextSeq = 1;
  const stores: Stores = {
    all: async <Row>(store: string) => [...table(store).values()] as Row[],
    get: async <Row>(store: string, key: IDBValidKey) =>
      table(store).get(JSON.stringify(key)) as Row | undefined,
    async put(store, row) {
      const whole = { ...(store === "steps" ? { seq: nextSeq++ } : {}), ...(row as object) };
      table(store).set(keyOf(store, whole), whole);
      return "";
    },
    async remove(store, key) {
      table(store).delete(JSON.stringify(key));
    },
  };
  let before: Promise<unknown> = Promise.resolve();
  return {
    transact(_names, _mode, run) {
      const result = before.then(() => run(stores));
      before = result.catch(() => undefined);
      return result;
    },
    rows: (store) => [...table(store).values()],
  };
}
