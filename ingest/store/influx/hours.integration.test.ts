import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { contractMachine, type Row, startNs } from "../contract-machine.fixture.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import type { TelemetryStore } from "../store.ts";
import { hasInflux, InfluxServer } from "./influx-server.fixture.ts";
import { type OpenedInflux, openedInflux } from "./opened-influx.fixture.ts";

const hourNs = 3_600 * 1e9;
const machine = contractMachine("m");
/** Every ten minutes from an hour on, some of them no number. */
const rows = (fromHour: number, hours: number, shift = 0): Row[] =>
  Array.from({ length: hours * 6 }, (_, at) => {
    const quality = at % 7 === 3 ? Quality.error : Quality.good;
    return ["odd", fromHour * hourNs + at * 600e9 + shift, at * 1.5 - fromHour, quality];
  });

describe.skipIf(!hasInflux())("sums of hours in InfluxDB", () => {
  const folder = temporaryFolder();
  let server: InfluxServer;
  let opened: OpenedInflux;
  beforeAll(async () => {
    server = await InfluxServer.start();
    opened = await openedInflux({ target: server.target("fleet"), sumEveryMs: 50 }, folder);
  });
  afterAll(async () => {
    await opened.close();
    await server.stop();
  });
  const dueHours = () => {
    const state = new DatabaseSync(join(folder.path, "state.sqlite"), { readOnly: true });
    const due = Number(state.prepare("select count(*) as n from due_hour").get()?.n);
    state.close();
    return due;
  };
  const charts = async (store: TelemetryStore) => {
    const answers: unknown[] = [];
    for (const points of [1, 5, 20, 100, 500])
      answers.push(await store.buckets({ machineId: "m", signal: "odd", points }));
    const [fromNs, toNs] = [startNs + 36_000_000_000_000n, startNs + 108_000_000_000_000n];
    const part = { machineId: "m", signal: "odd", points: 15, fromNs, toNs };
    const fleet = { signal: "odd", machineIds: ["nobody", "m"], fromNs, toNs };
    // Days of zones a whole hour off, 45 minutes off, and ones shorter than an hour.
    for (const [offset, length] of [
      [16n * 60n, 24n * 60n],
      [18n * 60n + 15n, 24n * 60n],
      [5n, 35n],
    ] as const) {
      const edge = (at: number) => startNs + (offset + BigInt(at - 1) * length) * 60_000_000_000n;
      const edgesNs = Array.from({ length: 6 }, (_, at) => edge(at));
      answers.push(await store.stretches({ machineId: "m", signal: "odd", edgesNs }));
    }
    return [...answers, await store.buckets(part), await store.fleetHours(fleet)];
  };

  test("answer as the embedded store does: before they are there, when they are, and after late data", async () => {
    const path = join(folder.path, "telemetry.sqlite");
    const { journal } = opened;
    const embedded = await openSqliteStore({ path, journal, log: silentLogger });
    const sameAnswers = async () => {
      await embedded.caughtUp();
      await embedded.sealAll();
      expect(await charts(opened.store)).toEqual(await charts(embedded));
    };
    await opened.append([
      machine.explained,
      machine.batch(rows(0, 24)),
      machine.batch(rows(24, 24)),
    ]);
    await sameAnswers();
    await expect.poll(dueHours).toBe(0);
    expect(await server.rows("fleet", "select count, errors from sample_hour")).toHaveLength(48);
    await sameAnswers();
    await opened.append([machine.batch(rows(3, 2, 60e9)), machine.batch(rows(20, 1, 60e9))]);
    await sameAnswers();
    await expect.poll(dueHours).toBe(0);
    await sameAnswers();
    await embedded.close();
  });
});
