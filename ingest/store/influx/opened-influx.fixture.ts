import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { type Journal, openJournal } from "../../journal/journal.ts";
import type { JournalRecord } from "../../journal/record.ts";
import type { OpenedStore } from "../contract.ts";
import type { FollowingStore } from "../store.ts";
import { type InfluxStoreOptions, openInfluxStore } from "./influx-store.ts";

export interface OpenedInflux extends OpenedStore {
  readonly store: FollowingStore;
  readonly journal: Journal;
  /** Puts records into the journal and waits for nothing but the disk. */
  put(records: readonly JournalRecord[]): Promise<void>;
  restart(): Promise<OpenedInflux>;
}

type Options = Pick<InfluxStoreOptions, "target"> & Partial<InfluxStoreOptions>;

/** A journal and the store behind it, in a folder of its own. Waits less between tries than a hub does. */
export async function openedInflux(
  options: Options,
  folder = temporaryFolder(),
): Promise<OpenedInflux> {
  const log = silentLogger;
  const journal = await openJournal({
    folder: join(folder.path, "journal"),
    log,
    clock: systemClock,
  });
  const store = await openInfluxStore({
    secret: { none: true },
    statePath: join(folder.path, "state.sqlite"),
    retryDelaysMs: [10, 100],
    journal,
    log,
    ...options,
  });
  const close = async () => {
    await store.close();
    await journal.close();
  };
  const put = async (records: readonly JournalRecord[]) => {
    for (const record of records) journal.append(record);
    await journal.sync();
  };
  return {
    store,
    journal,
    put,
    async append(records) {
      await put(records);
      await store.caughtUp();
    },
    async restart() {
      await close();
      return openedInflux(options, folder);
    },
    async close() {
      await close();
      folder.remove();
    },
  };
}
