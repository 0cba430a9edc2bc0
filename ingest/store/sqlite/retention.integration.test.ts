import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { inTransaction } from "../book/transaction.ts";
import { createRetention } from "./retention.ts";
import { openTelemetryFile } from "./telemetry-schema.ts";

const hourMs = 3_600_000;
const hourNs = 3_600_000_000_000n;
const series = 1_100;
let folder: ReturnType<typeof temporaryFolder>;
let database: DatabaseSync;
/** Each series has blocks and rollups of the hours 1 to 4. */
beforeEach(() => {
  folder = temporaryFolder();
  database = openTelemetryFile(join(folder.path, "t.sqlite"));
  const addSeries = database.prepare(
    "insert into series values (?, 1, ?, 'odd', 'm', 1, 0, null, null, 0, 0, 0)",
  );
  const addSealed = database.prepare("insert into sealed values (null, ?, ?, ?, 1, x'00')");
  const addRollup = database.prepare(
    "insert into rollup values (?, ?, 1, 0, 0, 0, 0, 0, 0, 0, 0, x'00')",
  );
  inTransaction(database, () => {
    for (let id = 1; id <= series; id++) {
      addSeries.run(id, `key-${id}`);
      for (const hour of [1, 2, 3, 4]) {
        addSealed.run(id, BigInt(hour) * hourNs, BigInt(hour) * hourNs + 1n);
        addRollup.run(id, hour);
      }
    }
  });
});
afterEach(() => {
  database.close();
  folder.remove();
});
const count = (table: string, where: string) =>
  Number(database.prepare(`select count(*) as n from ${table} where ${where}`).get()?.n);

describe("retention", () => {
  test("goes through the series, a bounded number of rows a step, until all that is old is gone", () => {
    const retention = createRetention(database);
    let left = series * 4;
    let steps = 1;
    for (; retention.step(3 * hourMs); steps++) {
      const now = count("sealed", "true");
      expect(left - now).toBeLessThanOrEqual(502);
      left = now;
    }
    expect(steps).toBeGreaterThan(4);
    const span = "min(hour) as first, max(hour) as last, count(*) as n";
    expect({ ...database.prepare(`select ${span} from rollup`).get() }).toEqual({
      ...{ first: 3, last: 4, n: series * 2 },
    });
    expect(count("sealed", `t_max < ${3n * hourNs}`)).toBe(0);
    expect(count("sealed", "true")).toBe(series * 2);
    // With nothing old a pass only looks, and begins anew behind the last series.
    expect([1, 2, 3, 4].map(() => retention.step(3 * hourMs))).toEqual([true, true, false, true]);
    expect(count("sealed", "true")).toBe(series * 2);
  });
});
