import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, test, vi } from "vitest";
import { openRolloutDesk } from "./rollout-desk.ts";
import { migrateRollouts, type RolloutTables, saveRollout } from "./rollout-tables.ts";

const count = 10_000;
const nowMs = Date.UTC(2026, 0, 1);
const name = { version: 1, hash: "a".repeat(64) };

/** All but the last have confirmed it. */
const target = (_: unknown, at: number) => ({
  gatewayId: `G${at}`,
  wave: 0,
  version: 1,
  previousVersion: 0,
  state: at === count - 1 ? ("sent" as const) : ("confirmed" as const),
  reason: "",
  problems: [],
  lostBefore: 0,
  updatedAtMs: nowMs,
});

const rollout = {
  rolloutId: "r",
  version: 1,
  title: "t",
  state: "running",
  reason: "",
  settings: { canaryCount: count, soakMs: 0, wavePercent: 100, maxFailures: 0 },
  wave: 0,
  settledAtMs: null,
  createdBy: "admin",
  createdAtMs: nowMs,
  rollbackOf: null,
  targets: Array.from({ length: count }, target),
} as const;

describeEachDatabase("a roll-out to 10,000 gateways", (open) => {
  test("asks only for those whose turn it is", async () => {
    const db = await open();
    await migrateRollouts(db);
    await db.transaction(async (tx) => {
      const row = { ...name, text: "version: 1\n", created_at: new Date(nowMs).toISOString() };
      await tx.tables<RolloutTables>().insertInto("configurations").values(row).execute();
      await saveRollout(tx, rollout, undefined);
    });
    const facts = {
      isOnline: vi.fn(() => true),
      lastBatchMs: vi.fn(() => nowMs),
      lost: vi.fn(() => 0),
    };
    const send = vi.fn(() => true);
    const desk = await openRolloutDesk({
      db,
      storeId: "store-1",
      clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
      log: silentLogger,
      fleet: async () => [],
      facts,
      hasBatchSince: () => false,
      send,
      check: async () => [],
      tickMs: 3_600_000,
    });
    const asked = () =>
      [facts.isOnline, facts.lastBatchMs, facts.lost].map((one) => one.mock.calls.length);
    const transactions = vi.spyOn(db, "transaction");
    await desk.tick();
    const [online, , lost = 0] = asked();
    expect([online, facts.lastBatchMs.mock.calls.length, send.mock.calls.length]).toEqual([
      1, 0, 1,
    ]);
    expect(lost).toBeLessThanOrEqual(Math.ceil(count / 60));

    const before = asked();
    for (const gatewayId of ["G0", "G1", "G2"])
      desk.hear(gatewayId, {
        protocol: 1,
        running: name,
        newest: { ...name, state: "confirmed", reason: "", problems: [] },
        since: null,
      });
    await desk.stop();
    expect(asked()).toEqual(before);
    expect(transactions).not.toHaveBeenCalled();
  });
});
