/** IndexedDB with promises: as much of it as work in the field needs. */

const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });

/** Opens a database and brings it to `version`; `upgrade` makes what is not there yet. */
export function openDatabase(
  name: string,
  version: number,
  upgrade: (db: IDBDatabase) => void,
): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.addEventListener("upgradeneeded", () => upgrade(request.result));
  return done(request);
}

/** The stores of one transaction, whose requests must follow one another without a pause. */
export interface Stores {
  all<Row>(store: string): Promise<Row[]>;
  get<Row>(store: string, key: IDBValidKey): Promise<Row | undefined>;
  put(store: string, row: unknown): Promise<IDBValidKey>;
  remove(store: string, key: IDBValidKey): Promise<void>;
}

/**
 * One transaction: whole and on the disk when it resolves, or nothing of it. Rejects with the browser's DOMException,
 * QuotaExceededError when the phone is full.
 */
export type Transact = <Result>(
  names: string[],
  mode: IDBTransactionMode,
  run: (stores: Stores) => Promise<Result>,
) => Promise<Result>;

/** What browsers say when they have taken a connection away: on phones they do so behind a page that was put aside. */
const lost: readonly string[] = ["InvalidStateError", "UnknownError", "AbortError"];

/**
 * The transactions of a database that is opened when it is first needed, and anew when the browser would not open it or
 * has closed it: one that this happens to is run once more.
 */
export function transactionsOf(connect: () => Promise<IDBDatabase>): Transact {
  let current: Promise<IDBDatabase> | undefined;
  const forget = (gone: Promise<IDBDatabase>) => {
    if (current === gone) current = undefined;
  };
  const connection = (): Promise<IDBDatabase> => {
    if (current) return current;
    const opening = connect();
    current = opening;
    const forgetThis = () => forget(opening);
    opening.then((db) => {
      db.addEventListener("close", forgetThis);
      // A newer page in another tab may change the database: it must not wait for this one.
      db.addEventListener("versionchange", () => {
        forgetThis();
        db.close();
      });
    }, forgetThis);
    return opening;
  };
  return async (names, mode, run) => {
    const used = connection();
    const db = await used;
    try {
      return await transaction(db, names, mode, run);
    } catch (error) {
      if (!(error instanceof DOMException && lost.includes(error.name))) throw error;
      forget(used);
      db.close();
      return transaction(await connection(), names, mode, run);
    }
  };
}

function transaction<Result>(
  db: IDBDatabase,
  names: string[],
  mode: IDBTransactionMode,
  run: (stores: Stores) => Promise<Result>,
): Promise<Result> {
  const tx = db.transaction(names, mode, { durability: "strict" });
  const committed = new Promise<void>((resolve, reject) => {
    tx.addEventListener("complete", () => resolve());
    tx.addEventListener("abort", () => reject(tx.error ?? new DOMException("", "AbortError")));
  });
  const result = run({
    all: <Row>(store: string) => done<Row[]>(tx.objectStore(store).getAll()),
    get: <Row>(store: string, key: IDBValidKey) =>
      done<Row | undefined>(tx.objectStore(store).get(key)),
    put: (store, row) => done(tx.objectStore(store).put(row)),
    remove: (store, key) => done(tx.objectStore(store).delete(key)),
  }).catch((error: unknown) => {
    if (tx.error === null) abort(tx);
    throw error;
  });
  return Promise.all([result, committed]).then(([value]) => value);
}

function abort(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // it has ended already
  }
}
