import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../../example-machine.fixture.ts";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { openJournal } from "../../journal/journal.ts";
import { createRetention } from "./retention.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { openTelemetryFile } from "./telemetry-schema.ts";

const log = silentLogger;
const startNs = 1_780_000_000_000_000_000n;
const hourMs = 3_600_000;

test("the hours of each day are those of the rollups: after an upgrade, and after old ones were dropped", async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, "telemetry.sqlite");
  const journal = await openJournal({
    ...{ folder: join(folder.path, "journal"), log, clock: systemClock },
  });
  const open = async () => {
    const store = await openSqliteStore({ path, journal, log });
    await store.caughtUp();
    await store.sealAll();
    return store;
  };
  const dictionary = exampleDictionary(3);
  const who = { gatewayId: "gw", machineId: "m" };
  const machine = exampleMachine({ ...who, dictionary });
  journal.append({ kind: "dictionary", ...who, dictionary });
  for (let hour = 0; hour < 60; hour++) {
    const { block } = machine.next({ steps: 60, stepNs: 60_000_000_000 });
    journal.append({ kind: "batch", ...who, receivedAtMs: 0, block });
  }
  await journal.sync();
  const days = { fromNs: startNs, toNs: startNs + 90n * 86_400_000_000_000n };
  const question = { ...days, signal: "signal1", machineIds: ["m"] };
  const first = await open();
  const before = await first.fleetHours(question);
  expect(before.hour.length).toBeGreaterThanOrEqual(60);
  await first.close();

  const file = new DatabaseSync(path);
  file.exec(
    "drop table day; drop table made; drop index series_name; update meta set value = 1 where name = 'version'",
  );
  file.close();
  const upgraded = await open();
  expect(await upgraded.fleetHours(question)).toEqual(before);
  await upgraded.close();

  const limitMs = Number(startNs / 1_000_000n) + 40 * hourMs;
  const database = openTelemetryFile(path);
  const retention = createRetention(database);
  while (retention.step(limitMs));
  const left = database.prepare("select distinct hour from rollup order by hour").all();
  database.close();
  const after = await open();
  const { hour, count } = await after.fleetHours(question);
  expect([...hour]).toEqual(left.map((row) => row.hour));
  expect(hour[0]).toBe(Math.floor(limitMs / hourMs));
  const kept = before.hour.indexOf(hour[0] ?? 0);
  expect([...count]).toEqual([...before.count.slice(kept)]);
  await after.close();
  await journal.close();
  folder.remove();
});

test("a question that is given up while it runs ends at the next block, and the next one is answered", async () => {
  const folder = temporaryFolder();
  const journal = await openJournal({
    ...{ folder: join(folder.path, "journal"), log, clock: systemClock },
  });
  const store = await openSqliteStore({ path: join(folder.path, "t.sqlite"), journal, log });
  const machineIds = Array.from({ length: 20_000 }, (_, at) => `nobody ${at}`);
  const dictionary = exampleDictionary(1);
  for (const machineId of machineIds.slice(0, 500)) {
    const who = { gatewayId: "gw", machineId };
    journal.append({ kind: "dictionary", ...who, dictionary });
    const { block } = exampleMachine({ ...who, dictionary }).next();
    journal.append({ kind: "batch", ...who, receivedAtMs: 0, block });
  }
  await journal.sync();
  await store.caughtUp();
  const gone = new AbortController();
  const span = { fromNs: startNs, toNs: startNs + 60n * 3_600_000_000_000n };
  const question = { ...span, signal: "signal0", machineIds };
  const running = store.fleetHours(question, { abort: gone.signal });
  const waiting = store.fleetHours(question, { abort: gone.signal });
  gone.abort();
  // Together: either may be refused first.
  const refused = { status: "rejected", reason: { code: "QUERY_CANCELLED" } };
  expect(await Promise.allSettled([running, waiting])).toMatchObject([refused, refused]);
  expect((await store.fleetHours(question)).hour).toHaveLength(500);
  await store.close();
  await journal.close();
  folder.remove();
});
