import { openDatabase, transactionsOf } from "../../field/idb.ts";
import type { MediaKind } from "./media-upload.ts";

/** A photo or film that was chosen and is not sent yet. */
export interface KeptMedia {
  readonly id: number;
  readonly file: File;
  readonly kind: MediaKind;
  /** When it was chosen, ms since the Unix epoch. */
  readonly chosenMs: number;
  /** Of the report it belongs to, once that was sent. */
  readonly code?: string;
}

const store = "media";
/** What nobody sent by then is not kept on a phone that may be another's. Engineering default. */
const keptForMs = 7 * 86_400_000;

const transact = transactionsOf(() =>
  openDatabase("firebreak-report", 1, (db) => {
    db.createObjectStore(store, { keyPath: "id" });
  }),
);

/** Those that are still to be sent, in the order in which they were chosen; what is too old goes. */
export async function loadKept(nowMs: number): Promise<KeptMedia[]> {
  return transact([store], "readwrite", async (stores) => {
    const all = await stores.all<KeptMedia>(store);
    const isOld = ({ chosenMs }: KeptMedia) => nowMs - chosenMs > keptForMs;
    for (const { id } of all.filter(isOld)) await stores.remove(store, id);
    return all.filter((one) => !isOld(one)).sort((one, other) => one.id - other.id);
  });
}

/** Keeps them over a reload. Rejects where storage is forbidden or full: then they last as long as the page. */
export async function keep(items: readonly KeptMedia[]): Promise<void> {
  await transact([store], "readwrite", async (stores) => {
    for (const item of items) await stores.put(store, item);
  });
}

export async function forget(ids: readonly number[]): Promise<void> {
  await transact([store], "readwrite", async (stores) => {
    for (const id of ids) await stores.remove(store, id);
  });
}
