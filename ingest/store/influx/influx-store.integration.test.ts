import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterAll, beforeAll, describe } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { openJournal } from "../../journal/journal.ts";
import { type OpenedStore, storeContract } from "../contract.ts";
import { hasInflux, InfluxServer, influxVersions } from "./influx-server.fixture.ts";
import { openInfluxStore } from "./influx-store.ts";

for (const version of influxVersions)
  describe.skipIf(!hasInflux(version))(`InfluxDB ${version}`, () => {
    let server: InfluxServer;
    let databases = 0;
    beforeAll(async () => {
      server = await InfluxServer.start({ version });
    });
    afterAll(() => server.stop());

    const open = async (
      folder = temporaryFolder(),
      database = `contract ${++databases}`,
    ): Promise<OpenedStore> => {
      const log = silentLogger;
      const journal = await openJournal({
        folder: join(folder.path, "journal"),
        log,
        clock: systemClock,
      });
      const store = await openInfluxStore({
        target: server.target(database),
        secret: { none: true },
        statePath: join(folder.path, "state.sqlite"),
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
        async restart() {
          await close();
          return open(folder, database);
        },
        async close() {
          await close();
          folder.remove();
        },
      };
    };
    storeContract(`InfluxDB ${version}`, open);
  });
