import type { Database } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { Value } from "typebox/value";
import { beforeEach, expect, test } from "vitest";
import { createTicketIds } from "../ticket-ids.ts";
import { audit } from "./audit.ts";
import { type AuditDesk, createAuditDesk } from "./audit-desk.ts";
import { AuditEntry } from "./audit-entry.ts";
import { migrateAudit } from "./audit-tables.ts";
import { trimAudit } from "./trim-audit.ts";

describeEachDatabase("audit log", (open) => {
  let db: Database;
  let desk: AuditDesk;
  const ids = createTicketIds(Date.now);
  beforeEach(async () => {
    db = await open();
    await migrateAudit(db);
    desk = createAuditDesk({ db, newId: ids.rowId });
  });
  const at = (second: number) => new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();
  const record = (second: number, more: object = {}) =>
    desk.record({ at: at(second), actor: "a", action: "x", ...more });

  test("keeps every line of many at once, newest first, page by page", async () => {
    await Promise.all(Array.from({ length: 1200 }, (_, second) => record(second % 400)));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, next } = await desk.page({ limit: 500, cursor });
      for (const item of items) expect([...Value.Errors(AuditEntry, item)]).toEqual([]);
      seen.push(...items.map((item) => `${item.at} ${item.entryId}`));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(1200);
    expect(seen).toEqual([...seen].sort().reverse());
    await expect(desk.page({ limit: 1, cursor: "no" })).rejects.toMatchObject({
      code: "BAD_CURSOR",
    });
  });

  test("lines past their time go, a bounded number in a turn, and what went stands in the log", async () => {
    for (let second = 0; second < 7; second++) await record(second);
    await record(3, { action: "person.erased", subject: { kind: "person", id: "P-1" } });
    const nowMs = Date.parse(at(5)) + 180 * 86_400_000;
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const trim = () =>
      trimAudit({ db, clock, keepDays: 180, limits: { rowsAtOnce: 2, batchesAtOnce: 2 } });
    const left = async () =>
      (await desk.page({ limit: 50 })).items.map(({ action, at: when, facts }) =>
        action === "audit.trimmed"
          ? `${action} ${facts.removed}`
          : `${action} ${when.slice(17, 19)}`,
      );
    expect(await trim()).toBe(4);
    expect(await left()).toHaveLength(3 + 1 + 2);
    expect([await trim(), await trim()]).toEqual([1, 0]);
    expect((await left()).sort()).toEqual([
      "audit.trimmed 1",
      "audit.trimmed 2",
      "audit.trimmed 2",
      "person.erased 03",
      "x 05",
      "x 06",
    ]);
    const [newest] = (await desk.page({ limit: 1 })).items;
    expect(newest).toMatchObject({ actor: "system:audit", facts: { olderThan: at(5) } });
  });

  test("is filtered by time, actor, action and subject", async () => {
    await record(1, { actor: "b" });
    await record(2, { action: "y" });
    await record(3, {
      subject: { kind: "ticket", id: "T-1" },
      facts: { status: 200, isLate: true },
    });
    const secondsOf = async (filter: object) =>
      (await desk.page({ limit: 10, ...filter })).items.map((item) =>
        new Date(item.at).getSeconds(),
      );
    expect(await secondsOf({})).toEqual([3, 2, 1]);
    expect(await secondsOf({ actor: "b" })).toEqual([1]);
    expect(await secondsOf({ action: "y" })).toEqual([2]);
    expect(await secondsOf({ subjectKind: "ticket", subjectId: "T-1" })).toEqual([3]);
    expect(await secondsOf({ from: at(2), to: at(3) })).toEqual([2]);
  });

  test("a line of a work is stored with the work or not at all", async () => {
    const work = (tx: Parameters<Parameters<Database["transaction"]>[0]>[0]) => ({
      tx,
      actor: { kind: "system", id: "scheduler" } as const,
      nowMs: 0,
      at: at(0),
      ids,
    });
    const failed = db.transaction(async (tx) => {
      await audit(work(tx), { action: "lost" });
      throw new TypeError("no");
    });
    await expect(failed).rejects.toThrow("no");
    await db.transaction((tx) => audit(work(tx), { action: "kept" }));
    const { items } = await desk.page({ limit: 10 });
    expect(items.map(({ actor, action }) => [actor, action])).toEqual([
      ["system:scheduler", "kept"],
    ]);
  });

  test.each(["王小明", "li.wei@example.com", "+86 138 0000 1111", "two words", "x".repeat(200)])(
    "does not keep %s",
    async (personal) => {
      await record(1, {
        actor: personal,
        subject: { kind: "k", id: personal },
        facts: { personal },
      });
      expect(JSON.stringify(await desk.page({ limit: 1 }))).not.toContain(personal);
    },
  );
});
