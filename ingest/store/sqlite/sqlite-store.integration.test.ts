import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { openJournal } from "../../journal/journal.ts";
import { type OpenedStore, storeContract } from "../contract.ts";
import { openSqliteStore } from "./sqlite-store.ts";

async function open(folder = temporaryFolder()): Promise<OpenedStore> {
  const log = silentLogger;
  const journal = await openJournal({
    folder: join(folder.path, "journal"),
    log,
    clock: systemClock,
  });
  const store = await openSqliteStore({
    path: join(folder.path, "telemetry.sqlite"),
    journal,
    log,
  });
  const close = async () => {
    await store.close();
    await journal.close();
  };
  return {
    store,
    async append(records) {
      for (const record of records) journal.append(record);
      await journal.sync();
      await store.caughtUp();
    },
    settle: () => store.sealAll(),
    async restart() {
      await close();
      return open(folder);
    },
    async close() {
      await close();
      folder.remove();
    },
  };
}

storeContract("SQLite", open, { settles: true });
