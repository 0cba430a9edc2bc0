import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../../example-machine.fixture.ts";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { openJournal } from "../../journal/journal.ts";
import type { MadeHours } from "../made-hours.ts";
import { createRetention } from "./retention.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { openTelemetryFile } from "./telemetry-schema.ts";

const log = silentLogger;
const hourNs = 3_600_000_000_000n;
/** Of the example machine's first sample, cut down to its hour. */
const firstHour = Number(1_780_000_000_000_000_000n / hourNs);
const [signal] = exampleDictionary(1).signals;
if (!signal) throw new TypeError("the example has no signal");

const columns = (values: readonly number[]) => Float64Array.from(values);
const madeOf = (hours: readonly number[], value: number): MadeHours => ({
  machineId: "m",
  origin: "simulated",
  series: [
    {
      signal,
      hour: Int32Array.from(hours),
      count: columns(hours.map(() => 60)),
      min: columns(hours.map(() => value - 1)),
      max: columns(hours.map(() => value + 1)),
      sum: columns(hours.map(() => value * 60)),
      first: columns(hours.map(() => value)),
      last: columns(hours.map(() => value)),
    },
  ],
});

async function openWorld() {
  const folder = temporaryFolder();
  const path = join(folder.path, "telemetry.sqlite");
  const journal = await openJournal({
    ...{ folder: join(folder.path, "journal"), log, clock: systemClock },
  });
  const store = await openSqliteStore({ path, journal, log });
  const close = async () => {
    await store.close();
    await journal.close();
  };
  return { folder, path, journal, store, close };
}

/** From 30 hours before the first delivered one to two before it, with a night. */
const madeHours = [-30, -29, -28, -10, -9, -2].map((hour) => firstHour + hour);
const toNs = BigInt(firstHour + 10) * hourNs;

test("made hours are in charts and figures and in no account; the same again changes nothing", async () => {
  const { store, folder, close } = await openWorld();
  expect(await store.takeMadeHours?.(madeOf(madeHours, 20))).toBe(madeHours.length);
  expect(await store.takeMadeHours?.(madeOf(madeHours, 70))).toBe(0);
  const month = { machineId: "m", signal: signal.name, fromNs: 0n, toNs };
  const { mean, count, min } = await store.buckets({ ...month, points: 40 });
  expect(mean).toEqual(madeHours.map(() => 20));
  expect(min).toEqual(madeHours.map(() => 19));
  expect(count).toEqual(madeHours.map(() => 60));
  const { t, next } = await store.raw({ ...month, limit: 10, orNone: true });
  expect({ t, isMore: next !== undefined }).toEqual({ t: [], isMore: true });
  const fleet = await store.fleetHours({
    ...{ signal: signal.name, fromNs: 0n, toNs: toNs, machineIds: ["m"] },
    fromNs: BigInt(firstHour - 40) * hourNs,
  });
  expect([...fleet.hour]).toEqual(madeHours);
  expect([...fleet.mean]).toEqual(madeHours.map(() => 20));
  const edgesNs = [-40, -15, 0].map((hour) => BigInt(firstHour + hour) * hourNs);
  expect((await store.stretches({ ...month, edgesNs })).count).toEqual([180, 180]);
  expect(await store.storedSamples("m")).toEqual({ stored: 0, quarantined: 0, byHour: [] });
  expect((await store.stats()).samples).toBe(0);
  expect(await store.signals("m")).toMatchObject([{ name: signal.name, value: 20 }]);
  await close();
  folder.remove();
});

test("what is delivered takes the place of what was made; old ones are dropped", async () => {
  const { store, path, journal, folder, close } = await openWorld();
  await store.takeMadeHours?.(madeOf([...madeHours, firstHour], 20));
  const who = { gatewayId: "gw", machineId: "m" };
  const dictionary = exampleDictionary(1);
  journal.append({ kind: "dictionary", ...who, dictionary });
  const { block } = exampleMachine({ ...who, dictionary }).next({ steps: 5, stepNs: 60e9 });
  journal.append({ kind: "batch", ...who, receivedAtMs: 0, block });
  await journal.sync();
  await store.caughtUp();
  await store.sealAll();
  const hour = { machineId: "m", signal: signal.name, fromNs: BigInt(firstHour) * hourNs, toNs };
  const { count } = await store.buckets({ ...hour, points: 10 });
  expect(count.reduce((sum, one) => sum + one, 0)).toBe(5);
  expect((await store.storedSamples("m")).stored).toBe(5);
  await close();

  const database = openTelemetryFile(path);
  const retention = createRetention(database);
  while (retention.step((firstHour - 9) * 3_600_000));
  const [left] = database.prepare("select min(hour) as hour from rollup").all();
  expect(left?.hour).toBe(firstHour - 9);
  expect(database.prepare("select first_hour, origin from made").all()).toEqual([
    { first_hour: firstHour - 9, origin: "simulated" },
  ]);
  database.close();
  folder.remove();
});
