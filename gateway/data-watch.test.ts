import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, test } from "vitest";
import { DataWatch, type WatchedMachine } from "./data-watch.ts";
import { messageOverheadBytes } from "./publish/data-usage.ts";
import type { EdgeNode } from "./publish/edge-node.ts";

const machine = (machineId: string) =>
  ({ pipeline: { machineId }, dataBudget: { megabytesPerMonth: 0.001 } }) as WatchedMachine;

test("what a gateway sends of its own health is its machines', in equal parts", () => {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-data-"));
  const clock = { nowMs: () => Date.parse("2026-11-26T05:12:00Z"), monotonicMs: () => 0 };
  const machines = [machine("M1"), machine("M2")];
  const watch = new DataWatch({ folder, machines, clock, log: silentLogger });
  let bytes = 0;
  const edge = watch.counted({ publishHealth: () => bytes } as unknown as EdgeNode);
  edge.publishHealth([], false);
  expect(watch.hasRoomFor("M1", 1_000)).toBe(true);
  bytes = 840;
  edge.publishHealth([], false);
  const part = (840 + messageOverheadBytes) / 2;
  for (const machineId of ["M1", "M2"]) {
    expect(watch.hasRoomFor(machineId, 1_000 - part)).toBe(true);
    expect(watch.hasRoomFor(machineId, 1_000 - part + 1)).toBe(false);
  }
  rmSync(folder, { recursive: true });
});
