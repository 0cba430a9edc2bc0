import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { hasInflux, InfluxServer, influxVersions } from "./influx-server.fixture.ts";
import { openedInflux } from "./opened-influx.fixture.ts";
import { CountingMachine } from "./truth.fixture.ts";

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What a kill in the middle of a write leaves: the log ends with the beginning of an entry. */
function tearLog(folder: string): void {
  const logs = readdirSync(join(folder, "wal", "fleet"), { recursive: true, encoding: "utf8" });
  for (const name of logs.filter((one) => one.endsWith(".wal"))) {
    const path = join(folder, "wal", "fleet", name);
    const entry = readFileSync(path);
    appendFileSync(path, entry.subarray(0, entry.length >> 1));
  }
}

describe.each(influxVersions)("InfluxDB %s that loses what it had confirmed", (version) => {
  test.skipIf(!hasInflux(version)).each(["the hub goes on", "the hub is started again too"])(
    "D1: killed in the middle of a write, and once more: all is sent again, %s",
    async (what) => {
      const folder = temporaryFolder();
      endings.push(() => folder.remove());
      const server = await InfluxServer.start({ version, folder: folder.path });
      endings.push(() => server.stop());
      const target = server.target("fleet");
      let opened = await openedInflux({ target, timeoutMs: 10_000, restartLookMs: 0 });
      endings.push(() => opened.close());
      const machine = new CountingMachine("m");
      await opened.append([machine.explained, machine.next(200)]);
      await server.kill();
      tearLog(folder.path);
      await server.restart();
      for (let batch = 0; batch < 5; batch++) await opened.append([machine.next(200)]);
      await server.kill();
      await server.restart();
      if (what !== "the hub goes on") opened = await opened.restart();
      await opened.append([machine.next(200)]);

      expect(await machine.difference(server, "fleet")).toEqual({ lost: 0, extra: 0 });
      expect((await opened.store.storedSamples("m")).stored).toBe(machine.produced);
    },
  );
});
